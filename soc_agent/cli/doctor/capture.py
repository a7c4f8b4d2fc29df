"""What capturing packets needs: libpcap, the right, an interface that is up and changes nothing."""

import ctypes
import ctypes.util
import errno
import fcntl
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok, warn
from soc_agent.config import PacketSource

_SIOCETHTOOL = 0x8946
_GET_GRO, _GET_FLAGS = 0x2B, 0x25
_LRO, _RX_VLAN = 1 << 15, 1 << 8
"""Bits of ``ETHTOOL_GFLAGS`` (linux/ethtool.h)."""
_UP, _PROMISCUOUS = 0x1, 0x100
"""Bits of an interface's flags (netdevice(7))."""
_MISSED = ("rx_missed_errors", "rx_fifo_errors")
"""What the card had no room for, and nothing behind it sees (sysfs-class-net-statistics)."""
_NET = Path("/sys/class/net")


def capture(case: Case, net: Path = _NET) -> Iterator[Check]:
    """Look at everything that the packet sources need."""
    sources = [source for source in case.config.sources if isinstance(source, PacketSource)]
    if any(source.filter for source in sources) or any(source.interface for source in sources):
        library = ctypes.util.find_library("pcap")
        yield ok("libpcap", library) if library else error("libpcap", "cli.doctor.no_libpcap")
    live = [source for source in sources if source.interface]
    if not live:
        return
    ((number, _),) = case.who.ask([("packets", "")])
    if number:
        yield error("net_raw", "doctor.no_net_raw", user=case.who.name)
    else:
        yield ok("net_raw", "CAP_NET_RAW")
    for source in live:
        yield from interface(source, net / source.interface, running=case.running is not None)


def interface(source: PacketSource, folder: Path, *, running: bool) -> Iterator[Check]:
    """Look at one interface: up, whole packets, and for a mirror port promiscuous."""
    name = source.interface
    if not folder.exists():
        known = ", ".join(sorted(path.name for path in folder.parent.iterdir()))
        yield error("interface", "doctor.no_interface", interface=name, known=known)
        return
    flags = int(_read(folder / "flags") or "0", 16)
    if not flags & _UP:
        yield error("interface", "doctor.interface_down", interface=name)
        return
    if _read(folder / "carrier") == "0":
        yield warn("interface", "doctor.no_carrier", interface=name)
    else:
        yield ok("interface", name)
    if missed := sum(int(_read(folder / "statistics" / name) or "0") for name in _MISSED):
        yield warn("missed", "doctor.missed", interface=name, count=missed)
    # Linux counts who asks for it; the flag shows it while at least one does
    if source.promiscuous and running and not flags & _PROMISCUOUS:
        yield warn("promiscuous", "doctor.not_promiscuous", interface=name)
    if not source.promiscuous and not has_address(name):
        yield warn("promiscuous", "doctor.mirror_port", interface=name, source=source.name)
    joined = offloads(name)
    if joined is None:
        return
    if joined:
        words = " ".join(f"{word} off" for word in joined)
        yield warn("offloads", "doctor.offloads", interface=name, found=", ".join(joined), words=words)
    else:
        yield ok("offloads", name)


def offloads(name: str) -> list[str] | None:
    """Give what a card does to packets before they are seen, in the words of ethtool(8); None where it says nothing."""
    found = []
    gro, flags = _ethtool(name, _GET_GRO), _ethtool(name, _GET_FLAGS)
    if gro is None and flags is None:
        return None
    if gro:
        found.append("gro")
    if (flags or 0) & _LRO:
        found.append("lro")
    if (flags or 0) & _RX_VLAN:
        found.append("rxvlan")
    return found


def has_address(name: str) -> bool:
    """Say whether an interface has an address of IPv4, or one of IPv6 beyond its link."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            fcntl.ioctl(out, 0x8915, struct.pack("16s240x", name.encode()[:15]))  # SIOCGIFADDR
    except OSError as failure:
        if failure.errno != errno.EADDRNOTAVAIL:
            return True
    else:
        return True
    # columns: address, index, length of the prefix, scope (20 is the link), flags, name (proc(5), if_inet6)
    rows = (line.split() for line in (_read(Path("/proc/net/if_inet6")) or "").splitlines())
    return any(row[-1] == name and row[3] != "20" for row in rows)


def _ethtool(name: str, command: int) -> int | None:
    """Ask for one value (``struct ethtool_value``); None where the driver has none."""
    value = ctypes.create_string_buffer(struct.pack("II", command, 0))
    request = struct.pack("16sP", name.encode()[:15], ctypes.addressof(value))
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            fcntl.ioctl(out, _SIOCETHTOOL, request.ljust(40, b"\0"))
    except OSError:
        return None
    answer: int = struct.unpack_from("II", value)[1]
    return answer


def _read(path: Path) -> str | None:
    try:
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
