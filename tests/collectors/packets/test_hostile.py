"""Hostile input to all that reads messages: real and made conversations, mutated. No exception, no hang, no growth.

Each batch goes through the whole pipeline, where an exception would end the process that reads packets.
"""

import base64
import gc
import random
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from collectors.packets import dhcp, dhcp6, kerberos, quoted, snmp, tls
from collectors.packets.certificate import parse as parse_certificate
from collectors.packets.certificate import server_certificate
from collectors.packets.database_logins import MqttReader, MysqlReader, PostgresReader, RedisReader
from collectors.packets.frames import frames_of
from collectors.packets.http import media_type, request
from collectors.packets.logins import Reader
from collectors.packets.pipeline import Pipeline
from collectors.packets.prompts import RloginReader, TelnetReader
from collectors.packets.rpc import RpcCalls
from collectors.packets.smb import SmbSession
from collectors.packets.smb1 import Smb1Session
from soc_agent.config import PacketSource
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets import test_certificate as certificates
from tests.collectors.packets import test_database_logins as databases
from tests.collectors.packets import test_logins as mail
from tests.collectors.packets import test_smb1 as smb1
from tests.collectors.packets.craft import BEGIN_NS, Conversation, frame, hello, icmp, udp
from tests.collectors.packets.test_login_listener import TALKS

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
FULL = 16_384


@lru_cache(1)
def conversations() -> tuple[tuple[tuple[float, bytes], ...], ...]:
    """Give one conversation of each kind."""
    flows = [(port, said) for port, (_, _, said) in TALKS.items()]
    rpc = windows.rpc_bind("367abb81-9844-35f1-ad32-98f038001003") + windows.rpc_request(12)
    pipe = b"P" * 16
    smb = [
        (0, windows.tree_connect(r"\\srv\IPC$")),
        (1, windows.tree_answer(5, 2)),
        (0, windows.create("svcctl", 5)),
        (1, windows.create_answer(pipe)),
        (0, windows.write(pipe, rpc)),
        (0, windows.transceive(pipe, rpc)),
    ]
    old = [
        (0, smb1.connect(r"\\s\IPC$")),
        (1, smb1.connected(5)),
        (0, smb1.create("a")),
        (1, smb1.created()),
        (0, smb1.write(rpc)),
    ]
    served = certificates.records(certificates.HELLO, certificates.certificates(certificates.DER))
    ticket = windows.kerberos_ticket(13, ("cifs", "x"), 23)
    flows += [
        (445, smb), (139, old), (49_667, [(0, rpc)]),
        (3389, [(0, windows.rdp_request("a")), (1, windows.rdp_confirm())]),
        (88, [(0, len(ticket).to_bytes(4, "big") + ticket)]), (22, [(0, b"SSH-2.0-x\r\n"), (1, b"SSH-2.0-y\r\n")]),
        (443, [(0, hello("a.vn", ["h2"])), (1, served)]),
        (80, [(0, b"POST /x HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n"),
              (1, b"HTTP/1.1 200 OK\r\n\r\n")]),
        (21, [(1, b"220 hi\r\n"), (0, b"USER a\r\n"), (1, b"331 x\r\n"), (0, b"PASS b\r\n"), (1, b"530 no\r\n")]),
        (53, [(0, b"\0\x1d\0\1\1\0\0\1\0\0\0\0\0\0\1a\2vn\0\0\1\0\1" + bytes(9))]),
    ]  # fmt: skip
    made = []
    for number, (port, said) in enumerate(flows):
        flow = Conversation(CLIENT, 40_000 + number, SERVER, port).open()
        for side, data in said:
            flow.send(not side, 24, data)
        made.append(tuple(flow.close().frames))
    for port, data in (
        (88, ticket),
        (161, b"\x30\x1b\x02\x01\x01\x04\x06public" + bytes(16)),
        (547, b"\x07\0\0\1\0\1\0\4abcd"),
    ):
        made.append(((0.0, frame(CLIENT, SERVER, 17, udp(5000, port, data))),))
    made.append(((0.0, frame(CLIENT, SERVER, 1, icmp(5, 0, bytes(4) + b"\x45" + bytes(40)))),))
    return tuple(made)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Give a frame with some of its bytes changed, mostly behind the headers; lengths stay what they claim to be."""
    body = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(54 if len(body) > 60 and chance.random() < 0.9 else 0, len(body))
        body[at] = chance.choice((0, 0xFF, 0x80, 0x30, body[at] ^ 1 << chance.randrange(8), chance.randrange(256)))
    return bytes(body)


def run(packets: list[tuple[int, bytes]]) -> int:
    """Take frames in batches of some; give the number of lines."""
    made = Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False)
    count = 0
    for begin in range(0, len(packets), 200):
        part = packets[begin : begin + 200]
        count += len(made.feed(frames_of([data for _, data in part], [at for at, _ in part])))
    return count + len(made.finish())


@pytest.mark.parametrize("seed", range(12))
def test_mutated_conversations(seed: int) -> None:
    chance = random.Random(seed)
    packets: list[tuple[int, bytes]] = []
    for turn in range(20):
        for flow in conversations():
            packets += [
                (BEGIN_NS + round((turn + at) * 1e9), mutated(data, chance) if chance.random() < 0.5 else data)
                for at, data in flow
            ]
    begin = time.process_time()
    assert run(packets) > 100
    assert time.process_time() - begin < 30


def real_frames(folder: Path) -> Iterator[tuple[str, list[tuple[int, bytes]]]]:
    from scapy.utils import RawPcapNgReader, RawPcapReader

    for path in sorted(folder.glob("*.pcap*")):
        reader = RawPcapNgReader(str(path)) if path.suffix == ".pcapng" else RawPcapReader(str(path))
        with reader:
            frames = [
                (BEGIN_NS + number * 10**6, bytes(data)) for number, (data, _) in zip(range(600), reader, strict=False)
            ]
        yield path.name, frames


def test_mutated_captures(shared_data: Path) -> None:
    chance = random.Random(7)
    for _, frames in real_frames(shared_data / "pcap"):
        for _ in range(3):
            changed = [
                (at, mutated(data, chance) if len(data) and chance.random() < 0.3 else data) for at, data in frames
            ]
            assert run(changed) > 0


def suppressing(read: Callable[[bytes], object]) -> Callable[[bytes], object]:
    def tried(data: bytes) -> object:
        try:
            return read(data)
        except EOFError:
            return None

    return tried


READERS: dict[str, Callable[[bytes], object]] = {
    "dhcp": dhcp.parse,
    "dhcp6": dhcp6.parse,
    "kerberos": kerberos.parse,
    "snmp": snmp.mechanism,
    "quoted": lambda data: quoted.quoted(data, 4),
    "client hello": suppressing(tls.client_hello),
    "server hello": suppressing(tls.server_hello),
    "server certificate": suppressing(server_certificate),
    "certificate": parse_certificate,
    "request": suppressing(request),
    "media type": media_type,
    "smtp": lambda data: Reader("smtp").read(data),
    "imap": lambda data: Reader("imap").read(data),
    "ldap": lambda data: Reader("ldap").read(data),
    "telnet": lambda data: [TelnetReader().read(side, data) for side in (0, 1)],
    "rlogin": lambda data: RloginReader().read(0, data),
    "mysql": lambda data: MysqlReader().read(0, data),
    "postgresql": lambda data: PostgresReader().read(0, data),
    "redis": lambda data: RedisReader().read(0, data),
    "mqtt": lambda data: MqttReader().read(0, data),
    "rpc": lambda data: RpcCalls().read(data),
    "smb": suppressing(lambda data: SmbSession().read(data)),
    "smb 1": suppressing(lambda data: Smb1Session().read(data)),
}
WORST = (
    b"A" * FULL, b"\0" * FULL, b"\xff" * FULL, b"\x30\x80" * (FULL // 2), b"\x30\x84\0\0" * (FULL // 4),
    b"\r\n" * (FULL // 2), b"a: b\r\n" * (FULL // 6), b"GET " + b" " * FULL,
    b"GET / HTTP/1.1\r\n" + b"host:" * (FULL // 5),
    b"x LOGIN " + b'"\\' * (FULL // 2), b"AUTH LOGIN " + b"A" * FULL, b"\x16\x03\x01\0\1\1" * (FULL // 6),
    b"\x16\x03\x03\0\1" * (FULL // 5), b"\xff\xfa" * (FULL // 2), b"*2\r\n" * (FULL // 4),
    b"\x01\0\0\1" + b"\0\x03\0\0" * (FULL // 4),
    windows.rpc_bind("367abb81-9844-35f1-ad32-98f038001003") * 220, windows.create("a", 1) * 120,
    smb1.create("a") * 150,
    b"\0\0\x40\0\xfeSMB" + bytes(FULL), base64.b64encode(bytes(FULL)), mail.bind() * 200, databases.connect() * 300,
    certificates.certificates(certificates.DER) * 20,
)  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_time_grows_no_faster_than_the_message(name: str) -> None:
    """The longest payload that is ever handed over, of shapes that make naive readers go back and forth."""
    read = READERS[name]
    for data in WORST:
        begin = time.process_time()
        for _ in range(5):
            read(data[:FULL])
        whole = time.process_time() - begin
        assert whole < 0.5, (data[:20], whole)


def test_flows_that_never_end_stay_bounded() -> None:
    """Many connections that each begin every kind of message and finish none."""
    tracked: list[int] = []
    made = Pipeline(PacketSource(name="edge", paths=("x",), max_flows=2000), filtered=False)
    opening = [data for flow in conversations() for _, data in flow[:5]]
    for turn in range(6):
        packets = []
        for number in range(40):
            source = bytes((10, 1, turn, number))
            packets += [data[:26] + source + data[30:] for data in opening]
        made.feed(frames_of(packets, [BEGIN_NS + turn * 10**6] * len(packets)))
        gc.collect()
        tracked.append(made.table.allowance.left)
    assert len(made.table.flows) <= 2000 + 1024
    made.finish()
    assert made.table.allowance.left >= max(tracked)
    assert (
        made.table.allowance.left
        == Pipeline(PacketSource(name="edge", paths=("x",)), filtered=False).table.allowance.left
    )
