"""Entries of the history: who did what of what, also when a later version wrote them."""

from zoneinfo import ZoneInfo

import pytest

from soc_agent.store import HistoryEntry
from soc_agent.text import say
from tests.tui.hostile import EVERYTHING, commands
from tests.tui.stage import NOW
from tui.entries import entry_line

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PROBLEM = {"code": "tail.unreadable", "where": {"file": "a.log"}, "values": {"path": "a.log", "reason": "denied"}}


def line(kind: str, data: dict[str, object], **options: object) -> str:
    entry = HistoryEntry(7, NOW, "lan.nt", "alert/00ff00ff00ff", kind, dict(data), b"")
    return "".join(text for text, _ in entry_line(entry, NOW, ZONE, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("alert", {"status": "new"}, ""),
        ("repeat", {"count": 12}, "×12"),
        ("acknowledge", {}, ""),
        ("assign", {"owner": "binh.tv"}, "→ binh.tv"),
        ("assign", {"owner": ""}, "→ –"),
        ("note", {"text": "called"}, "called"),
        ("close", {"reason": "done"}, "done"),
        ("false_positive", {"reason": "ours"}, "ours"),
        ("reopen", {}, ""),
        ("rules", {"loaded": 31}, "31"),
        ("source", {"state": "missing", "problem": PROBLEM}, "cannot run – a.log"),
        ("source", {"state": "running", "problem": None}, "running"),
        ("source", {"state": "new-state", "problem": {"code": 3}}, "new-state – {'code': 3}"),
    ],
)
def test_each_kind_says_what_matters(kind: str, data: dict[str, object], text: str) -> None:
    drawn = line(kind, data)
    assert drawn.startswith("03:12:00    lan.nt")
    assert say(f"tui.entry.{kind}") in drawn
    assert text in drawn


def test_what_it_speaks_of_is_said_where_it_is_asked_for() -> None:
    assert "Port scan 00ff00ff" in line("close", {}, title="Port scan", number=True)
    assert "00ff00ff00ff" in line("close", {}, title="")
    assert "00ff" not in line("close", {})


def test_an_unknown_kind_is_shown_as_it_is() -> None:
    assert "escalate" in line("escalate", {"text": "x"})


def test_hostile_entries_are_text() -> None:
    text = EVERYTHING.decode("utf-8", "replace")
    entry = HistoryEntry(1, NOW, text, f"source/{text}", text, {"text": text, "state": text}, b"")
    drawn = "".join(part.text for part in entry_line(entry, NOW, ZONE, title=text, number=True))
    assert commands(drawn) == []
