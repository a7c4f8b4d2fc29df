"""The real agent on a host in a folder and a page on loopback: from a change to the alert, and to an approval."""

import json
from pathlib import Path
from typing import Any

from tests.collectors.host.making import make_host, write
from tests.collectors.portals.pages import home
from tests.collectors.portals.server import say, serving
from tests.end_to_end.running import Site, eventually


def titles(site: Site) -> set[str]:
    done = site.command("alerts", "list", "--json")
    return {json.loads(line)["title"] for line in done.stdout.splitlines()}


def test_changes_of_a_host_become_alerts_and_facts(tmp_path: Path) -> None:
    root = tmp_path / "host"
    make_host(root)
    source = {"kind": "host", "name": "may", "root": str(root), "host": "web01", "interval_s": 1, "ignore": ["suid"]}
    site = Site(tmp_path, {"sources": [source]})
    site.start()
    try:
        eventually(lambda: "tzdata" in site.command("hosts", "web01", "packages").stdout, "the facts are in the store")
        passwd = root / "etc/passwd"
        write(root, "etc/passwd", passwd.read_text() + "backdoor:x:0:0::/root:/bin/sh\n")
        eventually(lambda: "New Administrator On A Host" in titles(site), "the alert")
        eventually(lambda: "backdoor" in site.command("hosts", "web01", "admins").stdout, "the new fact")
    finally:
        assert site.stop() == 0


def test_a_defaced_page_is_an_alert_and_an_approved_one_is_silent(tmp_path: Path) -> None:
    with serving(say(home(1))) as server:
        page = {"name": "cong", "url": server.url("127.0.0.1")}
        source: dict[str, Any] = {"kind": "portals", "name": "tinh", "pages": [page], "availability_s": 1}
        source |= {"content_s": 1, "private_networks": ["127.0.0.0/8"]}
        site = Site(tmp_path, {"sources": [source]})
        site.start()

        def state() -> str:
            done = site.command("portals", "status", "--json")
            return str(json.loads(done.stdout)["state"]) if done.stdout else ""

        try:
            eventually(lambda: state() == "well", "the page is learnt")
            server.answer = say(home(2, title="Hacked by XYZ", more="<p>Trang này đã bị tấn công</p>"))
            eventually(lambda: state() == "changed", "the change is known")
            wanted = {"Words Of A Defacement On A Web Page", "Web Page Is No Longer What Was Approved"}
            eventually(lambda: wanted <= titles(site), "the alerts")
            assert site.command("portals", "approve", "cong", "--actor", "an").returncode == 0
            eventually(lambda: state() == "well", "the change is approved")
        finally:
            assert site.stop() == 0
