"""Packets per CPU-second of ``read_capture`` and of scapy's PcapReader over the same capture of mixed traffic."""

import random
import struct
import sys
import tempfile
from pathlib import Path

from bench.measure import Cost, median, run, show

PACKETS = 500_000
FLOOD_PACKETS = 300_000
"""Of a flood, each of which is a flow of its own."""
TIMES = 4
"""The capture is so many times that long: memory must not grow with it."""
LULL_S = 3600
"""Between two parts of it: flows of one part end before the next."""
SCAPY_PACKETS = 20_000
"""scapy reads only so many: its rate does not change with the length."""
RUNS = 3
BEGIN_S = 1_773_000_000
_GET = (
    b"GET /dich-vu-cong/ho-so?ma=%06d HTTP/1.1\r\nHost: cong.example.vn\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: */*\r\n\r\n"
)
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5600\r\n\r\n"
_TIMESTAMPS = b"\x01\x01\x08\x0a\0\0\0\x01\0\0\0\x02"
_SERVERS = 40
_CLIENTS = 4000

_MAKE = (
    "import sys; from pathlib import Path; from bench.packets import long_capture;"
    "long_capture(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
)
_FLOOD = (
    "import sys; from pathlib import Path; from bench.packets import flood_capture;"
    "flood_capture(Path(sys.argv[1]), int(sys.argv[2]))"
)
_READ = (
    "import gc, sys; from pathlib import Path; from collectors.packets import read_capture;"
    "from soc_agent.config import PacketSource; gc.freeze(); gc.set_threshold(50_000);"  # as hunt does
    "options = PacketSource(name='mixed', paths=(sys.argv[1],), payloads=sys.argv[2] == 'all');"
    "print(sum(block.data.count(b'\\n') for block in read_capture(Path(sys.argv[1]), options=options)))"
)
_READ_SCAPY = (
    "import sys, itertools; from scapy.all import PcapReader;"
    "print(sum(1 for _ in itertools.islice(PcapReader(sys.argv[1]), int(sys.argv[2]))))"
)


class _Side:
    """Makes the frames of one flow between two hosts, IPv4 or IPv6."""

    def __init__(self, client: int, server: int, version: int) -> None:
        if version == 4:
            a, b = struct.pack(">I", 0x0A010000 + client), struct.pack(">I", 0xCB007100 + server)
        else:
            head = bytes.fromhex("20010db8000100000000000000000000")
            a, b = (head[:8] + struct.pack(">Q", n) for n in (client, 1 << 32 | server))
        self._hosts = (a, b)
        self._version = version

    def frame(self, from_client: bool, proto: int, transport: bytes, payload: bytes) -> bytes:
        source, target = self._hosts if from_client else self._hosts[::-1]
        size = len(transport) + len(payload)
        if self._version == 4:
            head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + size, 0, 0x4000, 64, proto, 0)
            ethernet = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0"
        else:
            head = struct.pack(">IHBB", 0x60000000, size, proto, 64)
            ethernet = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x86\xdd"
        return b"".join((ethernet, head, source, target, transport, payload))

    def tcp(self, client_port: int, port: int, script: list[tuple[bool, int, bytes]]) -> list[bytes]:
        """Give a TCP flow: who sends, flags, payload."""
        sequence = {True: 1000, False: 5000}
        frames = []
        for from_client, flags, payload in script:
            ports = (client_port, port) if from_client else (port, client_port)
            numbers = (sequence[from_client], sequence[not from_client])
            head = struct.pack(">HHIIBBHHH", *ports, *numbers, 0x80, flags, 4096, 0, 0) + _TIMESTAMPS
            frames.append(self.frame(from_client, 6, head, payload))
            sequence[from_client] += len(payload) + bool(flags & 3)
        return frames

    def udp(self, client_port: int, port: int, script: list[tuple[bool, bytes]]) -> list[bytes]:
        """Give a UDP flow: who sends, payload."""
        frames = []
        for from_client, payload in script:
            ports = (client_port, port) if from_client else (port, client_port)
            frames.append(self.frame(from_client, 17, struct.pack(">HHHH", *ports, 8 + len(payload), 0), payload))
        return frames


_OPEN = [(True, 2, b""), (False, 18, b""), (True, 16, b"")]
_CLOSE = [(True, 17, b""), (False, 17, b""), (True, 16, b"")]


def _hello() -> bytes:
    ciphers = bytes.fromhex("130113021303c02bc02fc02cc030cca9cca8c013c014009c009d002f0035")
    name = b"cong.example.vn"
    extensions = b"".join(
        struct.pack(">HH", kind, len(content)) + content
        for kind, content in (
            (0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name),
            (10, bytes.fromhex("0004001d0017")),
            (13, bytes.fromhex("000804030804040105030000")[:10]),
            (16, bytes.fromhex("000c02683208687474702f312e31")),
            (43, bytes.fromhex("0403040303")),
            (51, bytes.fromhex("0026001d0020") + bytes(32)),
        )
    )
    body = struct.pack(">H", 0x0303) + bytes(32) + b"\x20" + bytes(32) + struct.pack(">H", len(ciphers)) + ciphers
    body += b"\x01\0" + struct.pack(">H", len(extensions)) + extensions
    return struct.pack(">BHH", 22, 0x0301, len(body) + 4) + b"\x01" + len(body).to_bytes(3, "big") + body


def _data(rng: random.Random, count: int) -> list[tuple[bool, int, bytes]]:
    """Give a download: full segments and an acknowledgement for every second one."""
    script: list[tuple[bool, int, bytes]] = []
    for number in range(count):
        script.append((False, 24, _NOISE[: rng.choice((200, 700, 1380, 1380))]))
        if number % 2:
            script.append((True, 16, b""))
    return script


_NOISE = random.Random(7).randbytes(1400)
_HELLO = _hello()
_ANSWER = b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(116) + b"\x14\x03\x03\x00\x01\x01\x17\x03\x03\x05\x00"
_ANSWER += _NOISE[:1200]
"""A ServerHello of TLS 1.3, and the beginning of what is encrypted."""


def _flow(rng: random.Random, number: int) -> list[bytes]:
    """Give the frames of one flow of an ordinary day in a data centre.

    Of 100 flows, 30 are DNS, 12 HTTP with one to three requests, 38 TLS, 5 SSH, 6 refused or unanswered, 9 QUIC.
    """
    version = 6 if rng.random() < 0.3 else 4
    side = _Side(rng.randrange(_CLIENTS), rng.randrange(_SERVERS), version)
    port, roll = 1024 + number % 60_000, rng.random()
    if roll < 0.30:
        name = b"\x04cong\x07example\x02vn\0"
        query = struct.pack(">HHHHHH", number & 0xFFFF, 0x0100, 1, 0, 0, 0) + name + b"\0\x01\0\x01"
        answer = struct.pack(">HHHHHH", number & 0xFFFF, 0x8180, 1, 2, 0, 0) + name + b"\0\x01\0\x01"
        answer += 2 * (b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xcb\0\x71\x05")
        return side.udp(port, 53, [(True, query), (False, answer)])
    if roll < 0.42:
        request = [(True, 24, _GET % number), (False, 24, _OK + _NOISE[:1300]), *_data(rng, 5)]
        return side.tcp(port, 80, [*_OPEN, *request * rng.randrange(1, 4), *_CLOSE])
    if roll < 0.80:
        hello = [(True, 24, _HELLO), (False, 24, _ANSWER)]
        return side.tcp(port, 443, [*_OPEN, *hello, *_data(rng, rng.randrange(6, 60)), *_CLOSE])
    if roll < 0.85:
        banner = [(False, 24, b"SSH-2.0-OpenSSH_9.2\r\n"), (True, 24, b"SSH-2.0-OpenSSH_9.6\r\n")]
        return side.tcp(port, 22, [*_OPEN, *banner, *[(bool(n % 2), 24, _NOISE[:96]) for n in range(40)], *_CLOSE])
    if roll < 0.91:
        return side.tcp(port, rng.randrange(1, 1024), [(True, 2, b""), (False, 20, b"")][: rng.randrange(1, 3)])
    return side.udp(port, 443, [(n % 3 == 0, _NOISE[: rng.choice((80, 1200))]) for n in range(rng.randrange(10, 90))])


def mixed_capture(path: Path, packets: int) -> Path:
    """Write a capture of interleaved flows, the same at every call."""
    rng = random.Random(3)
    timed: list[tuple[int, bytes]] = []
    begin, number = 0, 0
    while len(timed) < packets:
        moment = begin
        for frame in _flow(rng, number):
            timed.append((moment, frame))
            moment += rng.randrange(200, 40_000)
        begin += rng.randrange(100, 3_000)
        number += 1
    timed = sorted(timed[:packets], key=lambda item: item[0])
    with path.open("wb") as target:
        target.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for moment, frame in timed:
            seconds, micros = divmod(moment, 1_000_000)
            target.write(struct.pack("<IIII", BEGIN_S + seconds, micros, len(frame), len(frame)) + frame)
    return path


def long_capture(path: Path, packets: int, times: int) -> Path:
    """Write a mixed capture that goes on ``times`` as long; each part is the first one at another time of the day."""
    import numpy as np

    mixed_capture(path, packets)
    data = np.fromfile(path, np.uint8)
    places, at, end = [], 24, len(data)
    buffer = data.data
    while at < end:
        places.append(at)
        at += 16 + struct.unpack_from("<I", buffer, at + 8)[0]
    seconds = np.ndarray((end - 3,), "<u4", buffer=data, strides=(1,))
    part_s = int(seconds[places[-1]] - seconds[places[0]]) + LULL_S
    with path.open("ab") as target:
        for _ in range(times - 1):
            seconds[places] += part_s
            data[24:].tofile(target)
    return path


def flood_capture(path: Path, packets: int) -> Path:
    """Write a capture of SYNs with a source of their own each, a million a second."""
    rng = random.Random(5)
    with path.open("wb") as target:
        target.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
        for number in range(packets):
            segment = struct.pack(">HHIIBBHHH", rng.randrange(1024, 65_536), 443, number, 0, 0x50, 2, 4096, 0, 0)
            frame = _Side(rng.randrange(1 << 24), 5, 4).frame(True, 6, segment, b"")
            seconds, micros = divmod(number, 1_000_000)
            target.write(struct.pack("<IIII", BEGIN_S + seconds, micros, len(frame), len(frame)) + frame)
    return path


def measure(capture: Path, packets: int) -> tuple[Cost, Cost, Cost]:
    """Give the cost of our reader without and with payloads, and of scapy's over its first packets; each in turn."""
    costs: tuple[list[Cost], list[Cost], list[Cost]] = ([], [], [])
    for _ in range(RUNS):
        costs[0].append(run([sys.executable, "-c", _READ, capture, "headers"]))
        costs[1].append(run([sys.executable, "-c", _READ, capture, "all"]))
        costs[2].append(run([sys.executable, "-c", _READ_SCAPY, capture, str(min(packets, SCAPY_PACKETS))]))
    return median(costs[0]), median(costs[1]), median(costs[2])


def rows(packets: int = PACKETS, times: int = TIMES) -> list[tuple[str, ...]]:
    """Measure, each reader in a process of its own; start of the interpreter and imports are part of the cost."""
    total = packets * times
    with tempfile.TemporaryDirectory() as folder:
        # in a process of its own: a child's peak memory begins with that of the parent that started it
        capture = Path(folder) / "mixed.pcap"
        run([sys.executable, "-c", _MAKE, capture, str(packets), str(times)])
        size_mb = capture.stat().st_size / 1e6
        headers, everything, theirs = measure(capture, total)
        capture.unlink()
        run([sys.executable, "-c", _MAKE, capture, str(packets), "1"])
        short = run([sys.executable, "-c", _READ, capture, "all"])
        run([sys.executable, "-c", _FLOOD, capture, str(FLOOD_PACKETS)])
        flood_mb = capture.stat().st_size / 1e6
        flood = run([sys.executable, "-c", _READ, capture, "all"])
    some = min(total, SCAPY_PACKETS)
    scapy_rate = some / theirs.cpu_s

    def row(name: str, cost: Cost, count: int, megabytes: float) -> tuple[str, ...]:
        rate = count / cost.cpu_s
        per_second = f"{megabytes / cost.cpu_s:,.0f}"
        return name, f"{count:,}", f"{rate:,.0f}", per_second, f"{cost.rss_mb:.0f}", f"{rate / scapy_rate:.0f}x"

    return [
        row("headers and flow table", headers, total, size_mb),
        row("all lines: DNS, HTTP, TLS …", everything, total, size_mb),
        row("all lines, a short capture", short, packets, size_mb / times),
        row("all lines, a flood of new flows", flood, FLOOD_PACKETS, flood_mb),
        ("scapy PcapReader", f"{some:,}", f"{scapy_rate:,.0f}", "", f"{theirs.rss_mb:.0f}", "1x"),
    ]


def main() -> None:
    """Print the table."""
    columns = ("reader", "packets read", "packets per CPU-s", "MB per CPU-s", "peak RSS, MB", "ratio")
    show(f"Packets: a capture of {PACKETS * TIMES:,} packets of mixed traffic", columns, rows())


if __name__ == "__main__":
    main()
