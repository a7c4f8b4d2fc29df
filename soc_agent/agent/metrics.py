"""Figures for Prometheus over HTTP, in its text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).

Written plainly: what is given are totals that the store has already, so that a registry of counters would only be a
second place to hold them. Label values are the names of configured sources and words of this program: they are bounded.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from socket import AF_INET, AF_INET6

from msgspec import Struct

from soc_agent.config.health import listen_address
from soc_agent.errors import StoreError, describe
from soc_agent.model import Problem
from soc_agent.store import SourceLedger, SourceStatus

log = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_S = 5.0
"""How long one request may take: who connects and says nothing is sent away."""
_ENDS = ("decoded", "skipped", "undecodable", "dropped")
_OTHERS = {
    "late": "Decoded events too old for the window of a correlation.",
    "truncated": "Lines cut at the line cap.",
    "duplicate": "Detections that had been recorded before.",
}


class Figures(Struct, frozen=True):
    """What there is to say at one moment."""

    ledger: tuple[SourceLedger, ...]
    """Of the configured sources, and those of the agent's own."""
    conditions: Mapping[tuple[str, str], int]
    """What is not well: kind and source to since when, in nanoseconds since 1970."""
    queue_blocks: int
    started_s: float
    """When the agent began, in seconds since 1970."""


def exposition(figures: Figures) -> str:
    """Give the figures in the text format."""
    return "\n".join([*_lines(figures), ""])


def _lines(figures: Figures) -> Iterator[str]:
    yield from _metric("soc_agent_start_time_seconds", "gauge", "When the agent began.", [("", figures.started_s)])
    yield from _metric(
        "soc_agent_queue_blocks", "gauge", "Blocks that wait for the engine.", [("", figures.queue_blocks)]
    )
    ledger = figures.ledger
    read = [(_labels(source=entry.source), entry.totals.read) for entry in ledger]
    yield from _metric("soc_agent_records_read_total", "counter", "Records read: the sum of how they ended.", read)
    ended = [(_labels(source=entry.source, end=end), getattr(entry.totals, end)) for entry in ledger for end in _ENDS]
    yield from _metric("soc_agent_records_total", "counter", "How records ended.", ended)
    size = [(_labels(source=entry.source), entry.totals.bytes) for entry in ledger]
    yield from _metric("soc_agent_read_bytes_total", "counter", "Bytes of lines read.", size)
    for name, text in _OTHERS.items():
        values = [(_labels(source=entry.source), getattr(entry.totals, name)) for entry in ledger]
        yield from _metric(f"soc_agent_records_{name}_total", "counter", text, values)
    last = [(_labels(source=entry.source), entry.last_ns / 1e9) for entry in ledger if entry.last_ns]
    yield from _metric("soc_agent_last_line_timestamp_seconds", "gauge", "When a line was last read.", last)
    up = [
        (_labels(source=entry.source), int(entry.state in (SourceStatus.RUNNING, SourceStatus.FINISHED)))
        for entry in ledger
        if entry.state is not None
    ]
    yield from _metric("soc_agent_source_up", "gauge", "Whether the source can be read.", up)
    wrong = [(_labels(source=source, kind=kind), ns / 1e9) for (kind, source), ns in figures.conditions.items()]
    yield from _metric(
        "soc_agent_condition_start_timestamp_seconds", "gauge", "Since when something is not well.", wrong
    )


def _metric(name: str, kind: str, text: str, values: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
    for labels, value in values:
        yield f"{name}{labels} {value}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


class MetricsServer:
    """Answers ``GET /metrics``, one request at a time, on a thread of its own."""

    def __init__(self, listen: str, figures: Callable[[], Figures]) -> None:
        """:param listen: address and port, as the configuration has them."""
        self._listen = listen
        self._figures = figures
        self._server: HTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The port it listens on; 0 while it does not."""
        return self._server.server_address[1] if self._server is not None else 0

    def start(self) -> Problem | None:
        """Begin; gives why that is not possible."""
        address = listen_address(self._listen)
        assert address is not None, "the configuration was checked"
        try:
            self._server = _server(address, self._figures)
        except OSError as error:
            values = {"address": self._listen, "reason": error.strerror or str(error)}
            return Problem("trust.metrics_failed", values=values)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.2,), name="metrics", daemon=True)
        self._thread.start()
        return None

    def stop(self) -> None:
        """End."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join(_REQUEST_S)
            self._server.server_close()
            self._server = None


def _server(address: tuple[str, int], figures: Callable[[], Figures]) -> HTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_S
        server_version = "soc-agent"
        sys_version = ""

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            try:
                data = exposition(figures()).encode("utf-8", "replace")
            except StoreError as error:
                self.send_error(503, explain=describe(error.problem))
                return
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
            log.debug("metrics: %s", format % args)

    class Server(HTTPServer):
        address_family = AF_INET6 if ip_address(address[0]).version == 6 else AF_INET

        def handle_error(self, request: object, client_address: object) -> None:
            log.debug("metrics: a client went away")

    return Server(address, Handler)
