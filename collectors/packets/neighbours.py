"""ARP and IPv6 neighbour discovery: who claims to be whom on the local link.

ARP (RFC 826) is five fields and read here; neighbour discovery (RFC 4861) has options and is read by scapy.
"""

import logging
import socket
import struct
from typing import NamedTuple

from msgspec import UNSET, UnsetType

from collectors.packets.lines import Arp, Nd, encode, seconds

ND_TYPES = {133: "rs", 134: "ra", 135: "ns", 136: "na", 137: "redirect"}
_ARP = struct.Struct(">HHBBH6s4s6s4s")
_OPERATIONS = {1: "request", 2: "reply", 3: "request-reverse", 4: "reply-reverse"}
_ETHERNET_LIKE = (1, 6)
_MAX_PREFIXES = 16
_log = logging.getLogger(__name__)


def arp_line(message: bytes, time_ns: int, frame_mac: bytes, vlan: int, sensor: str) -> bytes | None:
    """Give the line of an ARP message for IPv4; None when it is none. ``frame_mac`` may be empty: not known."""
    try:
        hardware, protocol, mac_size, ip_size, operation, mac, ip, target_mac, target_ip = _ARP.unpack_from(message)
    except struct.error:
        return None
    if hardware not in _ETHERNET_LIKE or protocol != 0x0800 or (mac_size, ip_size) != (6, 4):
        return None
    line = Arp(
        ts=seconds(time_ns),
        operation=_OPERATIONS.get(operation, f"operation-{operation}"),
        src_mac=mac_text(mac),
        src_ip=socket.inet_ntoa(ip),
        dst_mac=mac_text(target_mac),
        dst_ip=socket.inet_ntoa(target_ip),
        frame_mac=mac_text(frame_mac) if frame_mac and frame_mac != mac else UNSET,
        vlan=vlan or UNSET,
        sensor=sensor,
    )
    return encode(line)


def nd_line(
    message: bytes, time_ns: int, source: str, target: str, hops: int, frame_mac: bytes, vlan: int, sensor: str
) -> bytes | None:
    """Give the line of an ICMPv6 neighbour discovery message; None when it is none. Loads scapy."""
    kind = ND_TYPES.get(message[0] if message else 0)
    if kind is None:
        return None
    try:
        found = _dissect(message)
    except Exception:  # noqa: BLE001 - scapy raises what it likes on hostile bytes; the message is counted as unreadable
        _log.debug("scapy cannot read a neighbour discovery message of %d bytes", len(message), exc_info=True)
        return None
    mac = frame_mac
    if found.link_address:
        mac = bytes.fromhex(found.link_address.replace(":", ""))
    line = Nd(
        ts=seconds(time_ns),
        type=kind,
        src_mac=mac_text(mac) if mac else "",
        src_ip=source,
        dst_ip=target,
        hop_limit=hops,
        target=found.target,
        router_lifetime=found.lifetime,
        prefixes=found.prefixes,
        frame_mac=mac_text(frame_mac) if frame_mac and frame_mac != mac else UNSET,
        vlan=vlan or UNSET,
        sensor=sensor,
    )
    return encode(line)


class _Found(NamedTuple):
    link_address: str
    """That of the sender; for an advertisement, that of the target."""
    target: str | UnsetType
    lifetime: int | UnsetType
    prefixes: tuple[str, ...] | UnsetType


def _dissect(message: bytes) -> _Found:
    from scapy.layers import inet6

    classes = {
        133: inet6.ICMPv6ND_RS,
        134: inet6.ICMPv6ND_RA,
        135: inet6.ICMPv6ND_NS,
        136: inet6.ICMPv6ND_NA,
        137: inet6.ICMPv6ND_Redirect,
    }
    packet = classes[message[0]](message)
    is_advertisement = message[0] == 136
    option = inet6.ICMPv6NDOptDstLLAddr if is_advertisement else inet6.ICMPv6NDOptSrcLLAddr
    address = packet.getlayer(option)
    prefixes: list[str] = []
    layer = packet.getlayer(inet6.ICMPv6NDOptPrefixInfo)
    while layer is not None and len(prefixes) < _MAX_PREFIXES:
        prefixes.append(f"{layer.prefix}/{layer.prefixlen}")
        layer = layer.payload.getlayer(inet6.ICMPv6NDOptPrefixInfo)
    is_router = message[0] == 134
    return _Found(
        link_address=str(address.lladdr) if address is not None else "",
        target=str(packet.tgt) if message[0] in (135, 136, 137) else UNSET,
        lifetime=int(packet.routerlifetime) if is_router else UNSET,
        prefixes=tuple(prefixes) if is_router else UNSET,
    )


def mac_text(mac: bytes) -> str:
    """Give a hardware address as ``00:11:22:33:44:55``."""
    return mac.hex(":")
