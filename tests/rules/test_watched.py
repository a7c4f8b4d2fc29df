"""The rules on what the watches over pages and hosts say: ordinary days are silent, what is wrong is told."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collectors.host import running
from soc_agent.decode import Context
from soc_agent.detect import Engine
from soc_agent.model import Block, Position
from tests import product
from tests.collectors.host.making import make_host, write
from tests.collectors.host.test_watch import Watched as Host
from tests.collectors.portals.pages import Watched, got
from tests.collectors.portals.test_noise import DEFACED, PAGES, Make, State

WORDS = {
    "Hidden Text Or Links For Search Engines On A Web Page": '<div style="display:none"><h2>Cá độ</h2>nhà cái</div>',
    "Gambling Advertised On A Web Page": "<p>Nhà cái uy tín số 1, tặng 100k trải nghiệm</p>",
    "Words Of A Defacement On A Web Page": "<p>Trang web này đã bị tấn công</p>",
    "New Script Or Frame Of A Foreign Host In A Web Page": "<script src=https://evil.example/x.js></script>",
}


@cache
def engine() -> Engine:
    return Engine(product.rules("sigma/portal", "sigma/host"), product.decoders())


def titles(kind: str, data: bytes) -> set[str]:
    block = Block("s", "s", "s", kind, data, 0, 1, Position("s", "s", b""), 1)
    found = engine().run(block, Context("s", kind, ZoneInfo("Asia/Ho_Chi_Minh"), 1)).detections
    return {detection.rule.title for detection in found}


class Page:
    """A page that is judged, and what the rules say of it."""

    def __init__(self, make: Make) -> None:
        self.watched, self.make, self.state = Watched(), make, State(3)

    def look(self, change: str = "") -> set[str]:
        self.state.next()
        self.watched.now_ns += 300_000_000_000
        body = self.make(self.state)
        found = self.watched.judge.judge(
            got(body.replace("</body>", f"{change}</body>")), self.watched.now_ns, content=True
        )
        return titles("portal", b"".join((*found.life, *found.page)))


@pytest.mark.parametrize("make", PAGES)
def test_three_hundred_looks_at_an_ordinary_page_raise_no_alert_at_all(make: Make) -> None:
    page = Page(make)
    assert [page.look() for _ in range(300)] == [set()] * 300


@pytest.mark.parametrize("make", PAGES)
@pytest.mark.parametrize("title", WORDS)
def test_what_is_put_into_a_page_is_told_by_its_rule(make: Make, title: str) -> None:
    page = Page(make)
    for _ in range(10):
        page.look()
    assert title in page.look(WORDS[title])


@pytest.mark.parametrize("title", list(WORDS)[:3])
def test_a_page_that_was_taken_over_before_it_was_watched_is_told_too(title: str) -> None:
    assert title in Page(PAGES[0]).look(WORDS[title])


@pytest.mark.parametrize("make", PAGES)
@pytest.mark.parametrize("kind", DEFACED)
def test_any_defacement_is_an_alert(make: Make, kind: str) -> None:
    page = Page(make)
    for _ in range(5):
        page.look()
    page.watched.now_ns += 300_000_000_000
    found = page.watched.judge.judge(got(DEFACED[kind](make(page.state))), page.watched.now_ns, content=True)
    assert titles("portal", b"".join((*found.life, *found.page)))


def changes_told(host: Host) -> set[str]:
    """Look once; give what the rules say of changes. Disks and clock are those of the host that runs the tests."""
    told: set[str] = set()
    while (block := host.watch.read(0.0)) is not None:
        told |= titles("host", b"".join(line for line in block.data.splitlines(True) if b'"event":"change"' in line))
    return told


def test_a_busy_host_raises_no_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_host(tmp_path)
    write(tmp_path, "lib/modules/6.1/modules.dep", "kernel/net/xt_conntrack.ko: kernel/net/x_tables.ko\n")
    write(tmp_path, "proc/sys/kernel/osrelease", "6.1\n")
    write(tmp_path, "proc/modules", "x_tables 1 0 - Live 0x0\n")
    usual = {"tcp 0.0.0.0:22": "sshd /usr/sbin/sshd", "udp 0.0.0.0:53": "named /usr/sbin/named"}
    seen = dict(usual)
    monkeypatch.setattr(running, "ports", lambda _: dict(seen))
    monkeypatch.setattr(running, "listening_stamp", lambda: tuple(sorted(seen.items())))
    host = Host(tmp_path, slow_s=60, ignore=("antivirus", "firewall"))
    told: set[str] = set()
    for minute in range(120):
        host.clock.now += 60
        if minute == 5:  # packages are upgraded, services start anew, containers start
            status = tmp_path / "var/lib/dpkg/status"
            status.write_text(status.read_text().replace("2024a-0+deb12u1", "2025b-0+deb12u1"))
            seen.clear()
            write(tmp_path, "usr/bin/sudo.dpkg-new", "x").chmod(0o4755)
            write(tmp_path, "proc/modules", "x_tables 1 0 - Live 0x0\nxt_conntrack 1 0 - Live 0x0\n")
            write(tmp_path, "var/lib/docker/overlay2/a1/diff/bin/su", "x").chmod(0o4755)
            write(tmp_path, "var/spool/cron/crontabs/tmp.a7Yx", "*/5 * * * * /home/an/sync\n")
        elif minute == 6:
            seen |= usual
            (tmp_path / "usr/bin/sudo.dpkg-new").unlink()
            (tmp_path / "var/spool/cron/crontabs/tmp.a7Yx").unlink()
        elif minute > 6:
            seen |= {f"udp 0.0.0.0:{2_000 + minute * 97}": ""}
            seen.pop(f"udp 0.0.0.0:{2_000 + (minute - 1) * 97}", None)
        while (block := host.watch.read(0.0)) is not None:
            lines = [
                line for line in block.data.splitlines(True) if b'"clock_free"' not in line and b'"posture"' not in line
            ]
            told |= titles("host", b"".join(line for line in lines if b"disk_full" not in line))
    assert told == set()
    seen.clear()
    seen |= usual | {"tcp 0.0.0.0:4444": "x /tmp/x"}
    host.clock.now += 60
    while (block := host.watch.read(0.0)) is not None:
        told |= titles("host", block.data)
    assert told == {"Odd Program Listens On A Host"}
