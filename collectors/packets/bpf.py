"""Capture filters: a pcap filter expression becomes a BPF program, for the kernel and for frames out of files.

The expression (pcap-filter(7)) is compiled through scapy, which asks libpcap. In libpcap ``tcp[…]`` and ``udp[…]`` look
into IPv4 alone; here they look into IPv6 as well (:func:`both_versions`), where no extension header comes between.
Without ``vlan`` in the expression a tagged frame out of a file does not match ``ip`` or ``tcp``; live, the kernel takes
the outer tag off first.
"""

import ctypes
import logging
import re
import socket
from ctypes.util import find_library
from functools import cache
from struct import pack

import numpy as np

from collectors.packets.frames import Frames
from soc_agent.errors import SourceError
from soc_agent.model import Problem

LINK_NULL, LINK_ETHERNET, LINK_RAW, LINK_LOOP = 0, 1, 101, 108
_TRANSPORTS = (("tcp", 6), ("udp", 17))
_SO_ATTACH_FILTER = 26
_FAMILY_BYTES = 4
"""BSD loopback frames begin with an address family, which libpcap would have to know the byte order of."""


def compile_filter(expression: str, link: int = LINK_ETHERNET) -> bytes:
    """Give the BPF program of a filter expression for a link type: 8 bytes an instruction, in the machine's order.

    :raises SourceError: when libpcap is not there (``packets.no_libpcap``) or refuses it (``packets.bad_filter``).
    """
    logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
    from scapy.arch.common import compile_filter as scapy_compile
    from scapy.error import Scapy_Exception

    try:
        program = scapy_compile(
            both_versions(expression), linktype=LINK_RAW if link in (LINK_NULL, LINK_LOOP) else link
        )
    except ImportError as error:
        raise SourceError(Problem("packets.no_libpcap")) from error
    except Scapy_Exception as error:
        reason = str(error).rpartition("(")[2].rstrip(")") or str(error)
        raise SourceError(Problem("packets.bad_filter", values={"filter": expression, "reason": reason})) from error
    code = ctypes.string_at(program.bf_insns, 8 * program.bf_len)
    _libpcap().pcap_freecode(ctypes.byref(program))
    return code


def both_versions(expression: str) -> str:
    """Give an expression whose ``tcp[…]`` and ``udp[…]`` look into IPv6 packets too.

    >>> both_versions("tcp[13] & 2 != 0")
    '((tcp[13] & 2 != 0) and not (ip6[6] = 6)) or (ip6[6] = 6 and (ip6[40 + (13)] & 2 != 0))'
    """
    used = [(name, number) for name, number in _TRANSPORTS if _accessor(name).search(expression)]
    if not used:
        return expression
    any_of = " or ".join(f"ip6[6] = {number}" for _, number in used)
    found = [f"(({expression}) and not ({any_of}))"]
    found += [f"(ip6[6] = {number} and ({_into_ip6(expression, name)}))" for name, number in used]
    return " or ".join(found)


def _accessor(name: str) -> re.Pattern[str]:
    return re.compile(rf"\b{name}\s*\[")


def _into_ip6(expression: str, name: str) -> str:
    """Put in place of ``tcp[PLACE:SIZE]`` the same of an IPv6 packet: its header has 40 bytes."""
    found = _accessor(name).search(expression)
    if found is None:
        return expression
    depth, end, colon = 1, found.end(), -1
    while end < len(expression):
        letter = expression[end]
        depth += (letter == "[") - (letter == "]")
        if not depth:
            break
        if letter == ":" and depth == 1:
            colon = end
        end += 1
    place = _into_ip6(expression[found.end() : colon if colon >= 0 else end], name)
    size = expression[colon:end] if colon >= 0 else ""
    return f"{expression[: found.start()]}ip6[40 + ({place}){size}{_into_ip6(expression[end:], name)}"


def attach(sock: socket.socket, program: bytes) -> None:
    """Let the kernel keep from a socket what the program rejects. Before the socket is bound, or frames slip through.

    :raises OSError: when the kernel refuses the program.
    """
    code = ctypes.create_string_buffer(program, len(program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, pack("HP", len(program) // 8, ctypes.addressof(code)))


class OfflineFilter:
    """A filter expression for frames of any link type out of files. Compiles once a link type."""

    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._programs: dict[int, ctypes.Array[ctypes.c_char]] = {}

    def accepts(self, frames: Frames) -> Frames:
        """Give the frames that the expression lets through. Raises as :func:`compile_filter`."""
        run = _libpcap().bpf_filter
        base = frames.data.ctypes.data
        kept: list[int] = []
        links, starts = frames.link.tolist(), frames.start.tolist()
        sizes, wires = frames.size.tolist(), frames.wire.tolist()
        for index, (link, start, size, wire) in enumerate(zip(links, starts, sizes, wires, strict=True)):
            program = self._programs.get(link)
            if program is None:
                code = compile_filter(self._expression, link)
                program = self._programs[link] = ctypes.create_string_buffer(code, len(code))
            skip = _FAMILY_BYTES if link in (LINK_NULL, LINK_LOOP) else 0
            if size >= skip and run(program, base + start + skip, min(wire, 0xFFFFFFFF) - skip, size - skip):
                kept.append(index)
        return frames if len(kept) == len(frames) else frames.where(np.array(kept, np.int64))


@cache
def _libpcap() -> ctypes.CDLL:
    name = find_library("pcap")
    if name is None:
        raise SourceError(Problem("packets.no_libpcap"))
    library = ctypes.CDLL(name)
    library.bpf_filter.restype = ctypes.c_uint
    library.bpf_filter.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint, ctypes.c_uint]
    library.pcap_freecode.argtypes = [ctypes.c_void_p]
    library.pcap_freecode.restype = None
    return library
