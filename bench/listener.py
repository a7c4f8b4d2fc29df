"""Lines over UDP, TCP and TLS into the spool and out of it: how many a second, what is lost, what it costs.

The sender is a process of its own, at a given rate and as fast as it can. CPU is that of the receiving process and of
the thread that reads its spool; nothing is decoded here.
"""

import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

import psutil

from bench.measure import show
from collectors.listener import Listener
from soc_agent.config import ListenerSource, ListenOptions
from soc_agent.model import Counters

SECONDS = 5
Transport = Literal["udp", "tcp", "tls"]
WANTED: dict[Transport, int] = {"udp": 20_000, "tcp": 50_000, "tls": 30_000}
"""Lines a second that are to be taken without loss (UDP: with each loss counted)."""
FAST = {"udp": 400_000, "tcp": 1_000_000, "tls": 1_000_000}
"""Lines that are sent as fast as the sender can."""
LINE = (
    b"<134>1 2026-11-22T01:02:03.%06dZ fw01.example filterlog 71290 - - 5,,,1000000103,igb0,match,block,in,4,0x0,,"
    b"53,%d,0,none,6,tcp,60,203.0.113.9,192.0.2.44,51022,22,0,S,1234567890,,65535,,mss;sackOK"
)
QUIET_S = 1.0
PATIENCE_S = 60.0


def main() -> None:
    """Print the table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="soc-agent-bench-") as name:
        folder = Path(name)
        certificate = _certificate(folder)
        for transport, rate in WANTED.items():
            rows.append(_lane(folder, certificate, transport, rate * SECONDS, rate))
            rows.append(_lane(folder, certificate, transport, FAST[transport], 0))
    title = f"listener: lines of {len(LINE % (0, 0))} bytes from one sender, into the spool and out of it"
    columns = ("", "sent", "sent/s", "received", "lost: kernel", "lost: limit", "unaccounted", "CPU-s receive")
    show(title, (*columns, "CPU-s read", "lines/CPU-s"), rows)


def _lane(folder: Path, certificate: Path, transport: Transport, count: int, rate: int) -> tuple[str, ...]:
    door = ListenOptions(
        transport=transport,
        port=_free_port(transport),
        address="127.0.0.1",
        type="syslog",
        certificate=str(certificate) if transport == "tls" else "",
    )
    spool = folder / f"{transport}-{rate}"
    # at its rate a sender must pass as the program comes; as fast as it can, nothing is to hold it up
    limit_s = ListenerSource(name="bench", listen=()).sender_lines_s if rate else 0
    source = ListenerSource(name="bench", listen=(door,), spool=str(spool), sender_lines_s=limit_s)
    listener = Listener(source, lambda _: "syslog")
    listener.open({})
    try:
        process = listener._process  # noqa: SLF001 - its processor time is what is measured
        assert process is not None
        receiver = psutil.Process(process.pid)
        before, own = sum(receiver.cpu_times()[:2]), time.thread_time()
        sender = subprocess.Popen(
            [sys.executable, "-m", "bench.listener", "send", transport, str(door.port), str(count), str(rate)],
            stdout=subprocess.PIPE,
            env={**os.environ, "BENCH_CA": str(certificate)},
        )
        lines, lost = _read(listener, sender, count)
        receive, read = sum(receiver.cpu_times()[:2]) - before, time.thread_time() - own
        assert sender.stdout is not None
        wall = float(sender.stdout.read())
        sender.wait()
    finally:
        listener.close()
    kernel, limit = lost["kernel"].dropped, lost["limit"].dropped
    asked = f"{transport}, {rate:,}/s" if rate else f"{transport}, unpaced"
    missing = count - lines - kernel - limit
    figures = (count, count / wall, lines, kernel, limit, missing)
    return (
        asked,
        *(f"{figure:,.0f}" for figure in figures),
        f"{receive:.2f}",
        f"{read:.2f}",
        f"{lines / receive:,.0f}",
    )


def _read(listener: Listener, sender: subprocess.Popen[bytes], count: int) -> tuple[int, dict[str, Counters]]:
    """Read until all lines are there or counted as lost, or nothing more comes."""
    lost = {"kernel": Counters(), "limit": Counters()}
    lines = 0
    quiet_since = time.monotonic()
    until = quiet_since + PATIENCE_S
    while time.monotonic() < until:
        block = listener.read(0.2)
        if block is None:
            if sender.poll() is not None and time.monotonic() - quiet_since > QUIET_S:
                break
            continue
        quiet_since = time.monotonic()
        lines += block.data.count(b"\n")
        if block.lost is not None:
            lost["kernel" if "kernel" in block.stream else "limit"].add(block.lost)
        listener.committed(1)
        if lines + lost["kernel"].dropped + lost["limit"].dropped >= count:
            break
    return lines, lost


def _free_port(transport: str) -> int:
    with socket.socket(type=socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> Path:
    path = folder / "bench.pem"
    words = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(path))
    subprocess.run(["openssl", *words, *subject, *files], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "key.pem").read_bytes())
    return path


def send(transport: str, port: int, count: int, rate: int) -> None:
    """Send so many lines, so many a second; print the seconds that it took. Runs in a process of its own."""
    lines = [LINE % (number % 1_000_000, number) for number in range(1000)]
    step = max(1, rate // 500) if rate else 500
    if transport == "udp":
        target = socket.socket(type=socket.SOCK_DGRAM)
    else:
        target = socket.socket()
        lines = [b"%d %s" % (len(line), line) for line in lines]
    target.connect(("127.0.0.1", port))
    if transport == "tls":
        context = ssl.create_default_context(cafile=os.environ["BENCH_CA"])
        target = context.wrap_socket(target, server_hostname="localhost")
    begin = time.monotonic()
    sent = 0
    while sent < count:
        if rate and (ahead := sent / rate - (time.monotonic() - begin)) > 0:
            time.sleep(ahead)
        now = min(step, count - sent)
        batch = [lines[(sent + number) % 1000] for number in range(now)]
        if transport == "udp":
            for line in batch:
                target.send(line)
        else:
            target.sendall(b"".join(batch))
        sent += now
    if transport != "udp":
        if isinstance(target, ssl.SSLSocket):
            target.unwrap()
        else:
            target.shutdown(socket.SHUT_WR)
            target.recv(1)
    print(time.monotonic() - begin)
    target.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        send(sys.argv[2], *map(int, sys.argv[3:6]))
    else:
        main()
