"""From an alert to everything about one of its entities."""

from typing import NamedTuple

from soc_agent.model import Alert
from soc_agent.text.catalog import has
from tui.outside import Line, Part, fit, part, safe, said


class Pivot(NamedTuple):
    """One way to go on from an alert."""

    filter: str
    line: Line


def pivots(alert: Alert) -> list[Pivot]:
    """Give the ways to go on from an alert: each of its entities, its host, its rule, its source."""
    found = [(kind, value) for kind, values in alert.entities.items() for value in values]
    found += [
        (kind, value) for kind, value in (("host", alert.host), ("rule", alert.rule_id), ("source", alert.source))
    ]
    return [_pivot(kind, value) for kind, value in dict.fromkeys(found) if value]


def _pivot(kind: str, value: str) -> Pivot:
    label = said(f"tui.entity.{kind}") if has(f"tui.entity.{kind}") else safe(kind)
    return Pivot(term(kind, value), (Part(fit(label, 20), "muted"), part(safe(value, 512), "entity")))


def term(kind: str, value: str) -> str:
    """Give the clause of a filter that finds a value."""
    return f"{kind}={_quoted(value)}"


def _quoted(value: str) -> str:
    """Quote a value; a quote inside, which the language cannot say, becomes "anything"."""
    inner = value.replace('"', "*")
    return f'"{inner}"' if set(inner) & set(" \t,") or not inner.isprintable() else inner
