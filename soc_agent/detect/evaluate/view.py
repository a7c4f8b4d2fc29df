"""One event as rules see it: each value folded once, however many rules ask."""

import math
from collections.abc import Collection
from typing import Any

from soc_agent.detect.evaluate.match import fold
from soc_agent.model import Event

Values = str | tuple[str, ...] | None
"""A field as text: one value, several, or nothing there."""


_QUERY, _TARGET = "cs-uri-query", "c-uri"
"""Of a web request. The Sigma taxonomy says that the first is the query alone, but more than half of the public web
server rules that ask for it look for a path: they were written for logs that hold the whole target there. So both are
looked at."""
VIRTUAL_FIELDS = frozenset({_QUERY})
"""Fields whose value is more than what the event has under that name."""


class View(dict[str, Values]):
    """The fields of an event, folded when first asked for: ``view["Image"]``.

    ``own_words`` are the fields whose values the decoder chose itself (``outcome: failure``): keywords do not look at
    them, for nobody wrote them in the line.
    """

    __slots__ = ("_folded", "_texts", "event", "fields", "own_words")

    def __init__(self, event: Event, own_words: Collection[str] = ()) -> None:
        # one is made of each candidate line: a dict needs no __init__, and most are asked for no texts
        self.event = event
        self.fields = event.fields
        self.own_words = own_words

    def __missing__(self, field: str) -> Values:
        value = self.plain(field)
        folded = None if value is None else fold(value) if isinstance(value, str) else tuple(map(fold, value))
        self[field] = folded
        return folded

    def plain(self, field: str) -> Values:
        """Give a field as text, as it stands in the event."""
        value = plain_text(self.fields.get(field))
        if field == _QUERY and isinstance(target := self.fields.get(_TARGET), str):
            return target if value is None else (*((value,) if isinstance(value, str) else value), target)
        return value

    @property
    def texts(self) -> tuple[str, ...]:
        """What keywords look at: the line, and every text that its decoder read from it."""
        try:
            return self._texts
        except AttributeError:
            texts = [self.event.text]
            for field, value in self.fields.items():
                if field not in self.own_words:
                    items = value if isinstance(value, (list, tuple)) else (value,)
                    texts.extend(item for item in items if isinstance(item, str))
            self._texts: tuple[str, ...] = tuple(texts)
            return self._texts

    @property
    def folded_texts(self) -> tuple[str, ...]:
        """The same folded, without what the line itself holds: enough for words that need only to occur."""
        try:
            return self._folded
        except AttributeError:
            line = fold(self.event.text)
            others = (fold(text) for text in self.texts[1:])
            self._folded: tuple[str, ...] = (line, *(text for text in others if text not in line))
            return self._folded


def plain_text(value: Any) -> Values:
    """Give a value of a field as text: numbers without a needless fraction, ``true`` and ``false``, lists item by item.

    A list without anything in it is nothing there.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        items = tuple(_scalar(item) for item in value if item is not None)
        return items or None
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value)
