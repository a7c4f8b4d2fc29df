"""The beginning of a TLS connection over TCP: the ClientHello with the answer of the server, and its certificate."""

from collectors.packets import tls
from collectors.packets.certificate import parse, server_certificate
from collectors.packets.lines import Names, Notice, encode, of_flow
from collectors.packets.records import hello_line, x509_line

_HELD_BYTES = 1500
_BEATS, _ASKS, _ANSWERS = 0x18, 1, 2
_LEAKS_BYTES = 1024
_PADDED_BYTES = 3 + 16
"""Of a heartbeat beside its content: type, length, and at least so much padding."""


class Handshake:
    """Waits for the answer to a ClientHello. When the client speaks again, or the flow ends, it goes without."""

    __slots__ = ("_has_bled", "_hello", "_time_ns")

    def __init__(self, hello: tls.Hello, time_ns: int) -> None:
        self._hello: tls.Hello | None = hello
        self._time_ns = time_ns
        self._has_bled = False

    @property
    def held(self) -> int:
        """Bytes that it takes, about."""
        return 0 if self._hello is None else _HELD_BYTES

    def answer(self, names: Names, data: bytes, time_ns: int, *, final: bool) -> tuple[list[bytes], bool]:
        """Take the server's side; give lines, and whether that is all. With ``final`` no more of it will come."""
        hello, der, is_whole = None, None, True
        try:
            hello = tls.server_hello(data)
            der = server_certificate(data)
        except EOFError:
            is_whole = False
        if not is_whole and not final:
            return [], False
        found = parse(der) if der else None
        lines = self._told(names, hello)
        return (lines if found is None else [*lines, x509_line(names, found, time_ns)]), True

    def heartbeat(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take a heartbeat (RFC 6520) that is not encrypted: one that says it is longer than it is asks for memory."""
        size, kind, said = int.from_bytes(data[3:5], "big"), data[5:6], int.from_bytes(data[6:8], "big")
        note = message = ""
        if side == 0 and kind == bytes([_ASKS]) and said + _PADDED_BYTES > size:
            self._has_bled = True
            note, message = "Heartbleed::SSL_Heartbeat_Attack", f"a heartbeat of {size} bytes that says it has {said}"
        elif side == 1 and self._has_bled and size >= _LEAKS_BYTES:
            self._has_bled = False
            note, message = "Heartbleed::SSL_Heartbeat_Attack_Success", f"{size} bytes were answered"
        return [encode(Notice(*of_flow(names, time_ns), note, message))] if note else []

    def finish(self, names: Names) -> list[bytes]:
        """Give the ClientHello without an answer, unless it was told."""
        return self._told(names, None)

    def _told(self, names: Names, answer: tls.ServerHello | None) -> list[bytes]:
        hello, self._hello = self._hello, None
        return [] if hello is None else [hello_line(names, hello, self._time_ns, "t", answer)]
