"""A web server on loopback that says whatever a test wants, also what no server should."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

from collectors.portals.fetch import Bounds

LOOPBACK = Bounds(timeout_s=5.0, size_cap_bytes=200_000, allowed=(ip_network("127.0.0.0/8"),))
Answer = Callable[[socket.socket, str], None]


def anywhere(host: str, port: int) -> list[str]:
    """Resolve every name to loopback."""
    return ["127.0.0.1"]


def say(body: bytes | str, *headers: str, status: str = "200 OK", kind: str = "text/html; charset=utf-8") -> Answer:
    """Answer every request so."""
    data = body.encode() if isinstance(body, str) else body

    def answer(connection: socket.socket, _: str) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(data)}", *headers]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + data)

    return answer


class Server:
    """Answers on a port of its own, one thread a connection."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.context = context
        self.requests: list[str] = []
        self.stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def url(self, host: str = "portal.example.vn", path: str = "/") -> str:
        return f"{'https' if self.context else 'http'}://{host}:{self.port}{path}"

    def stop(self) -> None:
        self.stopped.set()
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            plain.settimeout(5)
            connection = self.context.wrap_socket(plain, server_side=True) if self.context else plain
            with connection:
                request = b""
                while b"\r\n\r\n" not in request:
                    data = connection.recv(65_536)
                    if not data:
                        return
                    request += data
                self.requests.append(request.decode("latin-1"))
                self.answer(connection, request.split(b" ")[1].decode("latin-1"))
                # what the client has not read yet must not be lost to a reset
                connection.settimeout(1)
                if not self.context:
                    connection.shutdown(socket.SHUT_WR)


@contextmanager
def serving(answer: Answer, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Run a server while a test needs it."""
    server = Server(answer, context)
    try:
        yield server
    finally:
        server.stop()


class Authority:
    """A certificate authority, and certificates of it."""

    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.pem = folder / "ca.pem"
        self._key = folder / "ca.key"
        _openssl(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"),
            *("-subj", f"/O=Ủy ban/CN={name}", "-utf8", "-keyout", self._key, "-out", self.pem),
        )

    def certificate(self, name: str, days: int = 90, key: Path | None = None) -> tuple[Path, Path]:
        """Give a certificate and its key."""
        made = key or self.folder / f"{name}-{days}.key"
        request, pem = self.folder / "request.csr", self.folder / f"{name}-{days}.pem"
        if key is None:
            _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", made)
        _openssl("req", "-new", "-key", made, "-subj", f"/CN={name}", "-out", request)
        extensions = self.folder / "extensions"
        extensions.write_text(f"subjectAltName=DNS:{name},DNS:www.{name}\n")
        _openssl(
            *("x509", "-req", "-in", request, "-CA", self.pem, "-CAkey", self._key, "-CAcreateserial"),
            *("-days", str(days), "-extfile", extensions, "-out", pem),
        )
        return pem, made


def context_of(pem: Path, key: Path) -> ssl.SSLContext:
    """Give the context of a server."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    return context


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
