"""Live capture between two network namespaces while the engine reads logs: packets sent, captured and dropped.

Packets are kept as evidence as the default configuration has it: those of the last moments in memory, and those of a
flow that an alert speaks of in a file. So that there are such flows, one of them is asked for with each block of lines.
One process captures, one sends, and this one runs the engine over a quiet log and over the lines of the packets, as the
agent does. Needs root and iproute2.
"""

import ctypes
import mmap
import os
import queue
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from bench.generate import BEGIN
from bench.measure import show
from bench.packets import mixed_capture
from bench.quiet import BLOCK_BYTES, KINDS, TYPES
from collectors.packets import PacketProcess
from soc_agent.cli.workspace import rule_folders
from soc_agent.config import PacketSource
from soc_agent.decode import Context, Decoders
from soc_agent.detect import Engine, load_rules
from soc_agent.model import Block

PACKETS = 500_000
RATES = (50_000, 100_000, 150_000)
"""Packets a second that are offered."""
SETTLE_S = 30.0
_NEAR, _FAR = f"soc-bench-{os.getpid()}-near", f"soc-bench-{os.getpid()}-far"
_CLONE_NEWNET = 0x40000000
_BURST = 64
_TICK_S = 0.001
_CATCH_UP_S = 0.02
_SEND = (
    "import sys; from pathlib import Path; from bench.live import send_capture;"
    "print(*send_capture(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))"
)


class Live(Struct, frozen=True):
    """What became of the packets of one run."""

    sent: int
    seconds: float
    captured: int
    """In the lines of flows."""
    dropped: int
    log_mb: float
    """Log that the engine read in the same time."""
    capture_cpu_s: float
    evidence: int
    """Flows whose packets were kept in a file."""

    @property
    def rate(self) -> float:
        """Packets sent a second."""
        return self.sent / self.seconds


class _Line(Struct):
    path: str = msgspec.field(name="_path")
    orig_h: str = msgspec.field(name="id.orig_h", default="")
    orig_pkts: int = 0
    resp_pkts: int = 0


def send_capture(path: Path, rate: int, interface: str) -> tuple[int, float]:
    """Send the frames of a capture at a rate through an interface of this namespace; give their number and seconds."""
    os.nice(-10)  # what is measured is the capture: a sender that waits for its turn offers less than was asked for
    libc = ctypes.CDLL(None, use_errno=True)
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    base = ctypes.addressof(ctypes.c_char.from_buffer(data))
    places: list[tuple[int, int]] = []
    at = 24
    while at < len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        places.append((base + at + 16, size))
        at += 16 + size

    class Piece(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("size", ctypes.c_size_t))

    class Message(ctypes.Structure):
        _fields_ = (
            ("name", ctypes.c_void_p), ("name_size", ctypes.c_uint), ("pieces", ctypes.c_void_p),
            ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_size", ctypes.c_size_t),
            ("flags", ctypes.c_int), ("sent", ctypes.c_uint),
        )  # fmt: skip

    pieces = (Piece * len(places))(*(Piece(*place) for place in places))
    messages = (Message * len(places))()
    for index in range(len(places)):
        messages[index].pieces = ctypes.addressof(pieces[index])
        messages[index].count = 1
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
        sock.bind((interface, 0))
        sent = before = 0
        begin = resumed = time.monotonic()
        while sent < len(places):
            due = min(int((time.monotonic() - resumed) * rate) + before, len(places))
            if due - sent > rate * _CATCH_UP_S:  # it was kept waiting: what it missed is not sent in one burst
                before, resumed = sent, time.monotonic()
                due = sent
            while sent < due:
                count = min(_BURST, due - sent)
                done = libc.sendmmsg(sock.fileno(), ctypes.byref(messages[sent]), count, 0)
                if done < 0 and ctypes.get_errno() != 105:  # ENOBUFS: the queue of the interface is full for now
                    raise OSError(ctypes.get_errno(), "sendmmsg")
                sent += max(done, 0)
            time.sleep(_TICK_S)
        return sent, time.monotonic() - begin


@contextmanager
def cable() -> Iterator[None]:
    """Make two namespaces with a cable between them."""

    def ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, timeout=20)

    try:
        ip("netns", "add", _NEAR)
        ip("netns", "add", _FAR)
        ip("link", "add", "cable0", "netns", _NEAR, "type", "veth", "peer", "name", "cable0", "netns", _FAR)
        for namespace in (_NEAR, _FAR):
            ip("-n", namespace, "link", "set", "cable0", "up", "arp", "off")
        yield
    finally:
        for namespace in (_NEAR, _FAR):
            subprocess.run(["ip", "netns", "del", namespace], check=False, timeout=20, stderr=subprocess.DEVNULL)


@contextmanager
def inside(namespace: str) -> Iterator[None]:
    """Be in a namespace: processes started here stay there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as home, Path(f"/run/netns/{namespace}").open("rb") as there:
        if libc.setns(there.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(home.fileno(), _CLONE_NEWNET)


class _LogLane:
    """The engine over a quiet log, and over whatever else is handed to it."""

    def __init__(self) -> None:
        decoders = Decoders.load()
        self._engine = Engine(load_rules(rule_folders()), decoders)
        rng = random.Random(1)
        self._blocks: list[Block] = []
        for kind, line in KINDS.items():
            lines: list[str] = []
            size = 0
            while size < BLOCK_BYTES:
                lines.append(line(rng, len(lines)))
                size += len(lines[-1])
            data = "".join(lines).encode()
            self._blocks.append(Block(kind, kind, kind, TYPES.get(kind, kind), data))
        self._turn = 0
        self.size = 0

    def step(self) -> None:
        """Read a block of the log."""
        block = self._blocks[self._turn % len(self._blocks)]
        self._turn += 1
        self.run(block)
        self.size += len(block.data)

    def run(self, block: Block) -> None:
        """Read a block."""
        zone = ZoneInfo("Asia/Ho_Chi_Minh")
        self._engine.run(block, Context(block.source, block.type, zone, int(BEGIN.timestamp()) * 10**9))


def measure(capture: Path, rate: int, lane: _LogLane) -> Live:
    """Send a capture at a rate while the log lane runs; give what became of its packets."""
    with cable(), tempfile.TemporaryDirectory() as evidence:
        collector = PacketProcess(PacketSource(name="live", interface="cable0", flow_idle_s=5), Path(evidence))
        blocks: queue.Queue[Block] = queue.Queue(64)
        over = threading.Event()
        with inside(_NEAR):
            collector.open({})

        def read() -> None:
            while not over.is_set():
                block = collector.read(0.2)
                if block is not None:
                    blocks.put(block)

        reader = threading.Thread(target=read)
        reader.start()
        with inside(_FAR):
            sender = subprocess.Popen(
                [sys.executable, "-c", _SEND, capture, str(rate), "cable0"], stdout=subprocess.PIPE, text=True
            )
        captured = dropped = 0
        sent, seconds, lane.size = 0, 0.0, 0
        deadline = float("inf")
        while time.monotonic() < deadline:
            while not blocks.empty():
                block = blocks.get()
                lane.run(block)
                dropped += block.lost.dropped if block.lost is not None else 0
                collector.keep(tuple(block.data.splitlines()[:1]))
                for line in block.data.splitlines():
                    found = msgspec.json.decode(line, type=_Line)
                    if found.path == "conn" and found.orig_h.startswith(("10.1.", "203.0.113.", "2001:db8:1:")):
                        captured += found.orig_pkts + found.resp_pkts
            if deadline == float("inf"):
                lane.step()
                if sender.poll() is not None:
                    words = sender.communicate()[0].split()
                    sent, seconds = int(words[0]), float(words[1])
                    deadline = time.monotonic() + SETTLE_S
            elif captured + dropped >= sent:
                break
            else:
                time.sleep(0.05)
        ticks = Path(f"/proc/{collector.pid}/stat").read_text().rpartition(")")[2].split()
        cpu_s = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
        over.set()
        reader.join()
        collector.close()
        kept = len(list(Path(evidence).glob("*.pcap")))
    return Live(sent, seconds, captured, dropped, lane.size / 1e6, cpu_s, kept)


def main() -> None:
    """Print the table."""
    if os.geteuid() != 0:
        print("live: network namespaces need root; not measured")
        return
    lane = _LogLane()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        capture = mixed_capture(Path(folder) / "mixed.pcap", PACKETS)
        for rate in RATES:
            found = measure(capture, rate, lane)
            rows.append(
                (
                    f"{rate:,}",
                    f"{found.rate:,.0f}",
                    f"{found.sent:,}",
                    f"{found.captured:,}",
                    f"{found.dropped:,}",
                    f"{found.sent / found.capture_cpu_s:,.0f}",
                    f"{found.log_mb:,.0f}",
                    f"{found.evidence:,}",
                )
            )
    columns = (
        "packets/s asked for", "sent/s", "sent", "captured", "dropped", "captured per CPU-s", "log read meanwhile, MB",
        "flows kept as evidence",
    )  # fmt: skip
    show("Live capture between two namespaces, the log lane running and evidence kept", columns, rows)


if __name__ == "__main__":
    main()
