"""The collector over real sockets: rhythm, restarts, approvals, outages."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from collectors.portals import PortalWatch
from collectors.portals.content import Content
from collectors.portals.fetch import Fetch
from collectors.portals.judge import page_change
from collectors.portals.lines import Lines
from collectors.portals.memory import Memory
from collectors.portals.parts import Known
from soc_agent.config import PortalPage, PortalSource
from tests.collectors.portals.pages import home, of
from tests.collectors.portals.server import Answer, Authority, Server, anywhere, context_of, say, serving

BASE = PortalSource(
    name="cong", pages=(), availability_s=1, content_s=1, timeout_s=3, private_networks=("127.0.0.0/8",)
)


class Clock:
    """A clock that runs on as nobody waits for it: an hour takes no time."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 0.05
        return self.now


class Reader:
    """Reads a collector as the agent does, and keeps what was committed."""

    def __init__(self, options: PortalSource, positions: dict[str, bytes] | None = None, approved: str = "") -> None:
        self.positions = positions if positions is not None else {}
        self.approved = approved
        self.watch = PortalWatch(options, lambda _: self.approved, ask=anywhere, clock=Clock())
        self.lines: list[dict[str, Any]] = []
        assert self.watch.missing() is None
        self.watch.open(self.positions)

    def until(self, event: str, count: int = 1, **values: Any) -> list[dict[str, Any]]:
        """Read until there are so many lines of an event with these values; give them."""
        deadline = time.monotonic() + 60
        while True:
            found = [line for line in of(self.lines, event) if all(line.get(k) == v for k, v in values.items())]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, (event, values, self.lines[-3:])
            self.read()

    def read(self) -> None:
        """Read once, and commit it."""
        block = self.watch.read(0.5)
        if block is not None:
            assert block.position is not None
            self.positions[block.stream_id] = block.position.state
            self.lines += [json.loads(line) for line in block.data.splitlines()]


@contextmanager
def reading(options: PortalSource, positions: dict[str, bytes] | None = None) -> Iterator[Reader]:
    reader = Reader(options, positions)
    try:
        yield reader
    finally:
        reader.watch.close()


class Portal:
    """Serves the usual page, another look each time."""

    def __init__(self) -> None:
        self.look = 0
        self.page: str | None = None

    def __call__(self, connection: socket.socket, path: str) -> None:
        self.look += 1
        say(home(self.look) if self.page is None else self.page)(connection, path)


def options(server: Server, *names: str) -> PortalSource:
    pages = tuple(PortalPage(name=name, url=server.url(path=f"/{name}")) for name in names or ("a",))
    return replace(BASE, pages=pages)


def test_a_page_is_learnt_compared_and_its_defacement_told() -> None:
    portal = Portal()
    with serving(portal) as server, reading(options(server)) as reader:
        reader.until("baseline", action="learnt")
        reader.until("content", 3, changed=False)
        portal.page = home(50, title="Hacked by XYZ")
        (line,) = reader.until("content", changed=True)
        assert line["changes"] == ["title"]
        assert reader.watch.problems() == []


def test_a_restart_goes_on_with_what_was_known() -> None:
    portal = Portal()
    with serving(portal) as server:
        with reading(options(server)) as reader:
            reader.until("baseline", action="learnt")
            positions = reader.positions
        portal.page = home(50, heading="Khác")
        with reading(options(server), positions) as reader:
            (line,) = reader.until("content", changed=True)
            assert line["changes"] == ["heading"]
            assert not of(reader.lines, "baseline")


def test_lines_of_a_stream_go_on_where_they_ended() -> None:
    with serving(Portal()) as server:
        seen: dict[str, int] = {}
        positions: dict[str, bytes] = {}
        for _ in range(2):
            watch = PortalWatch(options(server), ask=anywhere, clock=Clock())
            watch.open(positions)
            for _ in range(8):
                block = watch.read(5.0)
                assert block is not None
                assert block.position is not None
                assert block.offset == seen.get(block.stream_id, 0)
                seen[block.stream_id] = block.offset + len(block.data)
                positions[block.stream_id] = block.position.state
            watch.close()


def test_an_approved_change_is_silent_also_after_a_restart() -> None:
    portal = Portal()
    with serving(portal) as server:
        source = options(server)
        with reading(source) as reader:
            reader.until("baseline", action="learnt")
            portal.page = home(50, title="Giao diện mới")
            reader.until("content", changed=True)
            memory = Memory("cong", "a", source.pages[0].url, reader.positions)
            reader.approved = page_change(memory.page)
            reader.until("baseline", action="approved")
            reader.lines.clear()
            reader.until("content", 3, changed=False)
            assert not [line for line in of(reader.lines, "content") if line["changed"]]
            positions = reader.positions
        with reading(source, positions) as reader:
            reader.until("content", 2, changed=False)
            assert not [line for line in of(reader.lines, "content") if line["changed"]]


def test_an_outage_and_its_end() -> None:
    portal = Portal()
    with serving(portal) as server, reading(options(server)) as reader:
        reader.until("availability", ok=True)
        server.answer = lambda connection, _: connection.close()
        (line,) = reader.until("availability", failures=3)
        assert line["reason"] == "bad_answer"
        server.answer = portal
        reader.until("availability", recovered=True)


def test_one_request_at_a_time_to_a_host() -> None:
    busy = 0
    most = 0

    def slow(connection: socket.socket, path: str) -> None:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        time.sleep(0.02)
        busy -= 1
        say(home())(connection, path)

    with serving(slow) as server, reading(options(server, "a", "b", "c", "d")) as reader:
        for page in "abcd":
            reader.until("availability", 2, page=page)
    assert most == 1


def test_a_hostile_page_costs_only_itself() -> None:
    def endless(connection: socket.socket, path: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            connection.sendall(b"<p>" * 10_000)

    def answer(connection: socket.socket, path: str) -> None:
        (endless if path == "/bad" else say(home()))(connection, path)

    with serving(answer) as server:
        source = replace(options(server, "bad", "good"), size_cap_bytes=300_000)
        with reading(source) as reader:
            reader.until("content", page="bad", reason="too_big")
            reader.until("baseline", page="good")
            (problem,) = reader.watch.problems()
            assert (problem.code, problem.values["page"]) == ("portals.not_compared", "bad")
            server.answer = say(home())
            reader.until("baseline", page="bad")
            assert reader.watch.problems() == []


def test_certificates_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "own")
    pem, key = authority.certificate("portal.example.vn", 20)
    with serving(Portal(), context_of(pem, key)) as server:
        source = replace(options(server), ca_file=str(authority.pem))
        with reading(source) as reader:
            (line,) = reader.until("certificate")
            assert (line["limit"], line["issuer"]) == (30, "O=Ủy ban, CN=Test CA")
            assert reader.until("availability")[0]["tls_error"] == ""
            other = Authority(tmp_path / "other", "Other CA")
            server.context = context_of(*other.certificate("portal.example.vn", 90))
            (line,) = reader.until("certificate", changed=["key", "issuer"])
            assert line["issuer_before"] == "O=Ủy ban, CN=Test CA"
            wrong = [each for each in of(reader.lines, "availability") if each["tls_error"]]
            assert wrong
            assert wrong[0]["ok"] is True


class Site:
    """Serves the usual page with a script, a style sheet and a logo of its own, over and over."""

    def __init__(self) -> None:
        self.look = 0
        self.files = {
            "/site.js": b"function menu(a) { $(a).toggle() }",
            "/site.css": b".menu ul { display: none }",
            "/logo.png": b"\x89PNG\r\n one",
        }
        self.asked: list[str] = []
        self.only_google = ""

    def __call__(self, connection: socket.socket, path: str) -> None:
        self.asked.append(path)
        if path in self.files:
            say(self.files[path], kind="application/octet-stream")(connection, path)
            return
        self.look += 1
        head = '<script src="/site.js"></script><link rel="stylesheet" href="/site.css">'
        say(home(self.look, head=head, more='<a href="/"><img src="/logo.png"></a>'))(connection, path)


def test_a_defacement_that_lies_in_a_script_a_style_sheet_or_a_picture_is_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    site = Site()
    with serving(site, context_of(*authority.certificate("portal.example.vn"))) as server:
        source = replace(options(server), ca_file=str(authority.pem), guise_s=0)
        with reading(source) as reader:
            reader.until("baseline", action="learnt")
            learnt: dict[str, Known] = {}
            while len(learnt) < 3 or any(known.looks < 3 for known in learnt.values()):
                reader.read()
                learnt = Memory("cong", "a", source.pages[0].url, reader.positions).page.parts
            assert not [line for line in of(reader.lines, "content") if line.get("changed")]
            site.files["/site.js"] += b";document.write('<h1>Hacked by XYZ</h1>')"
            (line,) = reader.until("content", changed=True, part_kind="script")
            assert (line["means_added"], "hacked by xyz" in line["text_plain"]) == (["document.write"], True)
            site.files["/site.css"] = b"body { background: url(https://evil.example/x.jpg) }"
            (line,) = reader.until("content", changed=True, part_kind="style")
            assert line["hosts_foreign"] == ["evil.example"]
            site.files["/logo.png"] = b"\x89PNG\r\n two"
            reader.until("content", changed=True, part_kind="image")
            positions = dict(reader.positions)
        with reading(source, positions) as reader:
            asked = len(site.asked)
            while not all(name in site.asked[asked:] for name in site.files):
                reader.read()
            assert not [line for line in of(reader.lines, "content") if line.get("changed")]


def test_parts_that_two_pages_load_are_got_once_a_round() -> None:
    site = Site()
    with serving(site) as server, reading(replace(options(server, "a", "b"), content_s=1_000, guise_s=0)) as reader:
        for page in "ab":
            reader.until("baseline", action="learnt", page=page)
        while "/logo.png" not in site.asked:
            reader.read()
        for page in "ab":
            reader.until("availability", 8, page=page)
        assert [site.asked.count(name) for name in site.files] == [1, 1, 1]


def test_what_only_search_engines_and_their_visitors_are_given_is_told() -> None:
    site = Site()
    with serving(site) as server:

        def cloaked(connection: socket.socket, path: str) -> None:
            request = server.requests[-1]
            if "Googlebot" in request:
                say(home(1, more="<p>Nhà cái uy tín số một</p>"))(connection, path)
            elif "Referer: https://www.google.com/" in request:
                say("", "Location: https://bet.evil.example/", status="302 Found")(connection, path)
            else:
                site(connection, path)

        server.answer = cloaked
        with reading(replace(options(server), guise_s=1)) as reader:
            (line,) = reader.until("content", guise="search engine")
            assert (line["reason"], "nha cai uy tin" in line["text_plain"]) == ("guise", True)
            (line,) = reader.until("redirect", guise="search visitor")
            assert line["hosts"] == ["bet.evil.example"]
            assert all(each["ok"] for each in of(reader.lines, "availability"))


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    problem = PortalWatch(replace(BASE, ca_file=str(tmp_path / "none.pem"))).missing()
    assert problem is not None
    assert problem.code == "portals.bad_ca"


def test_damaged_state_is_told_and_learnt_anew() -> None:
    with serving(Portal()) as server:
        source = options(server)
        page = Memory("cong", "a", source.pages[0].url, {})
        with reading(source, {page.page_id: b"{"}) as reader:
            assert [problem.code for problem in reader.watch.problems()] == ["portals.bad_state"]
            reader.until("baseline", action="learnt")


def test_a_waiting_read_ends_when_it_is_woken() -> None:
    watch = PortalWatch(BASE)
    watch.open({})
    watch.wake()
    assert watch.read(60.0) is None
    watch.close()


def test_addresses_inside_are_not_asked_unless_they_are_allowed() -> None:
    answer: Answer = say(home())
    with serving(answer) as server:
        with reading(replace(options(server), private_networks=())) as reader:
            (line,) = reader.until("availability")
            assert (line["ok"], line["reason"]) == (False, "private_address")
        assert server.requests == []


def test_a_page_that_breaks_the_judging_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    original = Content.look

    def look(self: Content, fetch: Fetch, now_ns: int, lines: Lines) -> None:
        if fetch.url.endswith("/bad"):
            raise RecursionError("too deep")
        original(self, fetch, now_ns, lines)

    monkeypatch.setattr(Content, "look", look)
    with serving(say(home())) as server, reading(options(server, "bad", "good")) as reader:
        reader.until("baseline", page="good")
        (problem,) = reader.watch.problems()
        assert (problem.code, problem.values["page"]) == ("portals.failed", "bad")
        monkeypatch.setattr(Content, "look", original)
        reader.until("baseline", page="bad")
        assert reader.watch.problems() == []


def test_a_resolver_that_breaks_is_an_answer_that_failed() -> None:
    def ask(host: str, port: int) -> list[str]:
        raise ValueError(host)

    with serving(say(home())) as server:
        watch = PortalWatch(options(server), ask=ask, clock=Clock())
        watch.open({})
        block = watch.read(5.0)
        assert block is not None
        line = json.loads(block.data.splitlines()[0])
        assert (line["ok"], line["reason"]) == (False, "dns")
        watch.close()
