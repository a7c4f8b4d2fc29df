"""What an event gives to a correlation: its group, and the value that is counted. Made once for each rule of each."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from math import isfinite
from typing import Any

from soc_agent.detect.correlate.spec import NUMERIC, CorrelationSpec
from soc_agent.detect.hit import join_key
from soc_agent.enrich import KNOWN_FIELDS
from soc_agent.model import Event

Lookup = Callable[[Event, str], Any]
"""Asked for a field that an event lacks: what is known of its address, its host …; None when nothing is."""
Below = Callable[[str], str]
"""From a name in the events that a correlation gives, which are its own fields and aliases, to the field that it is in
the event at the very bottom of the chain."""

KEY_CAP_CHARS = 256
"""Group keys and values are no longer; the rest is hashed."""
_SEPARATOR, _MARK = "\x00", "\x01"
_INTEGER_CAP = 2**63


def text_of(value: Any) -> str | None:
    """Give a value as text; None when there is none. Lists are taken as a whole."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return join_key(str(item) for item in value)
    return str(value)


def number_of(value: Any) -> int | float | None:
    """Give a value as a number; None when it is none. Texts may hold numbers; true and false are none."""
    if isinstance(value, str):
        try:
            value = int(value) if value.isdecimal() and value.isascii() else float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if -_INTEGER_CAP <= value < _INTEGER_CAP else None


def texts_of(fields: Iterable[str], event: Event, lookup: Lookup | None) -> list[str]:
    """Give the values of fields that make the group of an event, as texts; empty for what it lacks."""
    return [text_of(_value(event, field, lookup)) or "" for field in fields]


def as_it_is(name: str) -> str:
    """Give a field of an event of a detection rule: it has no other names."""
    return name


def fields_of(spec: CorrelationSpec, rule_id: str, names: Iterable[str], below: Below = as_it_is) -> list[str]:
    """Give the fields that names of a correlation are in the event that a rule's event is made of."""
    return [below(spec.field_of(name, rule_id)) for name in names]


def needed_fields(spec: CorrelationSpec, rule_id: str, below: Below = as_it_is) -> list[str]:
    """Give the fields that an event of a rule must have to be counted, as the rule's events call them."""
    counted = () if spec.kind.startswith("temporal") else spec.value_fields
    return fields_of(spec, rule_id, (*spec.group_by, *counted), below)


def key_maker(
    spec: CorrelationSpec, rule_id: str, lookup: Lookup | None, below: Below = as_it_is
) -> Callable[[Event], str | None]:
    """Give what makes the group key of an event of a rule; the key is None when the event has no group."""
    if not spec.group_by:
        return _no_key
    return _joined(fields_of(spec, rule_id, spec.group_by, below), lookup)


def what_maker(
    spec: CorrelationSpec, rule_id: str, lookup: Lookup | None, below: Below = as_it_is
) -> Callable[[Event], str | int | float | None] | None:
    """Give what makes the counted value of an event of a rule (None: it has none); None where nothing is counted."""
    fields = fields_of(spec, rule_id, spec.value_fields, below)
    if not fields:
        return None
    return _number(fields[0], lookup) if spec.kind in NUMERIC else _joined(fields, lookup)


def _no_key(_: Event) -> str:
    return ""


def _joined(fields: list[str], lookup: Lookup | None) -> Callable[[Event], str | None]:
    field = fields[0]

    def known(event: Event) -> str | None:
        text = text_of(_value(event, field, lookup))
        return None if text is None else _bounded(text)

    def one(event: Event) -> str | None:
        value = event.fields.get(field)
        if type(value) is str and len(value) <= KEY_CAP_CHARS and value.isascii():
            return value
        if type(value) is int:
            return str(value)
        text = text_of(_value(event, field, lookup))
        return None if text is None else _bounded(text)

    def several(event: Event) -> str | None:
        parts = []
        for name in fields:
            text = text_of(_value(event, name, lookup))
            if text is None:
                return None
            parts.append(_marked(text) if _SEPARATOR in text or _MARK in text else text)
        key = _SEPARATOR.join(parts)
        return key if len(key) <= KEY_CAP_CHARS and key.isascii() else _bounded(key)

    if len(fields) > 1:
        return several
    return known if field in KNOWN_FIELDS else one


def _number(field: str, lookup: Lookup | None) -> Callable[[Event], int | float | None]:
    def number(event: Event) -> int | float | None:
        return number_of(_value(event, field, lookup))

    return number


def _value(event: Event, field: str, lookup: Lookup | None) -> Any:
    if field in KNOWN_FIELDS:
        # a line may have a field of that name too, and whoever wrote it must not choose the country of his address
        return lookup(event, field) if lookup is not None else None
    value = event.fields.get(field)
    return lookup(event, field) if value is None and lookup is not None else value


def _marked(text: str) -> str:
    """Write a value so that the separator in it is none: two groups never have one key."""
    return text.replace(_MARK, _MARK + _MARK).replace(_SEPARATOR, _MARK + "0")


def _bounded(text: str) -> str:
    """Give a text that can be written, and is not very long: the rest of it is hashed."""
    data = text.encode("utf-8", "surrogatepass")
    if len(text) > KEY_CAP_CHARS:
        text = f"{text[:KEY_CAP_CHARS]}…{blake2b(data, digest_size=8).hexdigest()}"
    return text.encode("utf-8", "replace").decode("utf-8")
