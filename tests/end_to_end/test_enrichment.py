"""What is known of hosts and addresses, in the real program: alerts tell it, and correlations group by it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from soc_agent.store import Store
from tests.end_to_end.running import Site, eventually
from tests.enrich.making import MAXMIND_ASN, MAXMIND_CITY, write_database

VIETNAM, ELSEWHERE = "1.52.0.9", "1.60.0.9"
SOURCE = {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog", "start": "beginning"}
TRAVEL, OUTSIDE = "impossible_travel", "admin_login_from_outside"
TITLES = {"One User Logged In From Two Countries": TRAVEL, "An Administrator Logged In From Outside": OUTSIDE}


def databases(folder: Path) -> dict[str, str]:
    write_database(folder / "city.mmdb", {"1.52.0.0/14": MAXMIND_CITY, "1.60.0.0/14": {"country": {"iso_code": "NL"}}})
    write_database(folder / "asn.mmdb", {"1.52.0.0/14": MAXMIND_ASN}, kind="GeoLite2-ASN")
    return {"city_mmdb": "city.mmdb", "asn_mmdb": "asn.mmdb"}


def login(user: str, address: str, number: int) -> str:
    stamp = time.strftime("%b %e %H:%M:%S", time.localtime(time.time() - 60 + number))
    return f"{stamp} web01 sshd[{number}]: Accepted password for {user} from {address} port {40_000 + number} ssh2\n"


def estate(folder: Path) -> dict[str, Any]:
    return {
        "sources": [SOURCE],
        "systems": [{"name": "portal", "level": 4, "owner": "UBND"}],
        "assets": [{"name": "WEB01.tinh.vn", "system": "portal"}],
        "networks": [{"name": "van-phong", "cidrs": ["1.52.0.0/24"]}],
        "enrichment": databases(folder),
    }


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, estate(tmp_path))
    lines = [login("an", VIETNAM, 1), login("root", VIETNAM, 2), login("an", ELSEWHERE, 3), login("root", ELSEWHERE, 4)]
    (tmp_path / "auth.log").write_text("".join(lines))
    return made


def test_a_hunt_finds_who_travels_faster_than_people_do(site: Site) -> None:
    done = site.command("hunt", "--json", site.folder / "auth.log")
    assert done.returncode == 0, done.stderr
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    found = {(TITLES[alert["title"]], alert["entities"]["user"][0]) for alert in alerts if alert["title"] in TITLES}
    assert found == {(TRAVEL, "an"), (TRAVEL, "root"), (OUTSIDE, "root")}
    for alert in alerts:
        assert alert["context"]["host"] == {
            "name": "web01", "asset": "WEB01.tinh.vn", "system": "portal", "system_level": 4, "owner": "UBND",
        }  # fmt: skip
    (outside,) = [alert for alert in alerts if TITLES.get(alert["title"]) == OUTSIDE]
    assert outside["context"]["src_ip"] == [{"address": ELSEWHERE, "internal": False, "country": "NL"}]


def test_without_a_database_nobody_travels(site: Site) -> None:
    site.configure(estate(site.folder) | {"enrichment": {}})
    titles = [
        json.loads(line)["title"]
        for line in site.command("hunt", "--json", site.folder / "auth.log").stdout.splitlines()
    ]
    assert [TITLES[title] for title in titles if title in TITLES] == [OUTSIDE]


def test_the_agent_keeps_it_and_people_see_it(site: Site) -> None:
    site.start()
    try:
        eventually(lambda: "The agent runs" in site.said(), "the start")

        def there() -> bool:
            with Store.open(site.store_path, read_only=True) as store:
                alerts = store.alerts(store.alert_ids())
            return {TITLES.get(alert.title) for alert in alerts} >= {TRAVEL, OUTSIDE}

        eventually(there, "the alerts")
    finally:
        assert site.stop() == 0
    listed = site.command(
        "alerts", "list", "--json", "--order", "system", "country=NL", "system=portal", "system_level>=4"
    )
    records = [json.loads(line) for line in listed.stdout.splitlines()]
    assert {TITLES[alert["title"]] for alert in records if alert["title"] in TITLES} == {TRAVEL, OUTSIDE}
    shown = site.command("alerts", "show", str(records[0]["id"])).stdout
    assert "system portal · level 4" in shown
    assert "outside · NL" in shown
    travel = next(alert for alert in records if TITLES.get(alert["title"]) == TRAVEL)
    full = json.loads(site.command("alerts", "show", str(travel["id"]), "--json").stdout)
    assert {clause["value"] for clause in full["why"] if clause["item"] == "values"} == {"VN, NL"}
    with Store.open(site.store_path, read_only=True) as store:
        assert store.verify_history().ok
