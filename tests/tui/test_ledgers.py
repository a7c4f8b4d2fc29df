"""The last hour and day of the ledger stay aligned, and what was lost is seen."""

import pytest

from soc_agent.model import Counters
from soc_agent.store import SourceLedger
from soc_agent.text import use_language
from tui.ledgers import recent_lines
from tui.paper import width_of

QUIET = SourceLedger(
    "auth", Counters(), Counters(), hour=Counters(read=4), day=Counters(read=40, decoded=30, skipped=10)
)
LOSSY = SourceLedger("dmz\x1b[2J", Counters(), Counters(), hour=Counters(read=9, dropped=9), day=Counters(read=10**9))


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("width", [78, 118])
def test_rows_are_aligned_and_fit(width: int, language: str) -> None:
    use_language(language)
    rows = recent_lines([QUIET, LOSSY], width)
    assert len(rows) == 3
    assert all(width_of(row) <= width for row in rows)
    assert len({width_of(row) for row in rows}) == 1
    assert not any("\x1b" in text for row in rows for text, _ in row)


def test_losses_call_for_attention_and_nothing_else_does() -> None:
    _, quiet, lossy = recent_lines([QUIET, LOSSY], 118)
    assert [text.strip() for text, role in lossy if role == "attention"] == ["9"]
    assert not any(role == "attention" for _, role in quiet)
    assert [text.strip() for text, _ in quiet if text.strip()] == ["auth", "4", "0", "40", "30", "10", "0", "0"]
