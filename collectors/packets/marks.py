"""Which packets begin like a message that is looked for in the middle of a flow too. All of a batch at once."""

import numpy as np
from numpy.typing import NDArray

from collectors.packets import http
from collectors.packets.frames import Ints, gather
from collectors.packets.headers import Headers
from collectors.packets.transport import TCP, UDP

DNS_PORTS = (53, 137, 5353, 5355)
"""Of DNS, of NetBIOS names (RFC 1002, the same messages), of multicast DNS and of LLMNR."""
_DHCP_PORTS = (67, 68, 546, 547)
_FTP_COMMANDS = (b"USER", b"PASS", b"user", b"pass")
_WORDS = np.array([int.from_bytes(word) for word in (*http.METHODS, http.RESPONSE, *_FTP_COMMANDS)], np.uint32)
HANDSHAKE, HEARTBEAT = 0x16, 0x18
"""Types of TLS records (RFC 8446, RFC 6520)."""
_LENGTH, _RPC = 0, 5
"""First byte of a message of SMB over TCP, of DCE/RPC."""
_FIRST = np.zeros(256, bool)
_FIRST[[HANDSHAKE, HEARTBEAT, _LENGTH, _RPC, *(word >> 24 for word in _WORDS.tolist()), *b"12345"]] = True
_SMB = int.from_bytes(b"\xfeSMB", "big")
_SMB1 = int.from_bytes(b"\xffSMB", "big")
_SMB_BYTES = 44
"""Of the shortest message that is looked for."""
_SMB2_BYTES = 76
_SMB1_COMMANDS = (0x25, 0x75, 0xA2)
_RENAMES = 0x0A01
"""Type and class of a SET_INFO that renames a file ([MS-SMB2] section 2.2.39)."""
_PIPE_BYTES = 8192
"""More is not written to a pipe at once."""
_RPC_REQUESTS = (0x0500_0000, 0x0500_0B00, 0x0500_0E00)
_RPC_LITTLE = 0x1000_0000


def mark(headers: Headers) -> NDArray[np.bool_]:
    """Say which packets begin like a message that is looked for in the middle of a flow too.

    These are HTTP requests and responses, TLS ClientHellos and heartbeats, FTP logins and replies, SMB messages that
    log in, open or rename something, or write to a pipe, requests of DCE/RPC, and everything on a port of DNS.
    """
    marked = np.zeros(len(headers.proto), bool)
    source, target = headers.source_port, headers.target_port
    datagrams = np.flatnonzero((headers.proto == UDP) & headers.is_flow)
    for port in (*DNS_PORTS, *_DHCP_PORTS):
        marked[datagrams] |= (source[datagrams] == port) | (target[datagrams] == port)
    segments = np.flatnonzero((headers.proto == TCP) & headers.is_flow & (headers.payload_held > 0))
    marked[segments] |= (source[segments] == 53) | (target[segments] == 53)
    data, place = headers.frames.data, headers.payload_at
    segments = segments[_FIRST[data[place[segments]]] & (headers.payload_held[segments] >= 4)]
    word = gather(data, place[segments], ">u4")
    digits = ((word & 0xF0F0F000) == 0x30303000) & (((word & 0xFF) == 0x20) | ((word & 0xFF) == 0x2D))
    hello = (word >> 16 == 0x1603) & (data[place[segments] + 5] == 1) & (headers.payload_held[segments] >= 6)
    beat = word >> 16 == HEARTBEAT << 8 | 3
    marked[segments[np.isin(word, _WORDS) | digits | hello | beat]] = True
    first = word >> 24
    rpc = segments[np.isin(word & 0xFFFFFF00, _RPC_REQUESTS) & (headers.payload_held[segments] >= 24)]
    marked[rpc[gather(data, place[rpc] + 4, ">u4") == _RPC_LITTLE]] = True
    _mark_smb(headers, segments[(first == _LENGTH) & (headers.payload_held[segments] >= _SMB_BYTES)], marked)
    return marked


def _mark_smb(headers: Headers, at: Ints, marked: NDArray[np.bool_]) -> None:
    """Mark messages of SMB among those that may be some ([MS-SMB2] section 2.2.1, [MS-CIFS] section 2.2.3)."""
    data = headers.frames.data
    word = gather(data, headers.payload_at[at] + 4, ">u4")
    old = at[word == _SMB1]
    if len(old):
        place = headers.payload_at[old] + 4
        command = data[place + 4]
        writes = (command == 0x2F) & (gather(data, place + 53, "<u2") <= _PIPE_BYTES) & (data[place + 9] < 0x80)
        marked[old[np.isin(command, _SMB1_COMMANDS) | writes]] = True
    at = at[(word == _SMB) & (headers.payload_held[at] >= _SMB2_BYTES)]
    if not len(at):
        return
    place = headers.payload_at[at] + 4
    command, is_answer = gather(data, place + 12, "<u2"), data[place + 16] & 1 == 1
    opens = (command == 1) | (command == 3) | (command == 5)
    renames = (command == 17) & ~is_answer & (gather(data, place + 66, "<u2") == _RENAMES)
    writes = (command == 9) & ~is_answer & (gather(data, place + 68, "<u4") <= _PIPE_BYTES)
    asks = (command == 11) & ~is_answer
    marked[at[opens | renames | writes | asks]] = True
