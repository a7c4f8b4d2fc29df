"""The face of a YARA rule, from its ``meta``.

Read are ``id``, ``title``, ``title_vi``, ``description``, ``description_vi``, ``level`` (or ``severity``, or the public
rule sets' ``score`` from 0 to 100), ``attack`` (or ``mitre``, ``technique``), ``layer``, ``tier``, ``response``,
``response_vi``, ``level_reason``, ``level_reason_vi``, ``suppress``, ``author``, ``reference``, ``false_positives``.
All are optional; values are bounded.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from soc_agent.model import Layer, Level, Problem, RuleInfo, RuleKind, Tier, Where

_TECHNIQUE = re.compile(r"\bT\d{4}(?:\.\d{3})?\b", re.IGNORECASE)
_ATTACK_KEYS = ("attack", "mitre", "mitre_attack", "mitre_att", "technique")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SHORT, _LONG, _KEYS = 200, 2000, 32
_SCORES = ((80, Level.HIGH), (60, Level.MEDIUM), (40, Level.LOW), (0, Level.INFORMATIONAL))


def info_of_meta(
    name: str, tags: Sequence[str], meta: Mapping[str, Any], path: str, default_id: str, default_suppress_s: int
) -> tuple[RuleInfo, list[Problem]]:
    """Give the face of a rule, and what of its ``meta`` is not understood: there the default stands."""
    problems: list[Problem] = []

    def text(key: str, limit: int = _LONG) -> str:
        return str(meta.get(key, "")).strip()[:limit]

    def refuse(key: str, known: str) -> None:
        values = {"rule": name, "key": key, "value": text(key, _SHORT), "known": known}
        problems.append(Problem("yara.bad_meta", Where(path), values))

    level_key = "level" if "level" in meta else "severity"
    level = Level.MEDIUM
    if level_key in meta:
        try:
            level = Level.parse(text(level_key))
        except KeyError:
            refuse(level_key, ", ".join(known.word for known in Level))
    elif isinstance(score := meta.get("score"), int):
        level = next((given for least, given in _SCORES if score >= least), Level.INFORMATIONAL)
    layer, tier, suppress_s = Layer.MONITORING, Tier.SERVER, default_suppress_s
    if "layer" in meta:
        try:
            layer = Layer(meta["layer"])
        except ValueError:
            refuse("layer", ", ".join(str(known.value) for known in Layer))
    if "tier" in meta:
        try:
            tier = Tier(text("tier"))
        except ValueError:
            refuse("tier", ", ".join(Tier))
    if "suppress" in meta:
        span = re.fullmatch(r"([1-9]\d{0,8})([smhdw])", text("suppress"))
        if span:
            suppress_s = int(span[1]) * _SECONDS[span[2]]
        else:
            refuse("suppress", "30m, 1h, 7d")
    return RuleInfo(
        id=text("id", _SHORT) or default_id,
        title=text("title", _SHORT) or name,
        kind=RuleKind.YARA,
        level=level,
        layer=layer,
        tier=tier,
        description=text("description"),
        title_vi=text("title_vi", _SHORT),
        description_vi=text("description_vi"),
        response=text("response"),
        response_vi=text("response_vi"),
        level_reason=text("level_reason"),
        level_reason_vi=text("level_reason_vi"),
        tags=_tags(tags, meta),
        false_positives=_texts(text("false_positives")),
        references=_texts(text("reference")),
        author=text("author", _SHORT),
        path=path,
        suppress_s=suppress_s,
        entity=("file",),
    ), problems


def techniques_of(tags: Sequence[str]) -> list[str]:
    """Give the ATT&CK techniques among Sigma tags, as ``T1505.003``."""
    found = (re.fullmatch(r"attack\.(t\d{4}(?:\.\d{3})?)", tag) for tag in tags)
    return [match[1].upper() for match in found if match]


def _tags(tags: Sequence[str], meta: Mapping[str, Any]) -> tuple[str, ...]:
    """Give Sigma's spelling of the techniques (``attack.t1505.003``), then the rule's own tags."""
    said = " ".join([*(str(meta[key]) for key in _ATTACK_KEYS if key in meta), *tags])
    techniques = [f"attack.{match[0].lower()}" for match in _TECHNIQUE.finditer(said)]
    own = [tag for tag in tags if not _TECHNIQUE.fullmatch(tag)]
    return tuple(dict.fromkeys([*techniques, *own]))[:_KEYS]


def _texts(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
