"""How a canary is sent through each kind of source: the least invasive way that proves something, or why there is none.

Nothing is ever written into logs of others, and nothing is sent to other hosts.
"""

import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from soc_agent.config import FileSource, JournalSource, ListenerSource, ListenOptions, PacketSource, Source, WatchSource

FILE_SOURCE = "canary.file"
"""Name of our own source, whose one file is read by the same collector as all log files."""
WATCH_SOURCE = "canary.watch"
"""The same for the scanner of files: a folder of ours."""
PROGRAM = "soc-agent-canary"
_JOURNAL = "/run/systemd/journal/socket"
_CONNECT_S = 3.0
_LOOPBACK = "lo"
_FILE_CAP_BYTES = 1024 * 1024
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a door on all addresses is called


class Way(Struct, frozen=True):
    """How a canary goes through a source."""

    send: Callable[[bytes], None]
    """Send one line, without its newline.

    :raises OSError: when it cannot be sent.
    """


class Impossible(Struct, frozen=True):
    """Why no canary can be sent through a source: key of the catalogue."""

    key: str


def canary_folder(store_path: Path) -> Path:
    """Give our own folder, which belongs to a store."""
    return store_path.with_suffix(".canary")


def line_of(token: str, source: str) -> bytes:
    """Give the line: syslog (RFC 5424), harmless, and saying so."""
    now_ns = time.time_ns()
    seconds, rest = divmod(now_ns, 1_000_000_000)
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1000:06d}Z"
    return f"<14>1 {stamp} {socket.gethostname()} {PROGRAM} {os.getpid()} - - {message_of(token, source)}".encode()


def message_of(token: str, source: str) -> str:
    """Give what the line says."""
    return f"token={token} source={source} harmless self-test of soc-agent, nothing to do"


def own_sources(sources: Iterable[Source], folder: Path) -> list[Source]:
    """Give the sources of our own that stand for these: a file and a folder in our own folder, which are made."""
    found: list[Source] = []
    kinds = {type(source) for source in sources}
    if FileSource in kinds:
        folder.mkdir(mode=0o700, exist_ok=True)
        lines = folder / "lines.log"
        lines.touch()
        found.append(FileSource(name=FILE_SOURCE, paths=(str(lines),), type="syslog", start="beginning"))
    if WatchSource in kinds:
        files = folder / "files"
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
        found.append(WatchSource(name=WATCH_SOURCE, paths=(str(files),)))
    return found


def way_of(source: Source, folder: Path) -> Way | Impossible:
    """Give the way through a source; ``folder`` is our own."""
    if isinstance(source, FileSource):
        return Way(lambda line: _append(folder / "lines.log", line))
    if isinstance(source, ListenerSource):
        return _door(source)
    if isinstance(source, JournalSource):
        is_filtered = source.directory or source.namespace or source.units or source.identifiers or source.priority
        return Impossible("canary.journal_filtered") if is_filtered else Way(_journal)
    if isinstance(source, WatchSource):
        return Way(lambda line: _put_file(folder / "files", line))
    if isinstance(source, PacketSource) and source.interface == _LOOPBACK and not source.filter and source.payloads:
        return Way(_ask)
    return Impossible(f"canary.no_{kind_of(source)}")


def kind_of(source: Source) -> str:
    """Give the kind of a source, as the configuration names it."""
    return str(type(source).__struct_config__.tag)


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > _FILE_CAP_BYTES:
        path.replace(path.with_suffix(".old"))
    with path.open("ab", buffering=0) as target:
        target.write(line + b"\n")


def _put_file(folder: Path, line: bytes) -> None:
    """Put a file in place of those before it."""
    for old in folder.glob("canary-*.txt"):
        old.unlink()
    (folder / f"canary-{_token_of(line)}.txt").write_bytes(line + b"\n")


def _ask(line: bytes) -> None:
    """Ask this host for a name that cannot exist (RFC 2606); nothing need listen there (RFC 1035, section 4.1)."""
    labels = (_token_of(line).encode(), PROGRAM.encode(), b"invalid")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1", ("127.0.0.1", 53))


def _token_of(line: bytes) -> str:
    return line.split(b"token=", 1)[1][:32].decode()


def _journal(line: bytes) -> None:
    """Hand the message to journald in its native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL)."""
    message = line.split(b" - - ", 1)[-1]
    fields = b"MESSAGE=%s\nSYSLOG_IDENTIFIER=%s\nPRIORITY=6\n" % (message, PROGRAM.encode())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.settimeout(_CONNECT_S)
        sender.sendto(fields, _JOURNAL)


def _door(source: ListenerSource) -> Way | Impossible:
    """Give the way through a listener: its first door that takes syslog of anybody, over this host alone."""
    for door in source.listen:
        if (door.type or source.type) in ("auto", "syslog") and door.client_certificates != "required":
            return Way(lambda line, door=door: _knock(door, line))  # type: ignore[misc]
    return Impossible("canary.no_open_door")


def _knock(door: ListenOptions, line: bytes) -> None:
    address = (_ANY.get(door.address, door.address), door.port)
    if door.transport == "udp":
        family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as sender:
            sender.sendto(line, address)
        return
    with socket.create_connection(address, timeout=_CONNECT_S) as connection:
        if door.transport == "tcp":
            connection.sendall(line + b"\n")
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        # it is our own door, on this host: that its certificate names it otherwise is no concern here
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with context.wrap_socket(connection) as secured:
            secured.sendall(b"%d %s" % (len(line), line))
