"""Transport headers in bulk: ports, flags and the place of the payload of TCP, UDP, SCTP, ICMP and ICMPv6."""

import numpy as np
from numpy.typing import NDArray

from collectors.packets.columns import Work, refuse, table
from collectors.packets.frames import Ints, gather

TCP, UDP, ICMP, ICMP6, SCTP = 6, 17, 1, 58, 132
"""Protocol numbers of IP (IANA)."""
_TCP_BYTES, _TINY_BYTES = 20, 8
_NEEDS = table({TCP: _TCP_BYTES, UDP: 8, ICMP: 4, ICMP6: 4, SCTP: 12})
"""Bytes of the header that must be there, by protocol."""
_PAYLOAD_AT = table({UDP: 8, ICMP: 8, ICMP6: 8, SCTP: 12})
_REQUEST_OF = table({0: 8 + 1, 14: 13 + 1, 16: 15 + 1, 18: 17 + 1})
_REQUEST_OF_6 = table({129: 128 + 1, 134: 133 + 1, 136: 135 + 1, 140: 139 + 1})
"""ICMP types that answer another: that other, plus 1 (RFC 792, 950, 4443, 4861, 4620)."""
_ASKS = table(dict.fromkeys((8, 13, 15, 17), 1)).astype(bool)
_ASKS_6 = table(dict.fromkeys((128, 133, 135, 139), 1)).astype(bool)


def read_transport(work: Work) -> None:
    """Read ports, flags and the place of the payload."""
    ints, data = work.ints, work.frames.data
    at = np.flatnonzero(work.flow & ~work.done)
    if not len(at):
        return
    need = np.where(work.later[at], 0, _NEEDS[ints["proto"][at]])
    # the first fragment of a TCP header cut in pieces to get past filters (RFC 1858) still has the ports
    need = np.where(work.fragment[at] & (need == _TCP_BYTES), _TINY_BYTES, need)
    limit = np.minimum(work.end[at], work.ip_end[at])
    good = work.transport[at] + need <= limit
    if not good.all():
        refuse(work, at[~good])
        at = at[good]
    start = work.transport[at]
    ints["payload_at"][at] = start
    ints["payload_size"][at] = work.ip_end[at] - start
    first = at[~work.later[at]]
    proto = ints["proto"][first]
    with_ports = first[(proto == TCP) | (proto == UDP) | (proto == SCTP)]
    ports = gather(data, work.transport[with_ports], ">u4").astype(np.int64)
    ints["source_port"][with_ports] = ports >> 16
    ints["target_port"][with_ports] = ports & 0xFFFF
    header = _PAYLOAD_AT[proto]
    ints["payload_at"][first] += header
    ints["payload_size"][first] -= header
    _tcp(work, first[proto == TCP])
    _udp(work, first[proto == UDP])
    _icmp(work, first[proto == ICMP], _REQUEST_OF, _ASKS)
    _icmp(work, first[proto == ICMP6], _REQUEST_OF_6, _ASKS_6)
    np.maximum(ints["payload_size"], 0, out=ints["payload_size"])


def _tcp(work: Work, at: Ints) -> None:
    tiny = at[work.fragment[at] & (work.transport[at] + _TCP_BYTES > work.ip_end[at])]
    if len(tiny):
        work.ints["payload_size"][tiny] = 0
        at = np.setdiff1d(at, tiny, assume_unique=True)
    if not len(at):
        return
    ints, start = work.ints, work.transport[at]
    ints["sequence"][at] = gather(work.frames.data, start + 4, ">u4")
    word = gather(work.frames.data, start + 12, ">u2").astype(np.int64)
    header = (word >> 12) * 4
    ints["tcp_flags"][at] = word & 0xFF
    ints["payload_at"][at] = start + header
    ints["payload_size"][at] = work.ip_end[at] - start - header
    refuse(work, at[(header < 20) | (start + header > work.ip_end[at])])


def _udp(work: Work, at: Ints) -> None:
    """Take UDP's own length where it is less than what IP has room for; 0 is a jumbogram (RFC 2675)."""
    if not len(at):
        return
    length = gather(work.frames.data, work.transport[at] + 4, ">u2").astype(np.int64)
    size = work.ints["payload_size"]
    size[at] = np.where(length >= 8, np.minimum(length - 8, size[at]), size[at])


def _icmp(work: Work, at: Ints, request_of: Ints, asks: NDArray[np.bool_]) -> None:
    if not len(at):
        return
    word = gather(work.frames.data, work.transport[at], ">u2").astype(np.int64)
    kind = word >> 8
    request = request_of[kind]
    answers = request > 0
    paired = np.where(answers, request - 1, kind)
    work.ints["source_port"][at] = paired
    work.ints["target_port"][at] = np.where(answers | asks[kind], paired, word & 0xFF)
    work.answer[at] = answers
