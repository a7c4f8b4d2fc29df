"""The beginning of a TLS connection over TCP: the ClientHello with the answer of the server, and its certificate."""

from collectors.packets import tls
from collectors.packets.certificate import parse, server_certificate
from collectors.packets.lines import Names
from collectors.packets.records import hello_line, x509_line

_HELD_BYTES = 1500


class Handshake:
    """Waits for the answer to a ClientHello. When the client speaks again, or the flow ends, it goes without."""

    __slots__ = ("_hello", "_time_ns")

    def __init__(self, hello: tls.Hello, time_ns: int) -> None:
        self._hello: tls.Hello | None = hello
        self._time_ns = time_ns

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

    def finish(self, names: Names) -> list[bytes]:
        """Give the ClientHello without an answer, unless it was told."""
        return self._told(names, None)

    def _told(self, names: Names, answer: tls.ServerHello | None) -> list[bytes]:
        hello, self._hello = self._hello, None
        return [] if hello is None else [hello_line(names, hello, self._time_ns, "t", answer)]
