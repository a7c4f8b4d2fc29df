"""JSON objects: read strictly or leniently, and flattened to dotted names, within bounds."""

import json
import math
from collections.abc import Iterator
from typing import Any

import msgspec

_LIFTED = frozenset({"EventData", "event_data", "UserData", "System", "EventXML"})
"""Objects whose members also stand under their own names: rules for Windows call them so."""
_FIELD_CAP = 2000
_DEPTH_CAP = 32
_NAME_CAP = 512


def read_object(text: str) -> dict[str, Any] | None:
    """Read one JSON object as it stands, or behind the cookie of CEE (rsyslog); None when the text is no object."""
    text = text.strip(" \t\r\n\0\ufeff").removeprefix("@cee:").lstrip(" ")
    if not text.startswith("{"):
        return None
    try:
        tree = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError):
        tree = _lenient(text)
    except RecursionError:
        return None
    return tree if isinstance(tree, dict) else None


def parse_object(text: str) -> dict[str, Any] | None:
    """Read one JSON object and flatten it; None when the text is no object."""
    tree = read_object(text)
    return None if tree is None else flatten(tree)


def flatten(tree: dict[str, Any]) -> dict[str, Any] | None:
    """Give the members of an object and of all objects in it under dotted names.

    ``{"a": {"b": 1}}`` becomes ``a.b``; lists of plain values stay one list; a list of objects gives, for each name in
    them, a list of its values. What lies deeper than 32 levels, or beyond 2,000 fields, is left out.
    """
    for value in tree.values():
        if value.__class__ is dict or value.__class__ is list:
            break
    else:
        return tree
    fields: dict[str, Any] = {}
    try:
        _flatten(tree, "", fields, 0)
    except RecursionError:
        return None
    return fields


def _lenient(text: str) -> Any:
    """Read what msgspec refuses and others write: half a surrogate pair, NaN, numbers without bound."""
    try:
        tree = json.loads(text)
        return msgspec.json.decode(msgspec.json.encode(_sound(tree)))
    except (ValueError, RecursionError, OverflowError, msgspec.DecodeError):
        return None


def _sound(value: Any) -> Any:
    """Give a value without surrogates and without numbers that are none."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_sound(key): _sound(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_sound(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _flatten(tree: dict[str, Any], prefix: str, fields: dict[str, Any], depth: int) -> None:
    # names grow with every level: without these bounds one line could fill the memory
    if len(fields) > _FIELD_CAP or len(prefix) > _NAME_CAP or depth > _DEPTH_CAP:
        return
    for key, value in tree.items():
        kind = value.__class__
        if kind is dict:
            _flatten_object(key, prefix + key, value, fields, depth)
        elif kind is list:
            _flatten_list(key, prefix + key, value, fields, depth)
        else:
            fields[prefix + key] = value


def _flatten_object(key: str, name: str, value: dict[str, Any], fields: dict[str, Any], depth: int) -> None:
    if "#text" in value and value["#text"].__class__ in _PLAIN:  # an XML element with attributes
        fields[name] = value["#text"]
    _flatten(value, name + ".", fields, depth + 1)
    if key in _LIFTED:
        for leaf, inner in value.items():
            plain = inner.get("#text") if inner.__class__ is dict else inner
            if plain.__class__ in _PLAIN:
                fields.setdefault(leaf, plain)


_PLAIN = frozenset({str, int, float, bool})


def _flatten_list(key: str, name: str, values: list[Any], fields: dict[str, Any], depth: int) -> None:
    plain: list[Any] = []
    for value in values:
        if value.__class__ is dict:
            if len(fields) <= _FIELD_CAP:
                _flatten_member(key, name, value, fields, depth)
        elif value.__class__ is list:
            plain += _leaves(value, depth)
        else:
            plain.append(value)
    if plain or not values:
        fields[name] = plain


def _leaves(values: list[Any], depth: int) -> Iterator[Any]:
    """Yield the plain values in lists of lists."""
    if depth > _DEPTH_CAP:
        return
    for value in values:
        if value.__class__ is list:
            yield from _leaves(value, depth + 1)
        elif value.__class__ is not dict:
            yield value


def _flatten_member(key: str, name: str, value: dict[str, Any], fields: dict[str, Any], depth: int) -> None:
    """Flatten an object in a list. Named data of a Windows event (``{"@Name": …, "#text": …}``) become fields."""
    label = value.get("@Name", value.get("Name"))
    if key == "Data" and label.__class__ is str:
        fields.setdefault(label, value.get("#text", value.get("Value", value.get("content"))))
        return
    inner: dict[str, Any] = {}
    _flatten(value, f"{name}.", inner, depth + 1)
    for leaf, part in inner.items():
        held = fields.setdefault(leaf, [])
        if held.__class__ is not list:
            held = fields[leaf] = [held]
        if part.__class__ is list:
            held.extend(part)
        else:
            held.append(part)
