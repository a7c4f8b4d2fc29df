"""Which packets are looked for in the middle of flows."""

import pytest

from collectors.packets.frames import frames_of
from collectors.packets.headers import decode
from collectors.packets.marks import mark
from tests.collectors.packets import craft_windows as windows
from tests.collectors.packets.craft import ACK, frame, tcp, udp


def marked(body: bytes, proto: int = 6) -> bool:
    return bool(mark(decode(frames_of([frame("10.0.0.1", "10.0.0.2", proto, body)], [0])))[0])


@pytest.mark.parametrize(
    ("payload", "wanted"),
    [
        (b"GET / HTTP/1.1\r\n", True),
        (b"220 hello\r\n", True),
        (b"\x16\x03\x01\x02\x00\x01", True),
        (windows.create("x", 1), True),
        (windows.tree_answer(1), True),
        (windows.transceive(b"x" * 16, b"data"), True),
        (windows.write(b"x" * 16, b"data"), True),
        (windows.write(b"x" * 16, bytes(60_000))[:1400], False),
        (windows.netbios(windows.smb2(8, bytes(60))), False),
        (windows.netbios(windows.smb2(9, bytes(60), answer=True)), False),
        (windows.rpc_request(1), True),
        (b"\x05\x00\x00\x03 no rpc, but as long as one", False),
        (bytes(200), False),
        (b"\0", False),
    ],
)
def test_segments(payload: bytes, wanted: bool) -> None:
    assert marked(tcp(50_000, 4450, ACK, payload)) is wanted


def test_datagrams_by_their_port() -> None:
    assert [marked(udp(5000, port, b"x" * 20), 17) for port in (53, 5353, 67, 9999)] == [True, True, True, False]
