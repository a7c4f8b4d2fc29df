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
