"""Figures that Prometheus can read, on loopback, whoever asks and however."""

import http.client
import re
import socket
from collections.abc import Iterator

import pytest

from soc_agent.agent.metrics import CONTENT_TYPE, Figures, MetricsServer, exposition
from soc_agent.errors import StoreError
from soc_agent.model import Counters, Problem
from soc_agent.store import SourceLedger, SourceStatus

AUTH = SourceLedger(
    'au"th\\\n',
    Counters(read=10, decoded=4, skipped=3, undecodable=2, dropped=1, bytes=99),
    Counters(),
    last_ns=5 * 10**9,
    state=SourceStatus.RUNNING,
)
FIGURES = Figures((AUTH,), {("source_silent", "web"): 7 * 10**9}, 3, 1.5)
SAMPLE = re.compile(r'^[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? -?[0-9.e+]+$')


def test_each_line_is_of_the_format() -> None:
    text = exposition(FIGURES)
    assert text.endswith("\n")
    for line in text.splitlines():
        assert line.startswith(("# HELP ", "# TYPE ")) or SAMPLE.match(line), line
    names = re.findall(r"^# TYPE (\S+) (?:counter|gauge)$", text, re.MULTILINE)
    assert len(names) == len(set(names))
    assert all(name.endswith("_total") == (f"# TYPE {name} counter" in text) for name in names)


def test_how_records_ended_adds_up_to_what_was_read() -> None:
    text = exposition(FIGURES)
    ended = sum(int(value) for value in re.findall(r"^soc_agent_records_total\{.* (\d+)$", text, re.MULTILINE))
    assert f" {ended}\n" in next(line + "\n" for line in text.splitlines() if line.startswith("soc_agent_records_read"))
    assert 'soc_agent_condition_since_seconds{source="web",kind="source_silent"} 7.0' in text


@pytest.fixture(params=["127.0.0.1:0", "[::1]:0"])
def server(request: pytest.FixtureRequest) -> Iterator[MetricsServer]:
    made = MetricsServer(request.param, lambda: FIGURES)
    problem = made.start()
    if problem is not None and "::1" in request.param:
        pytest.skip(f"no IPv6 here: {problem.values['reason']}")
    assert problem is None
    yield made
    made.stop()


def ask(server: MetricsServer, method: str, path: str) -> tuple[int, str, bytes]:
    host = "::1" if "::1" in server._listen else "127.0.0.1"
    connection = http.client.HTTPConnection(host, server.port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_it_answers_and_nothing_else(server: MetricsServer) -> None:
    assert ask(server, "GET", "/metrics") == (200, CONTENT_TYPE, exposition(FIGURES).encode())
    assert ask(server, "GET", "/etc/passwd")[0] == 404
    assert ask(server, "POST", "/metrics")[0] == 501


def test_who_says_nothing_holds_up_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soc_agent.agent.metrics._REQUEST_S", 0.2)
    made = MetricsServer("127.0.0.1:0", lambda: FIGURES)
    assert made.start() is None
    try:
        with socket.create_connection(("127.0.0.1", made.port)) as mute:
            mute.sendall(b"GET /met")
            assert ask(made, "GET", "/metrics")[0] == 200
    finally:
        made.stop()


def test_a_store_that_cannot_be_read_is_told() -> None:
    def broken() -> Figures:
        raise StoreError(Problem("store.closed", values={"path": "x"}))

    made = MetricsServer("127.0.0.1:0", broken)
    assert made.start() is None
    try:
        assert ask(made, "GET", "/metrics")[0] == 503
    finally:
        made.stop()


def test_a_port_in_use_is_a_problem_and_no_end() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        made = MetricsServer(f"127.0.0.1:{taken.getsockname()[1]}", lambda: FIGURES)
        problem = made.start()
        assert problem is not None
        assert problem.code == "trust.metrics_failed"
        made.stop()
