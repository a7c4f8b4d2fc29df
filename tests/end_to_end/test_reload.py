"""Rules change while the real program reads a real file: no line is lost, no window, and what is wrong stays out."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from soc_agent.errors import StoreError
from soc_agent.model import Alert
from soc_agent.store import AlertFilter, Store
from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line

SOURCE = {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog", "start": "beginning"}
MORE_RULE: dict[str, Any] = {
    **LINE_RULE,
    "title": "Marked user",
    "id": "11111111-0000-4000-8000-000000000003",
    "name": "marked",
    "detection": {"line": {"user|startswith": "marked-"}, "condition": "line"},
}
FILTER = {
    "title": "Ours",
    "author": "lan.nt",
    "logsource": {"product": "linux"},
    "filter": {"rules": ["marked"], "ours": {"user|endswith": "-ours"}, "condition": "not ours"},
    "soc": {"reason": "ours"},
}
HEALTH = "rule_refused"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "auth.log").touch()
    made = Site(tmp_path, {"sources": [SOURCE]}, [LINE_RULE, GROUP_RULE])
    health = (Path(__file__).parents[2] / "rules/sigma/agent/rule_refused.yml").read_text("utf-8")
    (tmp_path / "rules" / "health.yml").write_text(health, "utf-8")
    made.start()
    eventually(lambda: "The agent runs" in made.said(), "started")
    yield made
    made.stop(signal.SIGKILL)


def write(site: Site, *lines: bytes) -> None:
    with (site.folder / "auth.log").open("ab") as log:
        log.writelines(lines)


def marked(name: str) -> bytes:
    stamp = time.strftime("%b %e %H:%M:%S")
    return f"{stamp} host sshd[1]: Invalid user marked-{name} from 192.0.2.1 port 1\n".encode()


def rule(site: Site, name: str, *documents: dict[str, Any]) -> None:
    (site.folder / "rules" / f"{name}.yml").write_text(yaml.safe_dump_all(documents), "utf-8")


def found(site: Site, title: str = "", *, rest: str = "") -> list[Alert]:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            alerts = store.alerts(store.alert_ids(AlertFilter.parse(rest)))
    except StoreError:
        return []
    return [alert for alert in alerts if title in alert.title]


def reloads(site: Site) -> int:
    return site.said().count("rules reloaded")


def after_reload(site: Site, number: int) -> None:
    eventually(lambda: reloads(site) >= number, f"reload {number}")


def test_a_new_rule_a_filter_and_their_removal_take_effect(site: Site) -> None:
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    assert "+1 −0 ~0" in site.said()
    write(site, marked("a"))
    eventually(lambda: len(found(site, "Marked")) == 1, "an alert of the new rule")
    (site.folder / "filters").mkdir()
    (site.folder / "filters" / "ours.yml").write_text(yaml.safe_dump(FILTER), "utf-8")
    after_reload(site, 2)
    assert "+0 −0 ~1" in site.said()
    write(site, marked("b-ours"), marked("c"))
    eventually(lambda: len(found(site, "Marked")) == 2, "what the filter lets through")
    (site.folder / "rules" / "more.yml").unlink()
    after_reload(site, 3)
    assert "+0 −1 ~0" in site.said()
    write(site, marked("d"), sshd_line(900))
    eventually(lambda: any("user-900" in str(alert.raw) for alert in found(site)), "the line after")
    assert {alert.fields["user"] for alert in found(site, "Marked")} == {"marked-a", "marked-c"}


def test_a_window_goes_on_over_the_reload(site: Site) -> None:
    write(site, *(sshd_line(n) for n in range(3)))
    eventually(lambda: len(found(site, "Numbered")) == 3, "three of five")
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    write(site, *(sshd_line(n) for n in range(3, 5)))
    eventually(lambda: len(found(site, "Five from")) == 1, "the window that began before")
    assert found(site, "Five from")[0].count == 5


def test_a_window_that_means_something_else_begins_anew_and_says_so(site: Site) -> None:
    write(site, *(sshd_line(n) for n in range(3)))
    eventually(lambda: len(found(site, "Numbered")) == 3, "three of five")
    rule(site, "test", LINE_RULE, {**GROUP_RULE, "correlation": {**GROUP_RULE["correlation"], "timespan": "2h"}})  # type: ignore[dict-item]
    after_reload(site, 1)
    assert "windows begin anew of: Five from one address" in site.said()
    write(site, *(sshd_line(n) for n in range(3, 5)))
    eventually(lambda: len(found(site, "Numbered")) == 5, "all five")
    assert found(site, "Five from") == []


def test_a_bad_file_is_refused_by_name_and_the_old_rule_goes_on(site: Site) -> None:
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    (site.folder / "rules" / "more.yml").write_text("title: Marked\n  oops: [\n", "utf-8")
    after_reload(site, 2)
    assert "refused: more.yml:2" in site.said()
    assert "the version before runs of: more.yml" in site.said()
    assert "more.yml:2" in site.command("status").stdout
    write(site, marked("a"))
    eventually(lambda: len(found(site, "Marked")) == 1, "an alert of the old version")
    eventually(lambda: len(found(site, "Refused")) == 1, "an alert of layer 1 names the file")
    refused = found(site, "Refused", rest="layer=1")[0]
    assert "more.yml:2" in str(refused.fields["detail"])
    changed = {**MORE_RULE, "detection": {"line": {"user": "marked-b"}, "condition": "line"}}
    rule(site, "more", changed)
    after_reload(site, 3)
    write(site, marked("c"), marked("b"))
    eventually(lambda: len(found(site, "Marked")) == 2, "an alert of the right version")
    assert {alert.fields["user"] for alert in found(site, "Marked")} == {"marked-a", "marked-b"}


def test_no_line_is_lost_while_rules_change_all_the_time(site: Site) -> None:
    stop = threading.Event()
    chance = random.Random(7)

    def change() -> None:
        number = 0
        while not stop.wait(0.2):
            number += 1
            match chance.randrange(4):
                case 0:
                    (site.folder / "rules" / "more.yml").write_text("title: [", "utf-8")
                case 1:
                    (site.folder / "rules" / "more.yml").unlink(missing_ok=True)
                case 2:
                    rule(site, "test", {**LINE_RULE, "description": str(number)}, GROUP_RULE)
                case _:
                    rule(site, "more", MORE_RULE)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for first in range(0, 2000, 50):
            write(site, *(sshd_line(n) for n in range(first, first + 50)))
            eventually(lambda at=first: len(found(site, "Numbered")) >= at - 500, "reading goes on")  # type: ignore[misc]
            time.sleep(0.1)
        eventually(lambda: reloads(site) >= 2, "reloads in between")
        eventually(lambda: len(found(site, "Numbered")) == 2000, "every line")
    finally:
        stop.set()
        changing.join()
    groups = found(site, "Five from")
    assert len(groups) == 400
    assert {alert.count for alert in groups} == {5}


def test_killed_while_it_reloads_it_goes_on_where_it_was(site: Site) -> None:
    written, starts, chance = 0, 0, random.Random(3)
    for round_ in range(6):
        if round_ % 2:
            eventually(lambda at=starts: site.said().count("The agent runs") > at, "started")  # type: ignore[misc]
        (site.folder / "rules" / "more.yml").write_text(yaml.safe_dump({**MORE_RULE, "description": str(round_)}))
        write(site, *(sshd_line(n) for n in range(written, written + 40)))
        written += 40
        seen = reloads(site)
        if round_ % 2:
            eventually(lambda at=seen: reloads(site) > at, "a reload")  # type: ignore[misc]
        else:
            time.sleep(chance.random() * 2)
        site.stop(signal.SIGKILL)
        starts = site.said().count("The agent runs")
        site.start()
    eventually(lambda: len(found(site, "Numbered")) == written, "every line")
    eventually(lambda: len(found(site, "Five from")) == written // 5, "every window")
    assert {alert.count for alert in found(site, "Numbered")} == {1}
    assert {alert.count for alert in found(site, "Five from")} == {5}
    with Store.open(site.store_path, read_only=True) as store:
        assert store.verify_history().ok


def test_a_filter_that_was_proposed_from_false_positives_takes_effect(site: Site) -> None:
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    write(site, marked("backup"), *(sshd_line(n) for n in range(2)))
    eventually(lambda: len(found(site, "Marked")) == 1, "the false positive")
    (alert,) = found(site, "Marked")
    assert site.command("alerts", "close", str(alert.id), "--reason", "our backup", "--false-positive").returncode == 0
    tuned = site.command("rules", "tune", "Marked user", "--status", "false_positive", "--write")
    assert tuned.returncode == 0, tuned.stderr
    after_reload(site, 2)
    write(site, marked("backup"), marked("stranger"))
    eventually(lambda: len(found(site, "Marked")) == 2, "another user is still found")
    assert {each.fields["user"] for each in found(site, "Marked")} == {"marked-backup", "marked-stranger"}
    assert [each.count for each in found(site, "Marked")] == [1, 1]
