"""What the console shows and does, without its screens."""

import csv
import io
import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.model import Level
from soc_agent.store import Store
from soc_agent.store.captures import captures_folder
from tests.cli.conftest import Run
from tests.store.making import CONTEXT, RULE, detection, different, put


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text("store: {path: soc.db}\nconsole: {user: truc-ban}\n")
    path = tmp_path / "soc.db"
    with Store.open(path) as store:
        with store.transaction() as transaction:
            transaction.put_rules([RULE])
        put(store, *different(3))
        put(store, detection(9, entity_key="x", raw=b'=cmd|" /C calc"!A0\x1b[2J', host="=web"))
    return path


def records(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_list_as_table_and_as_json(run: Run, store_path: Path) -> None:
    plain = run("alerts", "list")
    assert plain.code == 0
    assert plain.out.count("SSH password guessing") == 4
    found = records(run("alerts", "list", "--json", "host=web01", "--limit", "2").out)
    assert len(found) == 2
    assert {alert["host"] for alert in found} == {"web01"}
    assert found[0]["level"] == "high"


def test_a_list_that_is_cut_says_so(run: Run, store_path: Path) -> None:
    assert "1 of 4" in run("alerts", "list", "--limit", "1").err


def test_findings_decide_the_exit_code_only_when_asked(run: Run, store_path: Path) -> None:
    assert run("alerts", "list").code == 0
    assert run("alerts", "list", "--fail-on", "high").code == 1
    assert run("alerts", "list", "--fail-on", "critical").code == 0


def test_a_filter_that_is_wrong_names_the_nearest_word(run: Run, store_path: Path) -> None:
    done = run("alerts", "list", "levl=high")
    assert done.code == 2
    assert "level" in done.err


def test_show_by_number_and_by_uid(run: Run, store_path: Path) -> None:
    shown = run("alerts", "show", "1")
    assert "Failed password" in shown.out
    assert "attack.t1110.001" in shown.out
    (full,) = records(run("alerts", "show", "1", "--json").out)
    assert full["why"]
    assert full["history"]
    assert run("alerts", "show", str(full["uid"])[:10]).code == 0


def test_the_packets_that_were_kept_are_shown_by_path(run: Run, store_path: Path) -> None:
    line = detection(60, entity_key="packets")
    raw = b'{"_path":"conn","uid":"Cabc"}'
    with Store.open(store_path) as store, store.transaction() as transaction:
        transaction.add_alert(replace(line, raw=raw))
    assert "Cabc.pcap" not in run("alerts", "show", "5").out
    folder = captures_folder(store_path, line.source)
    folder.mkdir(parents=True)
    (folder / "Cabc.pcap").write_bytes(b"")
    assert str(folder / "Cabc.pcap") in run("alerts", "show", "5").out
    (full,) = records(run("alerts", "show", "5", "--json").out)
    assert full["captures"] == [str(folder / "Cabc.pcap")]


def test_what_is_known_of_an_alert_is_shown_listed_sorted_and_exported(run: Run, store_path: Path) -> None:
    with Store.open(store_path) as store, store.transaction() as transaction:
        hostile = {"src_ip": [{"address": "203.0.113.9", "internal": False, "asn": 7, "as_org": "\x1b[2J=x"}]}
        transaction.add_alert(detection(50, entity_key="known"), CONTEXT)
        transaction.add_alert(detection(51, entity_key="hostile"), hostile)
    shown = run("alerts", "show", "5").out
    for words in ("web01 · system Cổng tỉnh · level 3", "203.0.113.9 · outside · VN · AS7552"):
        assert words in shown
    assert "\x1b" not in run("alerts", "show", "6").out
    (full,) = records(run("alerts", "show", "5", "--json").out)
    assert full["context"] == CONTEXT
    listed = records(run("alerts", "list", "--order", "system", "--json").out)
    assert [alert["context"] for alert in listed[:2]] == [CONTEXT, hostile]
    assert [alert["id"] for alert in records(run("alerts", "list", "system_level>=3", "--json").out)] == [5]
    text = run("alerts", "export", "--format", "csv", "id=5").out
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["context"] == "host: web01 · system Cổng tỉnh · level 3; source: 203.0.113.9 · outside · VN · AS7552"


@pytest.mark.parametrize("words", [("show", "99"), ("ack", "99"), ("show", "zz")])
def test_an_unknown_alert_is_told(run: Run, store_path: Path, words: tuple[str, ...]) -> None:
    done = run("alerts", *words)
    assert done.code == 2
    assert words[1] in done.err


def test_acknowledge_and_close_write_the_history(run: Run, store_path: Path) -> None:
    assert run("alerts", "ack", "1", "2").code == 0
    assert run("alerts", "close", "1", "--reason", "đã chặn").code == 0
    assert run("alerts", "close", "2", "--false-positive", "--reason", "máy quét của ta").code == 0
    (first,) = records(run("alerts", "show", "1", "--json").out)
    assert first["status"] == "closed"
    history = first["history"]
    assert isinstance(history, list)
    assert [(entry["kind"], entry["actor"]) for entry in history][-2:] == [
        ("acknowledge", "truc-ban"),
        ("close", "truc-ban"),
    ]
    (second,) = records(run("alerts", "show", "2", "--json").out)
    assert second["status"] == "false_positive"
    assert [alert["id"] for alert in records(run("alerts", "list", "--json", "status=open").out)] == [4, 3]


def test_export_json_reads_back_oldest_first(run: Run, store_path: Path) -> None:
    found = records(run("alerts", "export").out)
    assert [alert["id"] for alert in found] == [1, 2, 3, 4]


def test_export_csv_cannot_command_a_spreadsheet_or_a_terminal(run: Run, store_path: Path, tmp_path: Path) -> None:
    assert run("alerts", "export", "--format", "csv", "-o", "alerts.csv").code == 0
    text = (tmp_path / "alerts.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert rows[3]["host"] == "'=web"
    assert rows[3]["raw"].startswith("'=cmd")
    assert "\x1b" not in text
    assert rows[0]["level"] == Level.HIGH.word
