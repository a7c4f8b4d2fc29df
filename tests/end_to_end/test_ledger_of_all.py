"""The ledger of every kind of source, with an agent that is killed in between: nothing ends in no known way."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Counters
from soc_agent.store import SourceStatus, Store
from tests.collectors.host.making import make_host
from tests.collectors.host.making import write as write_host
from tests.collectors.journal.standin import make_program
from tests.collectors.journal.standin import write as write_entry
from tests.collectors.listener.listening import free_port
from tests.collectors.packets.craft import frame, udp
from tests.collectors.packets.craft import write as write_capture
from tests.collectors.portals.pages import home
from tests.collectors.portals.server import say, serving
from tests.end_to_end.running import Site, eventually, sshd_line

KILLS = 3
EACH = 40
COUNTED = {"auth": EACH, "net": EACH, "journal": EACH, "exports": 1}
"""Kinds of which each round writes so many records, and no more."""
KINDS = (*COUNTED, "lan", "etc", "drop", "host", "pages")


class Street:
    """A site with a source of each kind, and what happens to each in a round."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.port = folder, free_port()
        for name in ("journal", "captures", "exports", "etc", "drop", "rules"):
            (folder / name).mkdir()
        (folder / "auth.log").touch()
        make_host(folder / "root")
        (folder / "rules" / "evil.yar").write_text('rule evil { strings: $a = "EVIL" condition: $a }', "ascii")
        page = {"name": "home", "url": url}
        sources: list[dict[str, Any]] = [
            {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog", "start": "beginning"},
            {"kind": "listener", "name": "net", "type": "syslog", "sync_ms": 20,
             "listen": [{"transport": "tcp", "port": self.port, "address": "127.0.0.1"}]},
            {"kind": "journal", "name": "journal", "directory": "journal", "program": make_program(folder),
             "start": "beginning"},
            {"kind": "eventlogs", "name": "exports", "paths": ["exports"], "settle_s": 1, "rescan_s": 1},
            {"kind": "packets", "name": "lan", "paths": ["captures/*.pcap"]},
            {"kind": "integrity", "name": "etc", "paths": ["etc"], "interval_s": 1, "packages": False},
            {"kind": "watch", "name": "drop", "paths": ["drop"]},
            {"kind": "host", "name": "host", "root": str(folder / "root"), "interval_s": 1, "ignore": ["suid"]},
            {"kind": "portals", "name": "pages", "pages": [page], "availability_s": 1, "content_s": 1,
             "private_networks": ["127.0.0.0/8"]},
        ]  # fmt: skip
        self.site = Site(folder, {"sources": sources, "canary": {"every_s": 0}})
        self.site.configure(
            {
                "store": {"path": "soc-agent.db"},
                "rules": {"builtin": True, "paths": ["rules"]},
                "sources": sources,
                "canary": {"every_s": 0},
            }
        )

    def happen(self, turn: int) -> None:
        """Let something happen to every source."""
        numbers = range(turn * EACH, (turn + 1) * EACH)
        with (self.folder / "auth.log").open("ab") as log:
            log.writelines(map(sshd_line, numbers))
        for number in numbers:
            write_entry(self.folder / "journal", number + 1, b"entry %d" % number)
        (self.folder / "exports" / f"{turn}.xml").write_text(EVENT.format(turn), "utf-8")
        datagrams = [frame("10.0.0.1", "10.0.0.2", 17, udp(5000 + n, 53, b"x")) for n in range(9)]
        packets = [(float(turn * 1000 + n), datagram) for n, datagram in enumerate(datagrams)]
        write_capture(self.folder / "captures" / f"{turn}.pcap", packets)
        (self.folder / "etc" / f"{turn}.conf").write_text(str(turn))
        (self.folder / "drop" / f"{turn}.bin").write_bytes(b"EVIL %d" % turn)
        passwd = self.folder / "root" / "etc/passwd"
        write_host(self.folder / "root", "etc/passwd", passwd.read_text() + USER.format(turn, 2000 + turn))

    def send(self, turn: int) -> None:
        """Send lines over TCP, and wait until the listener says that it keeps them."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as stream:
            for number in range(turn * EACH, (turn + 1) * EACH):
                stream.sendall(b"<38>" + sshd_line(number))
            stream.shutdown(socket.SHUT_WR)
            assert stream.recv(1) == b""

    def accepts(self) -> bool:
        """Say whether somebody listens."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True

    def watches(self) -> bool:
        """Say whether the folder is watched."""
        try:
            with Store.open(self.site.store_path, read_only=True) as store:
                return any(entry.source == "drop" and entry.state is SourceStatus.RUNNING for entry in store.ledger())
        except StoreError:
            return False

    def totals(self) -> dict[str, Counters]:
        """Give what the ledger says of each source."""
        try:
            with Store.open(self.site.store_path, read_only=True) as store:
                return {entry.source: entry.totals for entry in store.ledger()}
        except StoreError:
            return {}  # the agent is only just making it


EVENT = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System><Provider Name="x"/>'
    '<EventID>{}</EventID><TimeCreated SystemTime="2026-11-22T04:00:00.000000Z"/><Channel>Application</Channel>'
    "<Computer>h</Computer></System></Event>\n"
)


USER = "user{}:x:{}:2000::/:/bin/sh\n"


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """Let everything happen, with a kill after each round; then let the agent read all of it."""
    with serving(say(home(1))) as server:
        made = Street(tmp_path_factory.mktemp("street"), server.url("127.0.0.1"))
        try:
            for turn in range(KILLS):
                made.site.start("--quiet")
                eventually(made.accepts, "it listens")
                eventually(made.watches, "folders are watched: what lay there before a first start is no news")
                before = made.totals().get("auth", Counters()).read
                made.happen(turn)
                made.send(turn)
                eventually(lambda seen=before: made.totals().get("auth", Counters()).read > seen, "it reads")  # type: ignore[misc]
                server.answer = say(home(turn + 2, title=f"Page {turn}"))
                assert made.site.stop(signal.SIGKILL) == -signal.SIGKILL
            made.site.start("--quiet")
            wanted = {name: KILLS * each for name, each in COUNTED.items()}

            def all_read() -> bool:
                found = made.totals()
                return all(found.get(name, Counters()).read >= count for name, count in wanted.items()) and all(
                    found.get(name, Counters()).read for name in KINDS
                )

            eventually(all_read, "everything is read", 120)
            assert made.site.stop() == 0
        finally:
            made.site.stop(signal.SIGKILL)
        yield made


@pytest.mark.parametrize("name", KINDS)
def test_every_record_ended_in_a_known_way_in_every_minute(street: Street, name: str) -> None:
    with Store.open(street.site.store_path, read_only=True) as store:
        (entry,) = [entry for entry in store.ledger() if entry.source == name]
        minutes = store.ledger_minutes(name, 0, 2**62)
    assert entry.totals.read > 0
    assert entry.totals.missing == 0
    of_minutes = Counters()
    for _, minute in minutes:
        assert minute.missing == 0
        of_minutes.add(minute)
    assert of_minutes == entry.totals


@pytest.mark.parametrize("name", COUNTED)
def test_what_was_written_is_what_was_read_once(street: Street, name: str) -> None:
    found = street.totals()[name]
    assert (found.read, found.dropped) == (KILLS * COUNTED[name], 0)


def test_the_minutes_are_shown(street: Street) -> None:
    done = street.site.command("status", "--minutes", "auth", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(minute["read"] for minute in found) == KILLS * EACH
    assert all(minute["read"] == sum(minute[end] for end in ENDS) for minute in found)
    text = street.site.command("status", "--minutes", "auth").stdout
    assert str(found[0]["read"]) in text
    assert street.site.command("status", "--minutes", "nothing").returncode != 0


ENDS = ("decoded", "skipped", "undecodable", "dropped")
