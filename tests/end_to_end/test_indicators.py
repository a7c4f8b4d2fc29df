"""Lists of indicators in the real program: hits are alerts, and a list that changes takes effect while it runs."""

import signal
import time
from pathlib import Path

from soc_agent.errors import StoreError
from soc_agent.model import Alert
from soc_agent.store import Store
from soc_agent.store.filter import AlertFilter
from tests.end_to_end.running import LINE_RULE, Site, eventually

SOURCE = {"kind": "file", "name": "conn", "paths": ["conn.log"], "type": "zeek", "start": "beginning"}


def flow(address: str) -> str:
    return f'{{"_path":"conn","ts":{time.time()},"id.orig_h":"10.0.0.5","id.resp_h":"{address}","conn_state":"SF"}}\n'


def alerts(site: Site) -> list[Alert]:
    try:
        with Store.open(site.store_path, read_only=True) as store:
            return [
                alert for alert in store.alerts(store.alert_ids(AlertFilter.parse(""))) if "indicator" in alert.title
            ]
    except StoreError:
        return []


def test_hits_are_alerts_and_a_changed_list_takes_effect(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "ncsc.txt").write_text("# tlp: red\n198.51.100.7\n10.0.0.1\n")
    log = tmp_path / "conn.log"
    log.write_text(flow("198.51.100.7") + flow("198.51.100.8"))
    site = Site(tmp_path, {"sources": [SOURCE], "indicators": {"paths": ["feeds"]}}, [LINE_RULE])
    site.start()
    try:
        eventually(lambda: len(alerts(site)) == 1, "an alert")
        (alert,) = alerts(site)
        assert alert.fields["indicator.value"] == "198.51.100.7"
        assert (alert.fields["indicator.source"], alert.fields["indicator.tlp"]) == ("ncsc", "red")
        assert "TLP:RED" in alert.why[0].item
        (tmp_path / "feeds" / "more.csv").write_text("ip,source\n198.51.100.8,NCSC\n")
        eventually(lambda: "rules reloaded" in site.said(), "the list is taken")
        with log.open("a") as file:
            file.write(flow("198.51.100.8"))
        eventually(lambda: len(alerts(site)) == 2, "another alert")
        shown = site.command("alerts", "show", str(alert.id))
        assert "TLP:RED" in shown.stdout
    finally:
        assert site.stop(signal.SIGTERM) == 0


def test_a_list_that_goes_wrong_stays_as_it_was_and_an_alert_names_it(tmp_path: Path) -> None:
    (tmp_path / "feeds").mkdir()
    (tmp_path / "feeds" / "ncsc.txt").write_text("198.51.100.7\n198.51.100.8\n")
    (tmp_path / "feeds" / "other.txt").write_text("198.51.100.9\n")
    log = tmp_path / "conn.log"
    log.write_text("")
    site = Site(tmp_path, {"sources": [SOURCE], "indicators": {"paths": ["feeds"]}}, [LINE_RULE])
    health = (Path(__file__).parents[2] / "rules/sigma/agent/rule_refused.yml").read_text("utf-8")
    (tmp_path / "rules" / "health.yml").write_text(health, "utf-8")
    site.start()
    try:
        eventually(lambda: "The agent runs" in site.said(), "started")
        (tmp_path / "feeds" / "ncsc.txt").write_text("<html>\n<h1>502 Bad Gateway</h1>\n</html>\n")
        eventually(lambda: "rules reloaded" in site.said(), "the list was looked at")
        with log.open("a") as file:
            file.write(flow("198.51.100.8"))
        eventually(lambda: len(alerts(site)) == 1, "an alert by what the list held")
        eventually(lambda: any("ncsc.txt" in told for told in refusals(site)), "an alert that names the list")
        (tmp_path / "feeds" / "ncsc.txt").unlink()
        eventually(lambda: site.said().count("rules reloaded") == 2, "the list is gone")
        with log.open("a") as file:
            file.write(flow("198.51.100.7") + flow("198.51.100.9"))
        eventually(lambda: len(alerts(site)) == 2, "the list that is left")
    finally:
        assert site.stop(signal.SIGTERM) == 0
    assert {alert.fields["indicator.value"] for alert in alerts(site)} == {"198.51.100.8", "198.51.100.9"}


def refusals(site: Site) -> list[str]:
    with Store.open(site.store_path, read_only=True) as store:
        found = store.alerts(store.alert_ids(AlertFilter.parse("layer=1")))
    return [str(alert.fields.get("detail")) for alert in found]
