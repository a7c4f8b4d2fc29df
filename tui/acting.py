"""What a person can do to alerts, and how the console asks for what it needs to know first."""

from collections.abc import Callable, Sequence
from enum import Enum

from msgspec import Struct

from soc_agent.store import Store, read_time
from soc_agent.text import say


class Needs(Enum):
    """What has to be asked first."""

    NOTHING = "nothing"
    TEXT = "text"
    """A text, or nothing."""
    WORDS = "words"
    """A text that must not be empty."""


class Act(Struct, frozen=True):
    """One way to act. ``tui.act.<name>`` in the catalogues has its sentences."""

    name: str
    needs: Needs
    run: Callable[[Store, Sequence[int], str, str], int]
    """Store, ids, text, actor; gives how many alerts changed."""
    only_open: bool = False
    """Whether it can be done to open alerts only."""
    offers: int = 0
    """How many usual answers ``tui.act.<name>.offer.1`` and on hold."""


def _suppress(store: Store, ids: Sequence[int], text: str, actor: str) -> int:
    seconds, reason = read_time(text)
    return store.suppress(ids, seconds, reason, actor)


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act("acknowledge", Needs.NOTHING, lambda store, ids, _, actor: store.acknowledge(ids, actor), True),
        Act("assign", Needs.TEXT, lambda store, ids, owner, actor: store.assign(ids, owner, actor), True),
        Act("note", Needs.WORDS, lambda store, ids, text, actor: store.note(ids, text, actor)),
        Act("close", Needs.TEXT, lambda store, ids, reason, actor: store.close_alerts(ids, reason, actor), offers=4),
        Act(
            "false_positive",
            Needs.WORDS,
            lambda store, ids, reason, actor: store.mark_false_positive(ids, reason, actor),
            offers=4,
        ),
        Act("reopen", Needs.NOTHING, lambda store, ids, _, actor: store.reopen(ids, actor)),
        Act("suppress", Needs.WORDS, _suppress, offers=4),
        Act("lift", Needs.TEXT, lambda store, ids, reason, actor: store.lift(ids, reason, actor)),
    )
}


def perform(act: Act, store: Store, ids: Sequence[int], text: str, actor: str) -> int:
    """Do it; give how many alerts changed. Of several, those that it cannot be done to are left as they are.

    :raises StoreError: when it cannot be done to a single one.
    """
    if act.only_open and len(ids) > 1:
        ids = [alert.id for alert in store.alerts(ids) if alert.status.is_open]
    return act.run(store, ids, text, actor)


def offers(act: Act) -> list[str]:
    """Give the usual answers to what an act asks."""
    return [say(f"tui.act.{act.name}.offer.{number}") for number in range(1, act.offers + 1)]
