from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.store import Store

SUBJECT = "portal/cong/trang-chu"


def test_what_was_approved_last_counts_and_the_history_says_who(path: Path) -> None:
    with Store.open(path) as store:
        assert store.approved(SUBJECT) == ""
        store.approve(SUBJECT, "a1", "new design", "an")
        store.approve(SUBJECT, "b2", "", "binh")
        store.approve("portal/cong/other", "c3", "", "an")
        assert store.approved(SUBJECT) == "b2"
        last, second, first = store.history()
        assert (first.actor, first.kind, first.subject) == ("an", "approve", SUBJECT)
        assert first.data == {"what": "a1", "reason": "new design"}
        assert (second.actor, last.subject) == ("binh", "portal/cong/other")
        assert store.verify_history().ok


def test_somebody_must_have_approved_it(path: Path) -> None:
    with Store.open(path) as store, pytest.raises(StoreError):
        store.approve(SUBJECT, "a1", "", "  ")
