"""A ClientHello waits for its answer, but not for ever."""

from hashlib import md5
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.collectors.packets import craft
from tests.collectors.packets.craft import Conversation
from tests.collectors.packets.test_certificate import DER, HELLO, certificates, records
from tests.collectors.packets.test_pipeline import lines_of, only

GREET = craft.hello("cong.example.vn")


def talk(*said: tuple[int, bytes]) -> list[dict[str, Any]]:
    flow = Conversation("10.0.0.1", 50_000, "10.0.0.2", 443).open()
    for side, data in said:
        flow.send(not side, 24, data)
    return lines_of(flow.close().frames)


def test_the_answer_of_a_real_server(shared_data: Path) -> None:
    from collectors.packets import read_capture

    blocks = read_capture(shared_data / "pcap" / "tls_tls-conn-with-extensions.pcap")
    lines = [msgspec.json.decode(line) for block in blocks for line in block.data.splitlines()]
    line = only(lines, "ssl")
    assert (line["server_version"], line["cipher"]) == ("TLSv10", "TLS_ECDHE_RSA_WITH_RC4_128_SHA")
    assert line["ja3s"] == md5(b"769,49169,0-65281-11-35-13172", usedforsecurity=False).hexdigest()


@pytest.mark.parametrize("cut", [0, 1, 40, 300])
def test_hello_answer_and_certificate(cut: int) -> None:
    data = records(HELLO, certificates(DER))
    lines = talk((0, GREET), *((1, part) for part in (data[:cut], data[cut:]) if part))
    assert [line["_path"] for line in lines] == ["ssl", "x509", "conn"]
    assert len(only(lines, "ssl")["ja3s"]) == 32
    assert only(lines, "ssl")["server_name"] == "cong.example.vn"


@pytest.mark.parametrize(
    "said",
    [[], [(1, b"\x15\x03\x03\0\x02\x02\x28")], [(0, b"\x17\x03\x03\0\x05hello")], [(1, b"HTTP/1.1 400 Bad\r\n\r\n")]],
)
def test_without_an_answer_it_is_told_all_the_same(said: list[tuple[int, bytes]]) -> None:
    lines = talk((0, GREET), *said)
    assert only(lines, "ssl")["server_name"] == "cong.example.vn"
    assert "ja3s" not in only(lines, "ssl")


def test_it_is_told_when_the_client_goes_on() -> None:
    """Of one direction alone, long before the flow ends."""
    flow = Conversation("10.0.0.1", 50_000, "10.0.0.2", 443).open().say(GREET).say(b"\x17\x03\x03\0\x05hello")
    flow.say(b"more")
    lines = lines_of(flow.frames)
    assert [line["_path"] for line in lines] == ["ssl", "conn"]


def beat(said: int, content: bytes = b"") -> bytes:
    """A heartbeat that says its content has so many bytes."""
    message = b"\x01" + said.to_bytes(2, "big") + content
    return b"\x18\x03\x02" + len(message).to_bytes(2, "big") + message


@pytest.mark.parametrize(
    ("asked", "answered", "notes"),
    [
        (beat(16384), b"\x18\x03\x02\x40\0" + bytes(1200), ["Attack", "Attack_Success"]),
        (beat(3000, bytes(3000)), b"\x15\x03\x02\0\x02\x02\x0a", ["Attack"]),
        (beat(4, bytes(4 + 16)), b"\x18\x03\x02\x40\0" + bytes(1200), []),
    ],
)
def test_a_heartbeat_that_asks_for_more_than_it_brings(asked: bytes, answered: bytes, notes: list[str]) -> None:
    lines = talk((0, GREET), (1, records(HELLO, certificates(DER))), (0, asked), (1, answered))
    found = [line["note"] for line in lines if line["_path"] == "notice"]
    assert found == [f"Heartbleed::SSL_Heartbeat_{note}" for note in notes]
