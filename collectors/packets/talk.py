"""What the payload of a flow says: the service, and the messages that become lines of their own.

Only few packets come here: the first payload of each side, those that begin like a message that is looked for
(:func:`collectors.packets.marks.mark`), all of port 53, and those that continue a message that is not whole yet.
"""

from collectors.packets import dhcp, dhcp6, http, quic, services, tls
from collectors.packets.dialogues import Dissect, DnsDialogue, FtpDialogue, HttpDialogue
from collectors.packets.handshake import Handshake
from collectors.packets.lines import Names
from collectors.packets.listeners import Listener, listener_of
from collectors.packets.marks import DNS_PORTS, HANDSHAKE, HEARTBEAT
from collectors.packets.records import dhcp6_line, dhcp_line, hello_line, quic_line
from collectors.packets.stream import Stream, is_behind

_DHCP_COOKIE = b"\x63\x82\x53\x63"
_NETBIOS = 137
_NONE = [0, 0]
OPENED_PER_SECOND = 500
"""QUIC Initial packets are opened no faster: one takes about half a millisecond."""


class Allowance:
    """Bytes that all messages which are not whole yet, or wait for an answer, may hold together.

    When it is used up they are read as far as they are there. This is the one place where it matters how a capture was
    cut into batches, and it takes an attack to come here.
    """

    __slots__ = ("_opened", "_second", "left")

    def __init__(self, limit: int) -> None:
        self.left = limit
        self._second = -1
        self._opened = 0

    def may_open(self, time_ns: int) -> bool:
        """Say whether one more encrypted packet may be opened in this second of the capture."""
        second = time_ns // 1_000_000_000
        if second != self._second:
            self._second, self._opened = second, 0
        self._opened += 1
        return self._opened <= OPENED_PER_SECOND


class Talk:
    """What one flow said so far."""

    __slots__ = (
        "_allowance", "_dialogue", "_held", "_listener", "_next",
        "_quic", "_rest", "_spoke", "_streams", "_tls", "_wants", "service",
    )  # fmt: skip

    def __init__(self, allowance: Allowance) -> None:
        self.service = ""
        """Empty while it is not known."""
        self._allowance = allowance
        self._dialogue: HttpDialogue | FtpDialogue | DnsDialogue | None = None
        self._tls: Handshake | None = None
        self._held = 0
        self._next = [0, 0]
        """By side: the sequence number after what was read."""
        self._rest = 0
        """Bytes at the end of what was just read in which another message begins."""
        self._spoke = [False, False]
        self._quic: quic.Initial | None = None
        """A QUIC connection whose ClientHello is not whole yet."""
        self._wants = [0, 0]
        """By side: so many more payloads are wanted, however they begin."""
        self._listener: Listener | None = None
        self._streams: list[Stream | None] = [None, None]
        """By side: a message that is not whole yet."""

    @property
    def waits(self) -> bool:
        """Whether the next payload of any side is wanted."""
        one, other = self._streams
        return (
            self._wants != _NONE
            or self._quic is not None
            or one is not None
            or other is not None
            or not (self.service or (self._spoke[0] and self._spoke[1]))
        )

    def waits_for(self, side: int) -> bool:
        """Say whether the next payload of a side (0: originator) is wanted, however it begins."""
        if self._wants[side] or (self._quic is not None and side == 0):
            return True
        return self._streams[side] is not None or not (self.service or self._spoke[side])

    def segment(
        self, names: Names, side: int, sequence: int, payload: bytes, time_ns: int, dissect: Dissect, *,
        first: int = -1, is_cut: bool = False,
    ) -> list[bytes]:  # fmt: skip
        """Take the payload of a TCP segment; give lines.

        ``first`` is the sequence number of the side's first byte where it is known, ``is_cut`` says that not all of the
        payload was captured.
        """
        stream = self._streams[side]
        if self._wants[side] and stream is None:
            self._wants[side] -= 1
        data = payload
        if stream is None:
            base = first if first >= 0 and not self._spoke[side] and not self.service else sequence
            if self._spoke[side] and is_behind(sequence, self._next[side]):
                return []
            self._spoke[side] = True
            if base != sequence:
                stream = Stream(base)
        if stream is not None:
            stream.add(sequence, payload)
        final = is_cut or (stream is not None and stream.is_full) or self._allowance.left <= 0
        if stream is not None:
            if not final and not stream.is_worth_reading():
                self._streams[side] = stream
                return self._settle(names, [], time_ns)
            data = bytes(stream.data)
        lines, is_done = self._read(names, side, data, time_ns, dissect, final=final)
        if is_done or final:
            self._streams[side] = None
            end = stream.end if stream is not None else (sequence + len(payload)) & 0xFFFFFFFF
            self._next[side] = end
            if self._rest:
                begin, self._rest = (end - self._rest) & 0xFFFFFFFF, 0
                rest = self._streams[side] = Stream(begin)
                rest.add(begin, data[-((end - begin) & 0xFFFFFFFF) :])
        elif stream is None:
            stream = self._streams[side] = Stream(sequence)
            stream.add(sequence, payload)
        else:
            self._streams[side] = stream
        return self._settle(names, lines, time_ns)

    def datagram(self, names: Names, side: int, payload: bytes, time_ns: int, dissect: Dissect) -> list[bytes] | None:
        """Take the payload of a UDP datagram; give lines, or None when it is no message though its port says so."""
        self._spoke[side] = True
        if names.resp_p in DNS_PORTS or names.orig_p in DNS_PORTS:
            lines = self._dns().message(names, payload, time_ns, dissect)
            if lines is None:
                return None
            self.service = "netbios_ns" if _NETBIOS in (names.orig_p, names.resp_p) else "dns"
            return self._settle(names, lines, time_ns)
        if payload[236:240] == _DHCP_COOKIE and (message := dhcp.parse(payload)) is not None:
            self.service = "dhcp"
            return self._settle(names, [dhcp_line(names, message, time_ns)], time_ns)
        if dhcp6.PORTS[0] in (names.orig_p, names.resp_p) or dhcp6.PORTS[1] in (names.orig_p, names.resp_p):
            self.service = "dhcpv6"
            offered = dhcp6.parse(payload)
            return None if offered is None else self._settle(names, [dhcp6_line(names, offered, time_ns)], time_ns)
        if not self.service:
            found = services.udp_service(payload, names.orig_p, names.resp_p)
            self._begin(found)
            if found == "quic" and side == 0:
                self._quic = quic.Initial()
        if self._listener is not None:
            if self._wants[side]:
                self._wants[side] -= 1
            return self._settle(names, self._listener.read(names, side, payload, time_ns), time_ns)
        lines = self._read_quic(names, side, payload, time_ns)
        return None if lines is None else self._settle(names, lines, time_ns)

    def finish(self, names: Names, time_ns: int, dissect: Dissect) -> list[bytes]:
        """Give what is left when the flow has ended."""
        lines: list[bytes] = []
        for side, stream in enumerate(self._streams):
            if stream is not None:
                lines += self._read(names, side, bytes(stream.data), time_ns, dissect, final=True)[0]
                self._streams[side] = None
        lines += self._let_go(names, time_ns)
        self._allowance.left += self._held
        self._held = 0
        return lines

    def _settle(self, names: Names, lines: list[bytes], time_ns: int) -> list[bytes]:
        """Book what is held now; when all that may be held is in use, tell what is known and hold nothing."""
        if self._allowance.left <= 0:
            lines += self._let_go(names, time_ns)
        held = 0
        for holder in (*self._streams, self._dialogue, self._listener, self._tls, self._quic):
            if holder is not None:
                held += holder.held
        if held != self._held:
            self._allowance.left += self._held - held
            self._held = held
        return lines

    def _let_go(self, names: Names, time_ns: int) -> list[bytes]:
        """Give what waits for more, as far as it is there."""
        lines = self._tls.finish(names) if self._tls is not None else []
        if self._dialogue is not None:
            lines += self._dialogue.finish(names)
        if self._listener is not None:
            lines += self._listener.finish(names, time_ns)
            self._listener = None
            self._wants = [0, 0]
        self._quic = None
        return lines

    def _read(
        self, names: Names, side: int, data: bytes, time_ns: int, dissect: Dissect, *, final: bool
    ) -> tuple[list[bytes], bool]:
        """Read the message at the beginning of ``data``; say whether that is done, or more of it is needed."""
        if not data:
            return [], final
        if 53 in (names.resp_p, names.orig_p):
            return self._read_dns(names, data, time_ns, dissect)
        if self._tls is None and data[0] == HANDSHAKE:
            return self._read_hello(data, time_ns)
        if self._tls is not None and data[0] == HEARTBEAT:
            return self._tls.heartbeat(names, side, data, time_ns), True
        if self._tls is not None:
            return self._tls.answer(names, data, time_ns, final=final) if side else (self._tls.finish(names), True)
        if side == 0 and self.service in ("", "http"):
            try:
                request = http.request(data, final=final)
            except EOFError:
                return [], False
            if request is not None:
                self.service = "http"
                return self._read_requests(names, request, data, time_ns, final=final), True
        if side == 1 and data.startswith(http.RESPONSE) and self.service in ("", "http"):
            self.service = "http"
            return self._read_responses(names, data), True
        if not self.service:
            self._begin(services.tcp_service(data, side == 0, names.resp_p))
        if self._listener is not None:
            try:
                return self._listener.read(names, side, data, time_ns), True
            except EOFError:
                return [], False
        if self.service == "ftp":
            return self._read_ftp(names, side, data, time_ns), True
        return [], True

    def _begin(self, service: str) -> None:
        """Take note of the service, and have somebody listen."""
        self.service = service
        self._listener = listener_of(service)
        if self._listener is not None:
            self._wants = self._listener.wants

    def _read_requests(
        self, names: Names, request: http.Request, data: bytes, time_ns: int, *, final: bool
    ) -> list[bytes]:
        """Take a request, and those sent behind it without waiting (RFC 9112 section 9.3.2)."""
        dialogue = self._http()
        lines = dialogue.request(names, request, time_ns)
        at = request.head_bytes + request.body_bytes
        while request.head_bytes and http.begins(data[at : at + 12]):
            try:
                following = http.request(data[at:], final=final)
            except EOFError:
                self._rest = len(data) - at
                break
            if following is None or not following.head_bytes:
                break
            lines += dialogue.request(names, following, time_ns)
            at += following.head_bytes + following.body_bytes
        return lines

    def _read_responses(self, names: Names, data: bytes) -> list[bytes]:
        """Take a response, and those that stand behind it."""
        lines: list[bytes] = []
        while data.startswith(http.RESPONSE):
            lines += self._http().response(names, data)
            data = data[http.response_bytes(data) :]
        return lines

    def _read_dns(self, names: Names, data: bytes, time_ns: int, dissect: Dissect) -> tuple[list[bytes], bool]:
        """Read messages with their length before them (RFC 1035 section 4.2.2)."""
        lines: list[bytes] = []
        while len(data) >= 2:
            end = 2 + int.from_bytes(data[:2], "big")
            if len(data) < end:
                break
            found = self._dns().message(names, data[2:end], time_ns, dissect)
            if found is None:
                return lines, True
            self.service = "dns"
            lines += found
            data = data[end:]
        return lines, not data or bool(lines)

    def _read_hello(self, data: bytes, time_ns: int) -> tuple[list[bytes], bool]:
        if data[1:2] not in (b"", b"\x03") or data[5:6] not in (b"", b"\x01"):
            return [], True
        try:
            hello = tls.client_hello(data)
        except EOFError:
            return [], False
        if hello is not None:
            self._tls = Handshake(hello, time_ns)
            self._wants = [1, 1]
            self.service = self.service or "ssl"
        return [], True

    def _read_quic(self, names: Names, side: int, payload: bytes, time_ns: int) -> list[bytes] | None:
        """Read the first datagrams of a client, until its ClientHello is whole; None when there are too many."""
        initial = self._quic
        if initial is None or side != 0:
            return []
        if not self._allowance.may_open(time_ns):
            self._quic = None
            return None
        try:
            hello = initial.add(payload)
        except EOFError:
            return []
        self._quic = None
        if hello is None:
            return []
        return [quic_line(names, initial, hello, time_ns), hello_line(names, hello, time_ns, "q")]

    def _read_ftp(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        if not isinstance(self._dialogue, FtpDialogue):
            self._dialogue = FtpDialogue()
        if side == 1:
            return self._dialogue.replies(names, data)
        self._dialogue.commands(data, time_ns)
        return []

    def _http(self) -> HttpDialogue:
        if not isinstance(self._dialogue, HttpDialogue):
            self._dialogue = HttpDialogue()
        return self._dialogue

    def _dns(self) -> DnsDialogue:
        if not isinstance(self._dialogue, DnsDialogue):
            self._dialogue = DnsDialogue()
        return self._dialogue
