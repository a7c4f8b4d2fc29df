"""A host and a page that are watched by an agent that is killed: each change told once, and nothing learnt anew."""

import json
import random
import resource
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from soc_agent.store import Store
from tests.collectors.host.making import make_host, write
from tests.collectors.portals.pages import home
from tests.collectors.portals.server import say, serving
from tests.end_to_end.running import Site, eventually

KILLS = 6
USER_RULE = {
    "title": "User",
    "id": "11111111-0000-4000-8000-000000000011",
    "logsource": {"category": "host_state", "product": "soc-agent", "service": "change"},
    "detection": {"user": {"what": "user"}, "condition": "user"},
    "level": "medium",
    "soc": {"entity": ["user", "action"]},
}
PAGE_RULE = {
    "title": "Page",
    "id": "11111111-0000-4000-8000-000000000012",
    "logsource": {"category": "webportal", "product": "soc-agent", "service": "content"},
    "detection": {"page": {"changed": "true"}, "condition": "page"},
    "level": "medium",
    "soc": {"entity": ["title"]},
}


def test_each_change_is_told_once_over_kills_and_what_was_learnt_stays(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    root = tmp_path / "host"
    make_host(root)
    with serving(say(home(1))) as server:
        page = {"name": "cong", "url": server.url("127.0.0.1")}
        watched: dict[str, Any] = {"kind": "portals", "name": "tinh", "pages": [page], "availability_s": 1}
        watched |= {"content_s": 1, "private_networks": ["127.0.0.0/8"], "guise_s": 0, "parts": 0}
        host = {"kind": "host", "name": "may", "root": str(root), "host": "web01", "interval_s": 1, "ignore": ["suid"]}
        site = Site(tmp_path, {"sources": [host, watched]}, [USER_RULE, PAGE_RULE])

        def known() -> dict[str, Any]:
            done = site.command("portals", "status", "--json")
            return dict(json.loads(done.stdout)) if done.stdout else {}

        site.start("--quiet")
        try:
            eventually(lambda: known().get("state") == "well", "the page is learnt")
            eventually(lambda: "an" in site.command("hosts", "web01", "users").stdout, "the host is known")
            learnt = known()["learnt"]
            for number in range(KILLS):
                passwd = root / "etc/passwd"
                write(root, "etc/passwd", f"{passwd.read_text()}u{number}:x:{3000 + number}:1::/:/bin/sh\n")
                server.answer = say(home(2, title=f"Hacked {'abcdefgh'[number]}"))
                time.sleep(rng.uniform(0.0, 2.5))
                assert site.stop(signal.SIGKILL) == -signal.SIGKILL
                site.start("--quiet")
            wanted = {f"u{number}" for number in range(KILLS)}
            eventually(lambda: set(told(site, USER_RULE)) == wanted, "each user is told")
            eventually(lambda: "Hacked f" in told(site, PAGE_RULE), "the last state of the page is told")
            server.answer = say(home(3))
            eventually(lambda: known()["state"] == "well", "the page is as it was")
            assert known()["learnt"] == learnt
        finally:
            site.stop(signal.SIGKILL)
    assert told(site, USER_RULE) == Counter(wanted)
    assert set(told(site, PAGE_RULE).values()) == {1}


def test_a_full_disk_loses_no_change_and_tells_none_twice(tmp_path: Path) -> None:
    root = tmp_path / "host"
    make_host(root)
    with serving(say(home(1))) as server:
        page = {"name": "cong", "url": server.url("127.0.0.1")}
        watched: dict[str, Any] = {"kind": "portals", "name": "tinh", "pages": [page], "availability_s": 1}
        watched |= {"content_s": 1, "private_networks": ["127.0.0.0/8"], "guise_s": 0, "parts": 0}
        host = {"kind": "host", "name": "may", "root": str(root), "host": "web01", "interval_s": 1, "ignore": ["suid"]}
        site = Site(tmp_path, {"sources": [host, watched]}, [USER_RULE, PAGE_RULE])
        site.start("--quiet")
        try:
            eventually(lambda: '"well"' in site.command("portals", "status", "--json").stdout, "the page is learnt")
            eventually(lambda: "an" in site.command("hosts", "web01", "users").stdout, "the host is known")
            assert site.agent is not None
            soft, hard = resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE, (4_096, hard))
            passwd = root / "etc/passwd"
            write(root, "etc/passwd", f"{passwd.read_text()}full:x:3000:1::/:/bin/sh\n")
            server.answer = say(home(2, title="Hacked"))
            time.sleep(3)
            assert site.agent.poll() is None
            assert told(site, USER_RULE) == Counter()
            resource.prlimit(site.agent.pid, resource.RLIMIT_FSIZE, (soft, hard))
            eventually(lambda: told(site, USER_RULE) == Counter({"full": 1}), "the user is told")
            eventually(lambda: told(site, PAGE_RULE) == Counter({"Hacked": 1}), "the page is told")
        finally:
            assert site.stop() == 0
    assert (told(site, USER_RULE), told(site, PAGE_RULE)) == (Counter({"full": 1}), Counter({"Hacked": 1}))


def told(site: Site, rule: dict[str, Any]) -> Counter[str]:
    """Give what the alerts of a rule are about, each as often as it was told."""
    with Store.open(site.store_path, read_only=True) as store:
        found: Counter[str] = Counter()
        for alert in store.alerts(store.alert_ids()):
            if alert.rule_id == rule["id"]:
                found[str(alert.fields["user" if "user" in alert.fields else "title"])] += alert.count
        return found
