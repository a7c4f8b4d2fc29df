"""DHCPv6 messages (RFC 8415): who asks, and what address and name servers are given."""

import socket
from typing import NamedTuple

PORTS = (546, 547)
_TYPES = {1: "SOLICIT", 2: "ADVERTISE", 3: "REQUEST", 4: "CONFIRM", 5: "RENEW", 6: "REBIND", 7: "REPLY", 8: "RELEASE",
          9: "DECLINE", 10: "RECONFIGURE", 11: "INFORMATION-REQUEST", 12: "RELAY-FORW", 13: "RELAY-REPL"}  # fmt: skip
_RELAYED = (12, 13)
_CLIENT_ID, _SERVER_ID, _IA_NA, _ADDRESS, _RELAY_MESSAGE, _DNS, _DOMAINS, _IA_PD, _PREFIX, _FQDN = (
    1, 2, 3, 5, 9, 23, 24, 25, 26, 39,
)  # fmt: skip
_MAX_OPTIONS = 64
_MAX_RELAYS = 4
_MAX_LISTED = 8


class Message(NamedTuple):
    """What a message says; what it does not say is empty or 0."""

    type: str
    client_id: str
    """DUID, hexadecimal."""
    server_id: str
    mac: str
    """Hardware address in the DUID of the client, where it is made of one."""
    addresses: tuple[str, ...]
    prefixes: tuple[str, ...]
    dns: tuple[str, ...]
    """Name servers that a client shall use."""
    host_name: str
    lease_s: int


def parse(data: bytes) -> Message | None:
    """Read a message, and the one in it where a relay passes it on; None when it is none."""
    for _ in range(_MAX_RELAYS):
        if not data or data[0] not in _TYPES:
            return None
        is_relayed = data[0] in _RELAYED
        options = _options(data[34:] if is_relayed else data[4:])
        if options is None:
            return None
        if not is_relayed:
            return _message(data[0], options)
        data = next((content for kind, content in options if kind == _RELAY_MESSAGE), b"")
    return None


def _options(data: bytes) -> list[tuple[int, bytes]] | None:
    """Give options (section 21.1); None when one is cut off."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data) and len(found) < _MAX_OPTIONS:
        end = at + 4 + int.from_bytes(data[at + 2 : at + 4], "big")
        if len(data) < at + 4 or len(data) < end:
            return None
        found.append((int.from_bytes(data[at : at + 2], "big"), data[at + 4 : end]))
        at = end
    return found


def _message(kind: int, options: list[tuple[int, bytes]]) -> Message:
    said = dict(reversed(options))
    addresses: list[str] = []
    prefixes: list[str] = []
    lease_s = 0
    for number, content in options:
        for inner, detail in _options(content[12:]) or () if number in (_IA_NA, _IA_PD) else ():
            if inner == _ADDRESS and len(detail) >= 24:
                addresses.append(_address(detail[:16]))
                lease_s = lease_s or int.from_bytes(detail[20:24], "big")
            elif inner == _PREFIX and len(detail) >= 25:
                prefixes.append(f"{_address(detail[9:25])}/{detail[8]}")
    servers = said.get(_DNS, b"")
    client = said.get(_CLIENT_ID, b"")
    return Message(
        type=_TYPES[kind],
        client_id=client[:130].hex(),
        server_id=said.get(_SERVER_ID, b"")[:130].hex(),
        mac=_hardware(client),
        addresses=tuple(addresses[:_MAX_LISTED]),
        prefixes=tuple(prefixes[:_MAX_LISTED]),
        dns=tuple(_address(servers[at : at + 16]) for at in range(0, len(servers) - 15, 16))[:_MAX_LISTED],
        host_name=_name(said.get(_FQDN, b"")[1:]),
        lease_s=lease_s,
    )


def _hardware(duid: bytes) -> str:
    """Give the Ethernet address in a DUID (section 11.2, 11.4)."""
    if duid[:4] == b"\0\x01\0\x01" and len(duid) == 14:
        return duid[8:].hex(":")
    return duid[4:].hex(":") if duid[:4] == b"\0\x03\0\x01" and len(duid) == 10 else ""


def _name(data: bytes) -> str:
    """Give a name as it stands in DNS, without pointers."""
    labels: list[str] = []
    while data and 0 < data[0] < 64 and len(labels) < 32:
        labels.append(data[1 : 1 + data[0]].decode("utf-8", "backslashreplace"))
        data = data[1 + data[0] :]
    return ".".join(labels)


def _address(data: bytes) -> str:
    return socket.inet_ntop(socket.AF_INET6, data)
