"""The doors: sockets that listen, opened where they can be and refused with a remedy where they cannot."""

import errno
import socket
import struct
from contextlib import suppress

from soc_agent.config import ListenOptions
from soc_agent.errors import SourceError
from soc_agent.model import Problem

_BACKLOG = 512
_SO_RCVBUFFORCE = 33
_SO_MEMINFO = 55
_MEMINFO = struct.Struct("=9I")
_DROPS = 8
"""Place of the drops in what SO_MEMINFO gives (linux/sock_diag.h, SK_MEMINFO_DROPS)."""


def door_name(door: ListenOptions) -> str:
    """Give what a person calls a door: ``udp port 514``."""
    return f"{door.transport} port {door.port}" + (f" of {door.address}" if door.address else "")


def open_door(door: ListenOptions, buffer_bytes: int) -> socket.socket:
    """Open the socket of a door, not blocking; for TCP and TLS it listens.

    :raises SourceError: when that is not possible here; the problem says what to do.
    """
    try:
        return _open(door, buffer_bytes)
    except OSError as error:
        raise SourceError(_problem(door, error)) from error


def drops_of(door: socket.socket) -> int:
    """Give how many datagrams the kernel dropped at a socket since it was made: a counter of 32 bits.

    Those that came to a full buffer, and those whose checksum was wrong (SO_MEMINFO, since Linux 4.12).
    """
    try:
        values = _MEMINFO.unpack(door.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size))
    except (OSError, struct.error):
        return 0
    return int(values[_DROPS])


def buffer_of(door: socket.socket) -> int:
    """Give the bytes of the receive buffer that the kernel granted; it counts its own overhead in."""
    return door.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def plain_address(address: str) -> str:
    """Give an address as the sender has it: IPv4 in IPv6 is IPv4, a link has no zone.

    >>> plain_address("::ffff:192.0.2.1"), plain_address("fe80::1%eth0")
    ('192.0.2.1', 'fe80::1')
    """
    if address.startswith("::ffff:") and "." in address:
        return address[7:]
    return address.partition("%")[0]


def _open(door: ListenOptions, buffer_bytes: int) -> socket.socket:
    if door.address:
        address, _, zone = door.address.partition("%")
        if ":" not in address:
            return _bound(door, socket.AF_INET, (address, door.port), buffer_bytes)
        scope = socket.if_nametoindex(zone) if zone else 0
        return _bound(door, socket.AF_INET6, (address, door.port, 0, scope), buffer_bytes)
    try:
        return _bound(door, socket.AF_INET6, ("::", door.port), buffer_bytes, both=True)
    except OSError as error:
        if error.errno not in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT):
            raise
    return _bound(door, socket.AF_INET, ("0.0.0.0", door.port), buffer_bytes)  # noqa: S104 - asked for


def _bound(
    door: ListenOptions, family: int, place: tuple[object, ...], buffer_bytes: int, *, both: bool = False
) -> socket.socket:
    is_udp = door.transport == "udp"
    opened = socket.socket(family, socket.SOCK_DGRAM if is_udp else socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, not both)
        if is_udp:
            _enlarge(opened, buffer_bytes)
        else:
            # connections of the time before a restart may still be closing; another listener is refused all the same
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(place)
        opened.setblocking(False)
        if not is_udp:
            opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened


def _enlarge(opened: socket.socket, wanted: int) -> None:
    """Ask for a larger buffer: beyond net.core.rmem_max where the right CAP_NET_ADMIN is there."""
    try:
        opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, wanted)
    except OSError:
        with suppress(OSError):  # what is granted is read back and told when datagrams are lost
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, wanted)


def _problem(door: ListenOptions, error: OSError) -> Problem:
    values = {"door": door_name(door), "reason": error.strerror or str(error)}
    if error.errno == errno.EADDRINUSE:
        kind = "u" if door.transport == "udp" else "t"
        return Problem("listener.port_in_use", values=values | {"command": f"ss -l{kind}np sport = :{door.port}"})
    if error.errno in (errno.EACCES, errno.EPERM) and door.port < 1024:
        return Problem("listener.no_permission", values=values)
    if error.errno == errno.EADDRNOTAVAIL:
        return Problem("listener.no_address", values=values | {"address": door.address})
    return Problem("listener.no_door", values=values)
