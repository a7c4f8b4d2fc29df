"""What it costs to look at pages and at the host: CPU of one look, and memory after many.

Each part runs in a process of its own; the web server in another, so that its time does not count.
"""

import json
import multiprocessing
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

from bench.measure import show

LOOKS = 200
_NEWS = "Ủy ban nhân dân tỉnh họp phiên thường kỳ, công bố thủ tục hành chính mới số"


def page(look: int, size: int) -> bytes:
    """Give a page of a portal of about so many bytes; date, counter, token and one item of news differ each time."""
    items = "".join(
        f'<li><a href="/tin/{n}"><img src="/anh/{n}.jpg" alt="">{_NEWS} {"abcdefghij"[n % 10] * (n % 7)}</a></li>'
        for n in range(size // 220)
    )
    return (
        f"<!DOCTYPE html><html><head><title>Cổng thông tin điện tử tỉnh</title><script>var token='{look:032x}'</script>"
        f"</head><body><h1>Cổng thông tin</h1><p>{look % 28 + 1}/11/2026</p><ul>{items}</ul>"
        f"<div>Tin {'abcdefghijklmnop'[look % 16] * 5}</div><p>Lượt truy cập {look * 991}</p></body></html>"
    ).encode()


def _serve(ready: Connection, size: int) -> None:
    listening = socket.create_server(("127.0.0.1", 0), backlog=64)
    ready.send(listening.getsockname()[1])
    look = 0
    while True:
        connection, _ = listening.accept()
        # who wants no more than the head of the answer hangs up before its end
        with connection, suppress(OSError):
            connection.recv(65_536)
            look += 1
            body = page(look, size)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
            connection.sendall(head.encode() + body)
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)


def _portal(size: int, *, content: bool) -> dict[str, float]:
    from ipaddress import ip_network

    from collectors.portals.connection import make_trust
    from collectors.portals.fetch import Bounds, fetch
    from collectors.portals.judge import Judge
    from collectors.portals.memory import Memory
    from soc_agent.config import PortalPage, PortalSource

    here, there = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(there, size), daemon=True)
    server.start()
    try:
        watched = PortalPage(name="a", url=f"http://127.0.0.1:{here.recv()}/")
        source = PortalSource(name="s", pages=(watched,))
        judge = Judge(source, watched, Memory("s", "a", watched.url, {}))
        bounds, trust = Bounds(allowed=(ip_network("127.0.0.0/8"),)), make_trust()

        def look() -> None:
            judge.judge(fetch(watched.url, bounds, trust, body=content), time.time_ns(), content=content)

        return _measure(look, 5)
    finally:
        server.kill()
        server.join()


def _host(*, everything: bool) -> dict[str, float]:
    from collectors.host import HostWatch
    from soc_agent.config import HostSource

    now = [0.0]
    watch = HostWatch(HostSource(name="h", slow_s=1 if everything else 1_000_000), lambda: now[0])
    watch.open({})

    def look() -> None:
        now[0] += 61
        while watch.read(0.0) is not None:
            pass

    return _measure(look, 2, 5 if everything else LOOKS)


def _measure(look: Callable[[], None], warm: int, looks: int = LOOKS) -> dict[str, float]:
    for _ in range(warm):
        look()
    before = _cpu_s()
    for _ in range(looks):
        look()
    spent = _cpu_s() - before
    return {"cpu_ms": spent * 1000 / looks, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _cpu_s() -> float:
    """Give the CPU time of this process and of those that it ran and that ended: find, chronyc."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


LANES: dict[str, tuple[str, float, Callable[[], dict[str, float]]]] = {
    "available": ("page: does it answer", 60, lambda: _portal(200_000, content=False)),
    "small": ("page of 20 kB compared", 300, lambda: _portal(20_000, content=True)),
    "large": ("page of 200 kB compared", 300, lambda: _portal(200_000, content=True)),
    "host": ("host: nothing changed", 60, lambda: _host(everything=False)),
    "whole": ("host: all of it", 3_600, lambda: _host(everything=True)),
}
"""Name to what it is, its rhythm in seconds, and what measures it."""


def main() -> None:
    """Measure each in a process of its own, and print the table."""
    rows = []
    for name, (what, every_s, _) in LANES.items():
        done = subprocess.run(
            [sys.executable, "-m", "bench.watches", name], stdout=subprocess.PIPE, check=True, text=True
        )
        found: dict[str, Any] = json.loads(done.stdout)
        share = found["cpu_ms"] / every_s / 10
        rows.append([what, f"{found['cpu_ms']:.2f}", f"{every_s:g}", f"{share:.4f}", f"{found['rss_mb']:.0f}"])
    show("Watching pages and the host", ["look", "CPU ms", "each s", "% of a core", "RSS MB"], rows)


if __name__ == "__main__":
    print(json.dumps(LANES[sys.argv[1]][2]()))
