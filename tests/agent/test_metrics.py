"""Figures that Prometheus can read, on loopback, whoever asks and however."""

import http.client
import re
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


Sample = tuple[str, tuple[tuple[str, str], ...], float]
UNITS = ("_seconds", "_bytes", "_blocks", "_up")
"""How names of gauges end (prometheus.io/docs/practices/naming): base units, or a thing that is counted."""


def parse(text: str) -> dict[str, tuple[str, list[Sample]]]:
    """Parse the text format as strictly as it is written down: families with their type and samples."""
    families: dict[str, tuple[str, list[Sample]]] = {}
    seen: set[tuple[str, tuple[tuple[str, str], ...]]] = set()
    helped = current = ""
    assert text.endswith("\n")
    for line in text[:-1].split("\n"):
        if line.startswith("#"):
            word, name, rest = line[2:].split(" ", 2)
            assert line[:2] == "# "
            assert re.fullmatch(r"[a-zA-Z_:][a-zA-Z0-9_:]*", name)
            if word == "HELP":
                assert rest
                assert not re.search(r"\\(?![\\n])", rest)
                helped = name
            else:
                assert (word, name) == ("TYPE", helped), "HELP stands before TYPE"
                assert rest in ("counter", "gauge")
                assert name not in families, "all lines of a family stand together"
                families[name], current = (rest, []), name
            continue
        name, labels, value = _sample(line)
        assert name == current, "a sample stands below its TYPE"
        assert (name, labels) not in seen
        seen.add((name, labels))
        families[current][1].append((name, labels, value))
    return families


def _sample(line: str) -> Sample:
    found = re.match(r"[a-zA-Z_:][a-zA-Z0-9_:]*", line)
    assert found is not None, line
    name, at, labels = found[0], found.end(), []
    if line[at] == "{":
        while line[at] != "}":
            pair = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"').match(line, at + 1)
            assert pair is not None, line[at:]
            value = re.sub(r"\\(.)", lambda one: {"n": "\n"}.get(one[1], one[1]), pair[2])
            labels.append((pair[1], value))
            at = pair.end()
            assert line[at] in ",}"
        at += 1
    assert re.fullmatch(r" [-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", line[at:]), line[at:]
    assert len({key for key, _ in labels}) == len(labels)
    return name, tuple(sorted(labels)), float(line[at + 1 :])


def test_it_is_of_the_format_and_named_by_its_conventions() -> None:
    families = parse(exposition(FIGURES))
    for name, (kind, samples) in families.items():
        assert name.startswith("soc_agent_")
        assert name.endswith("_total") is (kind == "counter"), name
        assert kind == "counter" or name.endswith(UNITS), name
        assert samples, name
    ((_, labels, value),) = families["soc_agent_read_bytes_total"][1]
    assert (dict(labels), value) == ({"source": AUTH.source}, 99), "a label comes back as it was"


NAMES = st.text(max_size=20) | st.sampled_from(
    ['"', "\\", "\n", '\\"', "\\n", "a}b", "a,b=", "\r", "\u2028", "đ", "\ud800"]
)


@given(st.lists(NAMES, max_size=4, unique_by=lambda name: name.encode("utf-8", "replace")), st.integers(0, 2**63))
def test_whatever_sources_are_called(names: list[str], count: int) -> None:
    ledger = tuple(SourceLedger(name, Counters(read=count), Counters(), last_ns=count) for name in names)
    conditions = {("source_silent", name): count for name in names}
    text = exposition(Figures(ledger, conditions, count, float(count)))
    read = parse(text.encode("utf-8", "replace").decode()).get("soc_agent_records_read_total", ("", []))[1]
    found = [dict(labels)["source"] for _, labels, _ in read]
    assert found == [name.encode("utf-8", "replace").decode() for name in names]


def test_how_records_ended_adds_up_to_what_was_read() -> None:
    text = exposition(FIGURES)
    ended = sum(int(value) for value in re.findall(r"^soc_agent_records_total\{.* (\d+)$", text, re.MULTILINE))
    assert f" {ended}\n" in next(line + "\n" for line in text.splitlines() if line.startswith("soc_agent_records_read"))
    assert 'soc_agent_condition_start_timestamp_seconds{source="web",kind="source_silent"} 7.0' in text


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
