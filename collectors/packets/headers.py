"""Headers in bulk: link layer, VLAN tags, IPv4, IPv6 with its extensions, TCP, UDP, ICMP and SCTP, all frames at once.

Nothing here trusts a frame: lengths that contradict the captured bytes make it undecodable, which is counted.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from collectors.packets.columns import Work, keep, refuse, table
from collectors.packets.frames import Frames, Ints, gather
from collectors.packets.transport import TCP, UDP, read_transport

ETHERTYPE_IP4, ETHERTYPE_IP6, ETHERTYPE_ARP = 0x0800, 0x86DD, 0x0806

_LINK_HEADER = {1: (12, 14), 113: (14, 16), 276: (0, 20)}
"""Link types whose header has an EtherType: where that stands, and the length (Ethernet, Linux cooked v1 and v2)."""
_LINK_RAW = {0: 4, 108: 4, 12: 0, 14: 0, 101: 0, 228: 0, 229: 0}
"""Link types that have a bare IP packet after so many bytes (BSD loopback, raw IP)."""
_TAGS = (0x8100, 0x88A8, 0x9100)
_MAX_TAGS = 4
_MAX_EXTENSIONS = 8
_AUTH_HEADER, _FRAGMENT_HEADER = 51, 44

_SEGMENT = [("ports", ">u4"), ("sequence", ">u4"), ("ack", "V4"), ("control", ">u2"), ("rest", "V6")]
"""What follows an IP header without options in nearly all packets: TCP, or UDP, whose length stands where TCP has the
high half of the sequence number. Read along with it."""
_IP4 = np.dtype(
    [("vihl", "u1"), ("tos", "u1"), ("length", ">u2"), ("id", ">u2"), ("fragment", ">u2"), ("hops", "u1"),
     ("proto", "u1"), ("sum", ">u2"), ("source", ">u4"), ("target", ">u4"), *_SEGMENT]
)  # fmt: skip
_IP6 = np.dtype(
    [("word", ">u4"), ("length", ">u2"), ("proto", "u1"), ("hops", "u1"), ("source_high", ">u8"), ("source_low", ">u8"),
     ("target_high", ">u8"), ("target_low", ">u8"), *_SEGMENT]
)  # fmt: skip


_IS_EXTENSION = table(dict.fromkeys((0, 43, _FRAGMENT_HEADER, _AUTH_HEADER, 60, 135, 139, 140), 1)).astype(bool)


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers say. Arrays have one entry a frame; of a frame that is no good IP packet most are 0."""

    frames: Frames
    is_flow: NDArray[np.bool_]
    """A packet of IP that was understood: it belongs to a flow."""
    is_bad: NDArray[np.bool_]
    """IP or ARP by its EtherType, but cut off or contradicting itself; or of a link type that nobody here knows."""
    is_later: NDArray[np.bool_]
    """A fragment that is not the first of its packet: it has no ports of its own."""
    is_fragment: NDArray[np.bool_]
    is_answer: NDArray[np.bool_]
    """An ICMP message that answers one of another type (an echo reply)."""
    ethertype: Ints
    network_at: Ints
    """Where the IP or ARP header begins in the data of the frames."""
    vlan: Ints
    version: Ints
    """4 or 6."""
    proto: Ints
    hops: Ints
    """Time to live, or hop limit."""
    source_high: NDArray[np.uint64]
    source_low: NDArray[np.uint64]
    target_high: NDArray[np.uint64]
    target_low: NDArray[np.uint64]
    """An IPv4 address stands in the low word alone."""
    source_port: Ints
    target_port: Ints
    """ICMP: type and code; for a type that asks or answers, the type that asks in both."""
    fragment_id: Ints
    tcp_flags: Ints
    sequence: Ints
    payload_at: Ints
    payload_size: Ints
    """Bytes of payload on the wire, as the IP header has it."""
    payload_held: Ints
    """Bytes of payload that were captured."""


def decode(frames: Frames) -> Headers:
    """Give the headers of all frames. Never raises: what cannot be understood is in :attr:`Headers.is_bad`."""
    work = Work(frames)
    ethertype, network_at, vlan = _link_layer(work)
    _ip4(work, np.flatnonzero(ethertype == ETHERTYPE_IP4), network_at)
    _ip6(work, np.flatnonzero(ethertype == ETHERTYPE_IP6), network_at)
    read_transport(work)
    ints = work.ints
    held = np.minimum(ints["payload_size"], work.end - ints["payload_at"])
    high, low, target_high, target_low = work.addresses
    return Headers(
        frames=frames,
        is_flow=work.flow,
        is_bad=work.bad,
        is_later=work.later,
        is_fragment=work.fragment,
        is_answer=work.answer,
        ethertype=ethertype,
        network_at=network_at,
        vlan=vlan,
        source_high=high,
        source_low=low,
        target_high=target_high,
        target_low=target_low,
        payload_held=np.maximum(held, 0),
        **ints,
    )


def _link_layer(work: Work) -> tuple[Ints, Ints, Ints]:
    """Give EtherType (0: none), start of the network layer, and VLAN id (the outer one)."""
    frames = work.frames
    ethertype = np.zeros(work.count, np.int64)
    network_at = frames.start.copy()
    vlan = np.zeros(work.count, np.int64) if frames.vlan is None else frames.vlan.copy()
    links = unique_links(frames)
    for link in links:
        type_at, length = _LINK_HEADER.get(link, (0, 0))
        if length and len(links) == 1 and (frames.size >= length).all():  # nearly always
            ethertype[:] = gather(frames.data, network_at + type_at, ">u2")
            network_at += length
            break
        mine = np.flatnonzero(frames.link == link)
        if length:
            mine = keep(work, mine, frames.size[mine] >= length)
            ethertype[mine] = gather(frames.data, frames.start[mine] + type_at, ">u2")
            network_at[mine] += length
        elif link in _LINK_RAW:
            mine = keep(work, mine, frames.size[mine] > _LINK_RAW[link])
            network_at[mine] += _LINK_RAW[link]
            nibble = frames.data[network_at[mine]] >> 4
            ethertype[mine] = np.where(nibble == 4, ETHERTYPE_IP4, np.where(nibble == 6, ETHERTYPE_IP6, 0))
            work.bad[mine[(nibble != 4) & (nibble != 6)]] = True
        else:
            work.bad[mine] = True
    for _ in range(_MAX_TAGS):
        tagged = np.flatnonzero((ethertype == _TAGS[0]) | (ethertype == _TAGS[1]) | (ethertype == _TAGS[2]))
        if not len(tagged):
            break
        tagged = keep(work, tagged, network_at[tagged] + 4 <= work.end[tagged], ethertype)
        tag = gather(frames.data, network_at[tagged], ">u2").astype(np.int64) & 0x0FFF
        vlan[tagged] = np.where(vlan[tagged] == 0, tag, vlan[tagged])
        ethertype[tagged] = gather(frames.data, network_at[tagged] + 2, ">u2")
        network_at[tagged] += 4
    short = np.flatnonzero((ethertype == ETHERTYPE_ARP) & (network_at + 28 > work.end))
    work.bad[short] = True
    ethertype[short] = 0
    return ethertype, network_at, vlan


def knows_link(link: int) -> bool:
    """Say whether frames of this link type can be read."""
    return link in _LINK_HEADER or link in _LINK_RAW


def unique_links(frames: Frames) -> list[int]:
    """Give the link types of the frames, each once."""
    link = frames.link
    if len(link) and (link == link[0]).all():
        return [int(link[0])]
    return [int(value) for value in np.unique(link)]


def _ip4(work: Work, at: Ints, network_at: Ints) -> None:
    at = keep(work, at, network_at[at] + 20 <= work.end[at])
    if not len(at):
        return
    start = network_at[at]
    header = gather(work.frames.data, start, "V40").view(_IP4)
    header_size = (header["vihl"] & 15).astype(np.int64) * 4
    total = header["length"].astype(np.int64)
    room = work.wire_end[at] - start
    total = np.where(total == 0, room, np.minimum(total, room))  # 0: cut into segments by the network card later on
    good = (header["vihl"] >> 4 == 4) & (header_size >= 20) & (header_size <= total)
    good &= start + header_size <= work.end[at]
    if not good.all():
        at = keep(work, at, good)
        header, header_size, total, start = header[good], header_size[good], total[good], start[good]
    fragment = header["fragment"]
    ints = work.ints
    ints["version"][at] = 4
    ints["proto"][at] = header["proto"]
    ints["hops"][at] = header["hops"]
    ints["fragment_id"][at] = header["id"]
    work.addresses[1][at] = header["source"]
    work.addresses[3][at] = header["target"]
    work.flow[at] = True
    is_part = (fragment & 0x3FFF) != 0
    direct = (header_size == 20) & ~is_part
    _direct(work, at, header, direct, start + 20, start + total)
    if work.done[at].all():
        return
    work.fragment[at] = is_part
    work.later[at] = (fragment & 0x1FFF) != 0
    work.ip_end[at] = start + total
    work.transport[at] = start + header_size


def _ip6(work: Work, at: Ints, network_at: Ints) -> None:
    at = keep(work, at, network_at[at] + 40 <= work.end[at])
    if not len(at):
        return
    start = network_at[at]
    header = gather(work.frames.data, start, "V60").view(_IP6)
    room = work.wire_end[at] - start
    length = header["length"].astype(np.int64)
    total = np.where(length == 0, room, np.minimum(length + 40, room))
    good = header["word"] >> 28 == 6
    if not good.all():
        at = keep(work, at, good)
        header, total, start = header[good], total[good], start[good]
    ints = work.ints
    ints["version"][at] = 6
    ints["hops"][at] = header["hops"]
    for word, name in enumerate(("source_high", "source_low", "target_high", "target_low")):
        work.addresses[word][at] = header[name]
    ints["proto"][at] = header["proto"]
    work.flow[at] = True
    _direct(work, at, header, np.ones(len(at), bool), start + 40, start + total)
    left = ~work.done[at]
    if left.any():
        at, start, total = at[left], start[left], total[left]
        work.ip_end[at] = start + total
        work.transport[at] = start + 40
        _extensions(work, at)


def _direct(
    work: Work, at: Ints, header: NDArray[Any], direct: NDArray[np.bool_], transport: Ints, ip_end: Ints
) -> None:
    """Read TCP and UDP where they follow the IP header, and are whole; others are left for :func:`read_transport`."""
    proto = header["proto"]
    is_tcp, is_udp = proto == TCP, proto == UDP
    control = header["control"].astype(np.int64)
    size = np.where(is_tcp, (control >> 12) * 4, 8)
    payload_at = transport + size
    payload = ip_end - payload_at
    # a TCP header that is not whole, or cannot be, is left to what counts it
    direct &= (is_udp | (is_tcp & (size >= 20))) & (payload >= 0)
    direct &= transport + np.where(is_tcp, 20, 8) <= work.end[at]
    length = (header["sequence"] >> 16).astype(np.int64)
    payload = np.where(is_udp & (length >= 8), np.minimum(length - 8, payload), payload)
    control &= 0xFF
    control[is_udp] = 0
    ports = header["ports"].astype(np.int64)
    sequence = header["sequence"]
    if not direct.all():
        at, ports, sequence, control = at[direct], ports[direct], sequence[direct], control[direct]
        payload_at, payload, is_tcp = payload_at[direct], payload[direct], is_tcp[direct]
    ints = work.ints
    ints["source_port"][at] = ports >> 16
    ints["target_port"][at] = ports & 0xFFFF
    ints["sequence"][at] = sequence * is_tcp
    ints["tcp_flags"][at] = control
    ints["payload_at"][at] = payload_at
    ints["payload_size"][at] = payload
    work.done[at] = True


def _extensions(work: Work, at: Ints) -> None:
    """Step over the extension headers of IPv6 (RFC 8200 section 4) up to the transport header or a later fragment."""
    data, proto = work.frames.data, work.ints["proto"]
    for _ in range(_MAX_EXTENSIONS):
        at = at[_IS_EXTENSION[proto[at]] & ~work.later[at]]
        if not len(at):
            return
        place = work.transport[at]
        good = (place + 8 <= work.end[at]) & (place + 8 <= work.ip_end[at])
        if not good.all():
            refuse(work, at[~good])
            at, place = at[good], place[good]
        kind = proto[at]
        length = data[place + 1].astype(np.int64)
        step = np.where(kind == _AUTH_HEADER, (length + 2) * 4, (length + 1) * 8)
        fragment = kind == _FRAGMENT_HEADER
        step[fragment] = 8
        if fragment.any():
            parts = at[fragment]
            offset = gather(data, place[fragment] + 2, ">u2")
            work.fragment[parts] = (offset & 0xFFF9) != 0
            work.later[parts] = (offset & 0xFFF8) != 0
            work.ints["fragment_id"][parts] = gather(data, place[fragment] + 4, ">u4")
        proto[at] = data[place]
        work.transport[at] += step
    refuse(work, at[_IS_EXTENSION[proto[at]] & ~work.later[at]])
