"""How a canary is sent through each kind of source: the least invasive way that proves something, or why there is none.

Nothing is ever written into logs of others, and nothing is sent to other hosts.
"""

import fcntl
import itertools
import json
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from soc_agent.config import (
    EventLogSource,
    FileSource,
    JournalSource,
    ListenerSource,
    ListenOptions,
    PacketSource,
    Source,
    WatchSource,
)

FILE_SOURCE = "canary.file"
"""Name of our own source, whose one file is read by the same collector as all log files."""
WATCH_SOURCE = "canary.watch"
"""The same for the scanner of files: a folder of ours."""
EVENTS_SOURCE = "canary.eventlogs"
"""The same for exported logs of Windows."""
PROGRAM = "soc-agent-canary"
_JOURNAL = "/run/systemd/journal/socket"
_CONNECT_S = 3.0
_EXPORTS = 8
_exports = itertools.count()
_LOOPBACK = "lo"
_SIOCGIFHWADDR = 0x8927
_ETHERNET = 1  # ARPHRD_ETHER of linux/if_arp.h
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
    return f"<14>1 {_stamp()} {socket.gethostname()} {PROGRAM} {os.getpid()} - - {message_of(token, source)}".encode()


def message_of(token: str, source: str) -> str:
    """Give what the line says."""
    return f"token={token} source={source} harmless self-test of soc-agent, nothing to do"


def own_sources(sources: Iterable[Source], folder: Path) -> list[Source]:
    """Give the sources of our own that stand for these: files and folders in our own folder, which are made."""
    found: list[Source] = []
    sources = list(sources)
    kinds = {type(source) for source in sources}
    types = {_type_of(source) for source in sources if isinstance(source, FileSource)}
    for line_type in sorted(types):
        folder.mkdir(mode=0o700, exist_ok=True)
        lines = folder / _FILES[line_type]
        lines.touch()
        name = FILE_SOURCE if line_type == "syslog" else f"canary.{line_type}"
        found.append(FileSource(name=name, paths=(str(lines),), type=line_type, start="beginning"))
    if EventLogSource in kinds:
        events = folder / "events"
        events.mkdir(mode=0o700, parents=True, exist_ok=True)
        found.append(EventLogSource(name=EVENTS_SOURCE, paths=(str(events),), settle_s=1, rescan_s=1))
    if WatchSource in kinds:
        files = folder / "files"
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
        found.append(WatchSource(name=WATCH_SOURCE, paths=(str(files),)))
    return found


def way_of(source: Source, folder: Path) -> Way | Impossible:
    """Give the way through a source; ``folder`` is our own."""
    if isinstance(source, FileSource):
        line_type = _type_of(source)
        return Way(lambda line: _append(folder / _FILES[line_type], _LINES[line_type](line)))
    if isinstance(source, ListenerSource):
        return _door(source)
    if isinstance(source, JournalSource):
        is_filtered = source.directory or source.namespace or source.units or source.identifiers or source.priority
        return Impossible("canary.journal_filtered") if is_filtered else Way(_journal)
    if isinstance(source, WatchSource):
        return Way(lambda line: _put_file(folder / "files", line))
    if isinstance(source, EventLogSource):
        return Way(lambda line: _export(folder / "events", line))
    if isinstance(source, PacketSource) and source.interface and not source.filter and source.payloads:
        if source.interface == _LOOPBACK:
            return Way(_ask)
        if _is_ethernet(source.interface):
            return Way(lambda line: _send_frame(source.interface, line))
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


def _export(folder: Path, line: bytes) -> None:
    """Put an export of one event in place of an older one: the last ones may not be read yet."""
    part = folder / "canary.part"  # not yet a name that is read
    part.write_text(_event(line), "utf-8")
    part.replace(folder / f"canary-{next(_exports) % _EXPORTS}.xml")


def _event(line: bytes) -> str:
    return (
        '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
        f'<Provider Name="{PROGRAM}"/><EventID>1</EventID><Level>4</Level><TimeCreated SystemTime="{_stamp()}"/>'
        f"<Channel>Application</Channel><Computer>{socket.gethostname()}</Computer></System>"
        f"<EventData><Data>{_message_in(line)}</Data></EventData></Event>\n"
    )


def _windows_json(line: bytes) -> bytes:
    """Give the line as NXLog and others send an event of Windows."""
    tree = {"EventTime": _stamp(), "Hostname": socket.gethostname(), "Channel": "Application"}
    return json.dumps({**tree, "SourceName": PROGRAM, "EventID": 1, "Message": _message_in(line)}).encode()


def _zeek(line: bytes) -> bytes:
    """Give the line as Zeek writes of a question for a name that cannot exist."""
    ends = {"id.orig_h": "127.0.0.1", "id.orig_p": 53530, "id.resp_h": "127.0.0.1", "id.resp_p": 53}
    tree = {"_path": "dns", "ts": round(time.time(), 6), "uid": "CanaryOfSocAgent", **ends, "proto": "udp"}
    return json.dumps({**tree, "query": _name_in(line), "qtype_name": "A", "rejected": False}).encode()


def _eve(line: bytes) -> bytes:
    """Give the line as Suricata writes of the same."""
    ends = {"src_ip": "127.0.0.1", "src_port": 53530, "dest_ip": "127.0.0.1", "dest_port": 53, "proto": "UDP"}
    tree = {"timestamp": _stamp().replace("Z", "+0000"), "event_type": "dns", **ends}
    return json.dumps({**tree, "dns": {"type": "query", "rrname": _name_in(line), "rrtype": "A"}}).encode()


_FILES = {"syslog": "lines.log", "zeek": "zeek.log", "eve": "eve.json"}
"""Type of lines to the file of ours that holds such; any other type is read as these are, but for its decoder."""
_LINES: dict[str, Callable[[bytes], bytes]] = {"syslog": lambda line: line, "zeek": _zeek, "eve": _eve}


def _type_of(source: FileSource) -> str:
    return source.type if source.type in _FILES else "syslog"


def _ask(line: bytes) -> None:
    """Ask this host for a name that cannot exist (RFC 2606); nothing need listen there (RFC 1035, section 4.1)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(_question(line), ("127.0.0.1", 53))


def _question(line: bytes) -> bytes:
    labels = (_token_of(line).encode(), PROGRAM.encode(), b"invalid")
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1"


def _is_ethernet(interface: str) -> bool:
    """Ask the kernel what an interface is (netdevice(7))."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            answer = fcntl.ioctl(asked, _SIOCGIFHWADDR, struct.pack("256s", interface.encode()[:15]))
    except OSError:
        return False
    return bool(struct.unpack_from("=H", answer, 16)[0] == _ETHERNET)


def _send_frame(interface: str, line: bytes) -> None:
    """Send the same question over an interface to itself: a switch passes no frame back to where it came from.

    Its addresses are those of documentation (RFC 5737), so that no host takes it for its own.
    """
    question = _question(line)
    udp = struct.pack("!HHHH", 53530, 53, 8 + len(question), 0) + question
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0, b"\xc0\0\2\1", b"\xc0\0\2\2")
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    checked = head[:10] + struct.pack("!H", 0xFFFF - (total & 0xFFFF) - (total >> 16)) + head[12:]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind((interface, 0))
        own = sender.getsockname()[4]
        sender.send(own + own + b"\x08\0" + checked + udp)


def _name_in(line: bytes) -> str:
    return f"{_token_of(line)}.{PROGRAM}.invalid"


def _message_in(line: bytes) -> str:
    return line.split(b" - - ", 1)[-1].decode()


def _stamp() -> str:
    seconds, rest = divmod(time.time_ns(), 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1000:06d}Z"


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
    """Give the way through a listener: its first door that takes our lines of anybody, over this host alone."""
    for door in source.listen:
        line_type = door.type or source.type
        if line_type in ("auto", "syslog", "json") and door.client_certificates != "required":
            form = _windows_json if line_type == "json" else _LINES["syslog"]
            return Way(lambda line, door=door, form=form: _knock(door, form(line)))  # type: ignore[misc]
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
