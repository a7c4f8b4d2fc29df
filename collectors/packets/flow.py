"""One flow: what is remembered of it, and Zeek's two summaries of a TCP flow, ``history`` and ``conn_state``.

Letters and states mean what they mean in Zeek's ``conn.log``. A flow is kept in terms of its *low* and *high* endpoint
(the order of address and port), since that much is known of a packet alone; which of them is the originator is decided
by the first packet.
"""

import socket
from functools import cache, lru_cache
from struct import Struct

from msgspec import UNSET

from collectors.packets.lines import Conn, Names, encode, of_flow
from collectors.packets.talk import Talk
from collectors.packets.transport import ICMP, ICMP6, SCTP, TCP, UDP

SYN, SYN_ACK, ACK, DATA, FIN, RESET, ODD = 1, 2, 4, 8, 16, 32, 64
"""Events of a packet, in the order in which its letters are written. Those of the high endpoint are << 8."""
HIGH_SHIFT = 8
LOW_EVENTS, HIGH_EVENTS = 0x00FF, 0xFF00
_LETTERS = ((SYN, "S"), (SYN_ACK, "H"), (ACK, "A"), (DATA, "D"), (FIN, "F"), (RESET, "R"), (ODD, "Q"))
_ANY_RESET = RESET | RESET << HIGH_SHIFT
_BOTH_FIN = FIN | FIN << HIGH_SHIFT
BOTH_DATA = DATA | DATA << HIGH_SHIFT
BOTH_SYN = SYN | SYN << HIGH_SHIFT

SECOND_NS = 1_000_000_000
CLOSED_IDLE_NS = 2 * SECOND_NS
"""A closed flow waits so long for stragglers, then it is reported."""
UNANSWERED_IDLE_NS = 5 * SECOND_NS
"""A flow that nobody answered (a scan) is reported after so long, and so is a DNS flow."""
_NO_LIMIT_NS = 1 << 62

_MASK = 0xFFFF_FFFF_FFFF_FFFF
_LAST, _WORDS = Struct("=Q"), Struct("=QQ")
KEY = Struct("=QQQQQ")
"""A flow's key: low and high address (two words each), then low port << 48, high port << 32, protocol << 8, version."""

_PROTOCOLS = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmp", SCTP: "sctp", 2: "igmp", 4: "ipip", 41: "ip6ip",
              47: "gre", 50: "esp", 51: "ah", 89: "ospf", 103: "pim", 112: "vrrp"}  # fmt: skip
PROTOCOL_NUMBERS = {name: number for number, name in _PROTOCOLS.items()} | {"icmp": ICMP}
"""Numbers of protocols by the names that lines have; that of ICMP for both versions."""
ANSWER_OF = {8: 0, 13: 14, 15: 16, 17: 18}
ANSWER_OF_6 = {128: 129, 133: 134, 135: 136, 139: 140}


class Flow:
    """A flow that goes on. Times are those of the table's clock; counts are by low and high endpoint."""

    __slots__ = (
        "begin_ns", "bytes_high", "bytes_low", "first_index", "history", "idle_ns", "is_closed", "isn", "key",
        "last_ns", "names", "orig_low", "packets_high", "packets_low", "part_ns", "proto", "queued_ns", "seen",
        "start_ns", "talk", "vlan", "was_reported",
    )  # fmt: skip

    def __init__(self, key: bytes, proto: int, orig_low: bool, flipped: bool, now_ns: int, index: int) -> None:
        self.key = key
        self.proto = proto
        self.orig_low = orig_low
        self.first_index = index
        """Number of its first packet in the capture."""
        self.start_ns = 0
        """Capture time of the first packet since it was last reported."""
        self.begin_ns = 0
        """The same on the table's clock, which never goes back."""
        self.part_ns = now_ns
        """When it began, or was last reported."""
        self.last_ns = now_ns
        """When its last packet came."""
        self.packets_low = self.packets_high = 0
        self.bytes_low = self.bytes_high = 0
        self.seen = 0
        """Events seen so far."""
        self.history = "^" if flipped else ""
        self.is_closed = False
        self.was_reported = False
        self.idle_ns = UNANSWERED_IDLE_NS
        """It has ended when no packet comes for so long."""
        self.queued_ns = 0
        """When the table looks at it next; -1 once it has ended."""
        self.vlan = 0
        self.isn = -1
        """Sequence number of the originator's SYN."""
        self.names: Names | None = None
        self.talk: Talk | None = None
        """What its payload said so far; None before the first payload."""

    def note(self, events: int) -> None:
        """Write the letters of events that were not seen before; call with those of one packet."""
        self.history += letters_of(events & ~self.seen, self.orig_low)
        self.seen |= events

    def set_idle(self, idle_ns: int) -> None:
        """Decide how long it may be idle, after new events. ``idle_ns`` is for an ordinary flow."""
        is_dns = self.proto != TCP and self.talk is not None and self.talk.service == "dns"
        self.is_closed, limit = _patience(self.seen, self.orig_low, self.proto == TCP, is_dns)
        self.idle_ns = min(idle_ns, limit)

    def name(self, sensor: str) -> Names:
        """Give the id and the endpoints, made once."""
        if self.names is None:
            self.names = _names(self, sensor)
        return self.names

    def line(self, sensor: str) -> bytes:
        """Give the line of the flow since it was last reported."""
        names = self.names or self.name(sensor)
        orig, orig_bytes, resp, resp_bytes = self.packets_low, self.bytes_low, self.packets_high, self.bytes_high
        if not self.orig_low:
            orig, orig_bytes, resp, resp_bytes = resp, resp_bytes, orig, orig_bytes
        service = self.talk.service if self.talk is not None else ""
        duration = round((self.last_ns - self.begin_ns) / SECOND_NS, 6)
        state = conn_state(self.proto, self.history, orig, resp)
        line = Conn(
            *of_flow(names, self.start_ns), service, duration, orig_bytes, resp_bytes, state, self.history, orig, resp,
            self.vlan or UNSET,
        )  # fmt: skip
        return encode(line)


@lru_cache(4096)
def _patience(seen: int, orig_low: bool, is_tcp: bool, is_dns: bool) -> tuple[bool, int]:
    """Say whether a flow of these events is closed, and how long it is waited for at most."""
    orig, resp = (LOW_EVENTS, HIGH_EVENTS) if orig_low else (HIGH_EVENTS, LOW_EVENTS)
    if not is_tcp:
        return False, UNANSWERED_IDLE_NS if not seen & resp or is_dns else _NO_LIMIT_NS
    if seen & _ANY_RESET or seen & _BOTH_FIN == _BOTH_FIN:
        return True, CLOSED_IDLE_NS
    return False, UNANSWERED_IDLE_NS if not seen & resp and not seen & orig & BOTH_DATA else _NO_LIMIT_NS


@cache
def letters_of(events: int, orig_low: bool) -> str:
    """Give the letters of events: upper case for the originator."""
    low = "".join(letter for event, letter in _LETTERS if events & event)
    high = "".join(letter for event, letter in _LETTERS if events >> HIGH_SHIFT & event)
    return low + high.lower() if orig_low else low.lower() + high


def _names(flow: Flow, sensor: str) -> Names:
    key = flow.key
    last: int = _LAST.unpack_from(key, 32)[0]
    version = last & 0xFF
    known = _ADDRESSES[version]
    low = known.get(key[:16]) or _address(version, key[:16])
    high = known.get(key[16:32]) or _address(version, key[16:32])
    if flow.orig_low:
        orig, resp, orig_p, resp_p = low, high, last >> 48, last >> 32 & 0xFFFF
    else:
        orig, resp, orig_p, resp_p = high, low, last >> 32 & 0xFFFF, last >> 48
    if flow.proto == ICMP or flow.proto == ICMP6:
        resp_p = (ANSWER_OF if flow.proto == ICMP else ANSWER_OF_6).get(orig_p, resp_p)
    return Names(
        f"C{flow.start_ns & _MASK:016x}{flow.first_index:x}",
        orig[0], orig_p, resp[0], resp_p, _PROTOCOLS.get(flow.proto) or f"ip-{flow.proto}", sensor, resp[1],
    )  # fmt: skip


_ADDRESSES: dict[int, dict[bytes, tuple[str, bool]]] = {4: {}, 6: {}}
"""By version and the words of a key: addresses that were written out lately, and whether they are of a group."""
_MOST_ADDRESSES = 8192


def _address(version: int, words: bytes) -> tuple[str, bool]:
    high, low = _WORDS.unpack(words)
    if version == 4:
        found = socket.inet_ntop(socket.AF_INET, low.to_bytes(4, "big"))
        is_group = low >> 28 == 0xE or low == 0xFFFFFFFF
    else:
        found = socket.inet_ntop(socket.AF_INET6, (high << 64 | low).to_bytes(16, "big"))
        is_group = high >> 56 == 0xFF
    known = _ADDRESSES[version]
    if len(known) >= _MOST_ADDRESSES:
        known.clear()
    known[words] = found, is_group
    return found, is_group


def conn_state(proto: int, history: str, orig_packets: int, resp_packets: int) -> str:
    """Give the state of a flow, one of Zeek's thirteen, from its history; of UDP, from who sent at all."""
    if proto == TCP:
        return _tcp_state(history)
    if proto == UDP:
        return ("SF" if resp_packets else "S0") if orig_packets else ("SHR" if resp_packets else "OTH")
    return "OTH"


@lru_cache(4096)
def _tcp_state(history: str) -> str:
    spoke = any(letter.islower() for letter in history)
    if "F" in history and "f" in history:
        history = history[: max(history.find("F"), history.find("f")) + 1]  # a reset of what had closed says nothing
    reset_orig, reset_resp = history.find("R"), history.find("r")
    if reset_resp >= 0 and not 0 <= reset_orig < reset_resp:
        return _reset_by_resp(history)
    if reset_orig >= 0:
        return "RSTO" if spoke else "RSTOS0" if "S" in history else "OTH"
    if "F" in history and "f" in history:
        return "SF"
    if "F" in history:
        return "S2" if spoke else "SH" if "S" in history else "OTH"
    if "f" in history:
        return "S3" if any(letter.isupper() for letter in history) else "SHR" if "h" in history else "OTH"
    if "S" in history:
        return "S1" if spoke else "S0"
    return "OTH"


def _reset_by_resp(history: str) -> str:
    if "h" not in history and "d" not in history and "S" in history:
        return "REJ"
    return "RSTR" if any(letter.isupper() for letter in history) else "RSTRH" if "h" in history else "OTH"
