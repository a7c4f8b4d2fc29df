"""ATT&CK: which tactics and techniques rules speak of, by their tags, and a layer for the ATT&CK Navigator.

Tactics are named as the tags name them: what was *Defense Evasion* up to version 18 of ATT&CK is *Stealth* and *Defense
Impairment* from version 19 on, and rules of both ages stand beside each other.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from soc_agent.detect.coverage.report import Standing, Standings

_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_TACTIC = re.compile(r"attack\.([a-z]+(?:[-_ ][a-z]+)*)", re.IGNORECASE)
TACTICS = (
    "reconnaissance",
    "resource-development",
    "initial-access",
    "execution",
    "persistence",
    "privilege-escalation",
    "defense-evasion",
    "stealth",
    "defense-impairment",
    "credential-access",
    "discovery",
    "lateral-movement",
    "collection",
    "command-and-control",
    "exfiltration",
    "impact",
)
"""In the order of the matrix."""
_COMMENTED = 10
_COLOURS = ("#cfe8f3", "#5fa8d3", "#1b4965")
_NAVIGATOR, _LAYER_FORMAT = "5.2.0", "4.5"


class Tactic(Struct, frozen=True):
    """One tactic, and what looks for it."""

    name: str
    rules: int
    techniques: tuple[str, ...]
    """Techniques and sub-techniques that these rules name, as ``T1110.001``. A rule may name several tactics."""


def techniques_of(tags: Iterable[str]) -> list[str]:
    """Give the techniques that tags name."""
    return [found[1].upper() for tag in tags if (found := _TECHNIQUE.fullmatch(tag))]


def tactics_of(tags: Iterable[str]) -> list[str]:
    """Give the tactics that tags name, with hyphens."""
    return [re.sub("[_ ]", "-", found[1].lower()) for tag in tags if (found := _TACTIC.fullmatch(tag))]


def tactic_table(rules: Iterable[Standings]) -> list[Tactic]:
    """Give the tactics of the rules that run, in the order of the matrix; unknown ones after them."""
    counted: dict[str, int] = {}
    techniques: dict[str, set[str]] = {}
    for rule in rules:
        if rule.standing is not Standing.RUNS:
            continue
        named = techniques_of(rule.tags)
        for tactic in dict.fromkeys(tactics_of(rule.tags)):
            counted[tactic] = counted.get(tactic, 0) + 1
            techniques.setdefault(tactic, set()).update(named)
    order = {name: number for number, name in enumerate(TACTICS)}
    names = sorted(counted, key=lambda name: (order.get(name, len(order)), name))
    return [Tactic(name, counted[name], tuple(sorted(techniques[name]))) for name in names]


def by_technique(rules: Iterable[Standings], *, running: bool) -> dict[str, list[Standings]]:
    """Give the rules that name each technique: those that run, or those that cannot."""
    found: dict[str, list[Standings]] = {}
    for rule in rules:
        if (rule.standing is Standing.RUNS) is running:
            for technique in dict.fromkeys(techniques_of(rule.tags)):
                found.setdefault(technique, []).append(rule)
    return dict(sorted(found.items()))


def navigator_layer(rules: Iterable[Standings], *, name: str, words: Mapping[str, str]) -> dict[str, Any]:
    """Give a layer of format 4.5 (https://github.com/mitre-attack/attack-navigator, ``layers/spec/v4.5``).

    The score of a technique is the number of rules that run and name it; its comment names the first of them. One that
    only rules name which cannot fire here is disabled. No tactic is given, so that a technique shows under each of its
    own; and no version of ATT&CK, since rules of several ages stand side by side: the Navigator takes its newest.
    ``words`` are the texts ``description``, ``one``, ``most``, ``off`` and ``more`` (with ``{count}``).
    """
    rules = list(rules)
    running, silent = by_technique(rules, running=True), by_technique(rules, running=False)
    most = max(map(len, running.values()), default=1)
    techniques: list[dict[str, Any]] = [
        {"techniqueID": technique, "score": len(named), "comment": _comment(named, words), "enabled": True}
        for technique, named in running.items()
    ]
    techniques += [
        {"techniqueID": technique, "comment": f"{words['off']}: {_comment(named, words)}", "enabled": False}
        for technique, named in silent.items()
        if technique not in running
    ]
    return {
        "name": name,
        "versions": {"navigator": _NAVIGATOR, "layer": _LAYER_FORMAT},
        "domain": "enterprise-attack",
        "description": words["description"],
        "sorting": 3,
        "layout": {"layout": "side", "showID": True, "showName": True, "expandedSubtechniques": "annotated"},
        "hideDisabled": False,
        "techniques": sorted(techniques, key=lambda technique: technique["techniqueID"]),
        # the second must be more than the first
        "gradient": {"colors": list(_COLOURS), "minValue": 1, "maxValue": max(most, 2)},
        "legendItems": [
            {"label": words["one"], "color": _COLOURS[0]},
            *([{"label": words["most"].format(count=most), "color": _COLOURS[-1]}] if most > 1 else []),
        ],
    }


def _comment(rules: list[Standings], words: Mapping[str, str]) -> str:
    titles = [rule.title for rule in rules[:_COMMENTED]]
    left = len(rules) - len(titles)
    return "; ".join([*titles, *([words["more"].format(count=left)] if left else [])])
