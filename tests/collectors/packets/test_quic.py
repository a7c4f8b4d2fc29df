"""QUIC Initial packets: the published keys, real ones, scrambled, split, cut and broken ones."""

import itertools
import random
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import aes, quic, read_capture
from collectors.packets.lines import Names
from collectors.packets.quic import Initial, client_keys
from collectors.packets.talk import OPENED_PER_SECOND, Allowance, Talk
from tests.collectors.packets import craft

V1, V2 = 1, 0x6B3343CF
DCID = bytes.fromhex("8394c8f03e515708")
NAMES = Names("Cq", "10.0.0.1", 5000, "10.0.0.2", 443, "udp", "edge", False)


def number(value: int) -> bytes:
    for bits, size in ((6, 1), (14, 2), (30, 4)):
        if value < 1 << bits:
            return (value | (size.bit_length() - 1) << bits).to_bytes(size, "big")
    raise AssertionError(value)


def crypto(offset: int, data: bytes) -> bytes:
    return b"\x06" + number(offset) + number(len(data)) + data


def packet(frames: bytes, serial: int = 2, version: int = V1, dcid: bytes = DCID, token: bytes = b"") -> bytes:
    """An Initial packet, protected as RFC 9001 section 5 says; its tag is zero, which nobody checks."""
    known = quic._VERSIONS[version]
    keys = client_keys(known.prefix, known.salt, dcid)
    frames = frames.ljust(40, b"\0")
    first = 0xC0 | known.initial << 4 | 3
    sealed_number = serial.to_bytes(4, "big")
    nonce = (int.from_bytes(keys.iv, "big") ^ serial).to_bytes(12, "big")
    body = aes.counter_mode(frames, keys.key, nonce, 2) + bytes(16)
    mask = aes.encrypt(np.frombuffer(body[:16], np.uint8).reshape(1, 16), aes.round_keys(keys.header)).tobytes()
    head = bytes([first ^ mask[0] & 15]) + version.to_bytes(4, "big") + bytes([len(dcid)]) + dcid + b"\0"
    head += number(len(token)) + token + number(4 + len(body))
    return head + bytes(a ^ b for a, b in zip(sealed_number, mask[1:5], strict=True)) + body


def handshake(name: str) -> bytes:
    """A ClientHello without its record header."""
    return craft.hello(name, ["h3"])[5:]


def test_the_keys_of_rfc_9001_appendix_a() -> None:
    known = quic._VERSIONS[V1]
    found = client_keys(known.prefix, known.salt, DCID)
    assert [part.hex() for part in found] == [
        "1f369613dd76d5467730efcbe3b1a22d",
        "fa044b2f42a3fd3b46fb255c",
        "9f50449e04a0e810283a1e9933adedd2",
    ]


def test_the_keys_of_rfc_9369_appendix_a() -> None:
    known = quic._VERSIONS[V2]
    found = client_keys(known.prefix, known.salt, DCID)
    assert [part.hex() for part in found] == [
        "8b1a0bc121284290a29e0971b5cd045d",
        "91f73e2351d8fa91660e909f",
        "45b95e15235d6f45a6b19cbcb0294ba9",
    ]


@pytest.mark.parametrize(("version", "name"), [(V1, "1"), (V2, "quicv2")])
def test_a_hello_of_one_packet(version: int, name: str) -> None:
    initial = Initial()
    hello = initial.add(packet(crypto(0, handshake("mot.vn")), version=version, token=b"again" * 20))
    assert hello is not None
    assert (hello.server_name, hello.alpn, initial.version, initial.connection_id) == (b"mot.vn", (b"h3",), name, DCID)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 9), st.integers(1, 3))
def test_a_hello_in_scrambled_pieces_over_datagrams(rng: random.Random, count: int, datagrams: int) -> None:
    data = handshake("tron.vn")
    cuts = sorted({0, len(data), *(rng.randrange(len(data)) for _ in range(count))})
    pieces = [crypto(a, data[a:b]) for a, b in itertools.pairwise(cuts)]
    rng.shuffle(pieces)
    extra = [b"\x01", b"\0\0", b"\x02\x05\x00\x01\x00\x01\x02", b"\x03\x05\x00\x00\x00\x01\x02\x03"]
    parts = [pieces[index::datagrams] for index in range(datagrams)]
    initial = Initial()
    found = None
    for serial, part in enumerate(parts):
        frames = b"".join(rng.choice(extra) + piece for piece in part)
        try:
            found = initial.add(packet(frames, serial))
        except EOFError:
            assert serial < datagrams - 1
    assert found is not None
    assert found.server_name == b"tron.vn"


def test_what_is_none_gives_none() -> None:
    good = packet(crypto(0, handshake("mot.vn")))
    for data in (b"", b"\xc0", good[:30], b"\x40" + good[1:], good[:1] + b"\0\0\0\x09" + good[5:], packet(b"\x1c")):
        assert Initial().add(data) is None
    with pytest.raises(EOFError):
        Initial().add(packet(crypto(0, handshake("mot.vn")[:80])))
    assert Initial().add(packet(crypto(0, b"\x02" + handshake("mot.vn")[1:]))) is None


def test_it_gives_up_after_some_datagrams() -> None:
    initial = Initial()
    for serial in range(7):
        with pytest.raises(EOFError):
            initial.add(packet(crypto(0, handshake("mot.vn")[:80]), serial))
    assert initial.add(packet(crypto(0, handshake("mot.vn")[:80]), 8)) is None


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 255), st.integers(0, 200))
def test_broken_ones_break_nothing(junk: bytes, flip: int, at: int) -> None:
    data = bytearray(packet(crypto(0, handshake("mot.vn")) + junk))
    data[at % len(data)] ^= flip
    for candidate in (bytes(data), bytes(data[:at]), b"\xc3\0\0\0\x01" + junk, packet(junk)):
        try:
            Initial().add(candidate)
        except EOFError:
            continue


def lines(talk: Talk, payload: bytes, time_ns: int = 1) -> list[dict[str, object]] | None:
    found = talk.datagram(NAMES, 0, payload, time_ns, lambda *_: None)
    return None if found is None else [msgspec.json.decode(line) for line in found]


def test_a_flow_gives_both_lines_and_then_rests() -> None:
    data = handshake("hai.vn")
    allowance = Allowance(10**6)
    talk = Talk(allowance)
    assert lines(talk, packet(crypto(0, data[:60]))) == []
    assert talk.waits
    assert talk.waits_for(0)
    assert not talk.waits_for(1)
    assert allowance.left < 10**6
    found = lines(talk, packet(crypto(60, data[60:]), 3))
    assert found is not None
    assert [line["_path"] for line in found] == ["quic", "ssl"]
    assert found[0]["server_name"] == found[1]["server_name"] == "hai.vn"
    assert (found[0]["version"], found[0]["client_initial_dcid"], found[0]["client_protocol"]) == (
        "1",
        DCID.hex(),
        "h3",
    )
    assert str(found[1]["ja4"]).startswith("q13d")
    assert (talk.service, talk.waits, allowance.left) == ("quic", False, 10**6)


def test_a_flood_is_not_opened_but_counted() -> None:
    allowance = Allowance(10**6)
    data = packet(crypto(0, handshake("hai.vn")))
    refused = [lines(Talk(allowance), data) is None for _ in range(OPENED_PER_SECOND + 3)]
    assert refused.count(True) == 3
    assert lines(Talk(allowance), data, 10**9) is not None


@pytest.mark.data
def test_a_real_one(shared_data: Path) -> None:
    [path] = (shared_data / "pcap").glob("quic*.pcap")
    found = [msgspec.json.decode(line) for block in read_capture(path) for line in block.data.splitlines()]
    [line] = [line for line in found if line["_path"] == "quic"]
    assert (line["server_name"], line["client_protocol"], line["version"]) == ("www.google.de", "h3", "1")
    [hello] = [line for line in found if line["_path"] == "ssl"]
    assert hello["uid"] == line["uid"]
    assert hello["ja4"].startswith("q13d03")
