"""The kernel's ring: every frame once, drops counted, tags kept, the filter in force from the first frame on."""

import select
import socket
import time
from collections import Counter

import pytest

from collectors.packets.bpf import LINK_ETHERNET, compile_filter
from collectors.packets.headers import decode
from collectors.packets.ring import Ring, hardware_type, link_type
from tests.collectors.packets.conftest import Cable
from tests.collectors.packets.craft import ether, ip4, udp

pytestmark = pytest.mark.netns
DEADLINE_S = 15.0
PORT = 7777


def send(cable: Cable, count: int, size: int = 10, port: int = PORT, target: str | None = None) -> None:
    with cable.inside(cable.far), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for number in range(count):
            sock.sendto(b"%08d" % number + bytes(size), (target or cable.near_ip, port))


_seen: dict[int, Counter[int]] = {}


def frames_seen(ring: Ring) -> dict[int, int]:
    """How many datagrams to each port a ring has given."""
    return dict(_seen[id(ring)])


def received(ring: Ring, count: int, port: int = PORT) -> list[bytes]:
    """The first bytes of the payloads that arrive on a port, until there are so many."""
    found: list[bytes] = []
    seen = _seen[id(ring)] = Counter()
    deadline = time.monotonic() + DEADLINE_S
    while len(found) < count and time.monotonic() < deadline:
        frames = ring.read()
        if frames is None:
            select.select([ring], [], [], 0.2)
            continue
        headers = decode(frames)
        seen.update(headers.target_port[headers.is_flow].tolist())
        for index in range(len(frames)):
            if headers.is_flow[index] and headers.target_port[index] == port:
                start = int(headers.payload_at[index])
                found.append(frames.data[start : start + 8].tobytes())
    return found


def test_all_frames_arrive_once_and_in_order(cable: Cable) -> None:
    with cable.inside(cable.near):
        ring = Ring("cable0", b"", promiscuous=True)
    send(cable, 5000)
    assert received(ring, 5000) == [b"%08d" % number for number in range(5000)]
    assert ring.dropped() == 0
    assert ring.read() is None
    ring.close()


def test_frames_on_loopback_are_not_seen_twice(cable: Cable) -> None:
    with cable.inside(cable.far):
        ring = Ring("lo", b"", promiscuous=False)
    send(cable, 100, target="127.0.0.1")
    send(cable, 1, port=PORT + 1, target="127.0.0.1")
    assert received(ring, 1, PORT + 1) == [b"00000000"]
    seen = frames_seen(ring)
    assert (seen[PORT], seen[PORT + 1]) == (100, 1)
    ring.close()


def test_what_does_not_fit_is_counted_as_dropped(cable: Cable) -> None:
    with cable.inside(cable.near):
        ring = Ring("cable0", b"", promiscuous=False, blocks=(2,))
    send(cable, 4000, size=1200)
    first = ring.dropped()
    assert first > 0
    assert ring.dropped() == 0
    # among the dropped may be a frame that the kernel sent by itself (neighbour discovery)
    assert 0 <= len(received(ring, 4000 - first)) - (4000 - first) <= 5
    ring.close()


def test_the_filter_is_in_force_from_the_first_frame_on(cable: Cable) -> None:
    program = compile_filter(f"udp port {PORT}")
    send(cable, 10, port=1)
    with cable.inside(cable.near):
        ring = Ring("cable0", program, promiscuous=False)
    send(cable, 100, port=1)
    send(cable, 100)
    deadline = time.monotonic() + DEADLINE_S
    seen = 0
    while seen < 100 and time.monotonic() < deadline:
        frames = ring.read()
        if frames is None:
            select.select([ring], [], [], 0.2)
            continue
        assert set(decode(frames).target_port.tolist()) == {PORT}
        seen += len(frames)
    assert seen == 100
    ring.close()


def test_a_tag_that_the_kernel_takes_off_is_kept(cable: Cable) -> None:
    with cable.inside(cable.near):
        ring = Ring("cable0", b"", promiscuous=True)
    tagged = ether(ip4("10.0.0.1", "10.0.0.2", 17, udp(1, PORT)), 0x0800, [(0x8100, 42)])
    with cable.inside(cable.far), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        for _ in range(5):
            sock.sendto(tagged, ("cable0", 0))
    tags: list[int] = []
    deadline = time.monotonic() + DEADLINE_S
    while len(tags) < 5 and time.monotonic() < deadline:
        frames = ring.read()
        if frames is None:
            select.select([ring], [], [], 0.2)
            continue
        headers = decode(frames)
        tags += headers.vlan[headers.target_port == PORT].tolist()
    assert tags == [42] * 5
    ring.close()


def test_an_interface_that_goes_down_is_an_error(cable: Cable) -> None:
    with cable.inside(cable.near):
        ring = Ring("cable0", b"", promiscuous=False)
        ring.check()
        cable.ip("-n", cable.near, "link", "set", "cable0", "down")
        with pytest.raises(OSError, match="down"):
            ring.check()
        ring.close()


def test_link_types(cable: Cable) -> None:
    with cable.inside(cable.near):
        assert (hardware_type("lo"), link_type("lo"), link_type("cable0")) == (772, LINK_ETHERNET, LINK_ETHERNET)
        with pytest.raises(OSError, match="No such device"):
            link_type("nothing0")
        with pytest.raises(OSError, match="No such device"):
            Ring("nothing0", b"", promiscuous=False)
