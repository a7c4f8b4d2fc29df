"""The filter language of alert lists: ``level>=high status=open src_ip=10.0.0.5 -host=web01 since=24h free words``.

A term is ``key operator value`` without spaces, or a free word; all terms must hold. ``-`` before a term, or ``!=``,
turns it around. ``a,b`` is one or the other. ``*`` stands for anything. Quotes keep spaces together, and make a free
word of what looks like a term. Free words are searched in titles, hosts, streams, entities and raw lines; case and
diacritics never matter.
"""

import difflib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum
from ipaddress import ip_network
from typing import Self

from msgspec import Struct

from soc_agent.errors import FilterError
from soc_agent.model import ENTITY_FIELDS, Layer, Level, Problem, Status, Tier
from soc_agent.store.codec import CONTEXT_KINDS

__all__ = ["FILTER_KEYS", "AlertFilter", "FilterError", "Operator", "Term"]

_LENGTH_CAP = 2_000
_TOKEN = re.compile(r'\s*(-?)((?:[^\s"]|"[^"]*")+)')
_TERM = re.compile(r"([A-Za-z_][\w.-]*?)(>=|<=|!=|=|>|<)(.*)", re.DOTALL)
_AGO = re.compile(r"(\d{1,6})([smhdw])")
_AGO_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_NS = 1_000_000_000


class Operator(StrEnum):
    """How a value is compared."""

    IS = "="
    NOT = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"


class Term(Struct, frozen=True):
    """One term that was understood. Several values: one of them."""

    key: str
    """A key of :data:`FILTER_KEYS`; empty for a free word."""
    operator: Operator
    values: tuple[str | int, ...]
    """Levels and layers as their numbers, moments in nanoseconds since 1970 (UTC)."""
    negated: bool = False
    ago: bool = False
    """Whether a moment is given as nanoseconds before that of the list, so that ``since=24h`` rolls on."""


class AlertFilter(Struct, frozen=True):
    """A filter that was understood."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str, *, timezone: tzinfo | None = None) -> Self:
        """Understand a filter. The empty one lets every alert through.

        ``timezone`` is that of dates and times which name none; None: that of this host.

        :raises FilterError: naming what is not understood, and the nearest right name.
        """
        if len(text) > _LENGTH_CAP:
            raise FilterError(Problem("filter.too_long", values={"limit": _LENGTH_CAP}))
        terms = []
        position = 0
        end = len(text.rstrip())
        while position < end:
            match = _TOKEN.match(text, position)
            if match is None or text.startswith('"', match.end()):
                raise FilterError(Problem("filter.open_quote", values={"text": text[position:].strip()}))
            position = match.end()
            terms.append(_term(match[2], bool(match[1]), timezone))
        return cls(text, tuple(terms))


def _term(token: str, negated: bool, timezone: tzinfo | None) -> Term:
    match = _TERM.fullmatch(token)
    if match is None:
        return Term("", Operator.IS, (token.replace('"', ""),), negated)
    key, operator, value = match[1].lower(), Operator(match[2]), match[3]
    read = _READERS.get(key)
    if read is None:
        near = difflib.get_close_matches(key, FILTER_KEYS, 1, 0.5)
        code = "filter.unknown_key" if near else "filter.unknown_key_list"
        known = ", ".join(FILTER_KEYS)
        raise FilterError(Problem(code, values={"key": key, "nearest": near[0] if near else "", "known": known}))
    if operator is Operator.NOT:
        operator, negated = Operator.IS, not negated
    ordered = key in _ORDERED
    if operator is not Operator.IS and not ordered:
        raise FilterError(Problem("filter.not_ordered", values={"key": key, "operator": operator.value}))
    if key in _TIMES:
        return _time_term(key, operator, value, negated, timezone)
    words = _alternatives(value)
    if operator is not Operator.IS and len(words) > 1:
        raise FilterError(Problem("filter.one_value", values={"key": key, "operator": operator.value}))
    values = tuple(v for word in words for v in read(key, word))
    return Term(key, operator, values, negated)


def _alternatives(value: str) -> list[str]:
    """Split at commas outside quotes."""
    return [word.replace('"', "") for word in re.findall(r'(?:[^,"]|"[^"]*")+', value)] or [""]


def _bad_value(key: str, value: str, known: str) -> FilterError:
    return FilterError(Problem("filter.bad_value", values={"key": key, "value": value, "known": known}))


def _read_level(key: str, word: str) -> tuple[int]:
    try:
        return (int(Level.parse(word)),)
    except KeyError:
        raise _bad_value(key, word, ", ".join(level.word for level in Level)) from None


def _read_layer(key: str, word: str) -> tuple[int]:
    names = {str(int(layer)): layer for layer in Layer} | {layer.name.lower(): layer for layer in Layer}
    if word.lower() not in names:
        raise _bad_value(key, word, ", ".join(names))
    return (int(names[word.lower()]),)


def _read_status(key: str, word: str) -> tuple[str, ...]:
    groups: dict[str, tuple[str, ...]] = {status.value: (status.value,) for status in Status}
    groups["open"] = tuple(status.value for status in Status if status.is_open)
    groups["any"] = tuple(status.value for status in Status)
    if word.lower() not in groups:
        raise _bad_value(key, word, ", ".join(groups))
    return groups[word.lower()]


def _read_tier(key: str, word: str) -> tuple[str]:
    if word.lower() not in [tier.value for tier in Tier]:
        raise _bad_value(key, word, ", ".join(Tier))
    return (word.lower(),)


def _read_number(key: str, word: str) -> tuple[int]:
    if not (word.isascii() and word.isdecimal() and len(word) <= 18):
        raise FilterError(Problem("filter.not_a_number", values={"key": key, "value": word}))
    return (int(word),)


def _read_text(key: str, word: str) -> tuple[str]:
    if not word:
        raise FilterError(Problem("filter.no_value", values={"key": key}))
    return (word,)


def _read_owner(_: str, word: str) -> tuple[str]:
    return ("" if word == "none" else word,)


def _read_address(key: str, word: str) -> tuple[str]:
    if "/" in word:
        try:
            ip_network(word, strict=False)
        except ValueError:
            raise FilterError(Problem("filter.not_a_network", values={"key": key, "value": word})) from None
    return _read_text(key, word)


def _time_term(key: str, operator: Operator, value: str, negated: bool, timezone: tzinfo | None) -> Term:
    word = value.replace('"', "")
    if operator is not Operator.IS:
        raise FilterError(Problem("filter.not_ordered", values={"key": key, "operator": operator.value}))
    if ago := _AGO.fullmatch(word):
        return Term(key, operator, (int(ago[1]) * _AGO_S[ago[2]] * _NS,), negated, ago=True)
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        raise FilterError(Problem("filter.bad_time", values={"key": key, "value": word})) from None
    if key == "until" and len(word) <= len("2026-01-31"):
        moment += timedelta(days=1, microseconds=-1)
    if moment.tzinfo is None:
        moment = moment.astimezone() if timezone is None else moment.replace(tzinfo=timezone)
    since_epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return Term(key, operator, (since_epoch // timedelta(microseconds=1) * 1000,), negated)


_READERS: dict[str, Callable[[str, str], tuple[str | int, ...]]] = {
    "level": _read_level,
    "status": _read_status,
    "layer": _read_layer,
    "tier": _read_tier,
    "rule": _read_text,
    "tag": _read_text,
    "owner": _read_owner,
    "source": _read_text,
    "count": _read_number,
    "id": _read_text,
    "since": _read_text,
    "until": _read_text,
    **dict.fromkeys(CONTEXT_KINDS, _read_text),
    "system_level": _read_number,
    "ip": _read_address,
    **{kind: _read_address if kind.endswith("_ip") else _read_text for kind in ENTITY_FIELDS},
}
_ORDERED = ("level", "layer", "count", "system_level")
_TIMES = ("since", "until")

FILTER_KEYS = tuple(_READERS)
"""Every key there is. ``filter.key.<key>`` in the catalogues says what it looks at."""
