"""From what an event names to a detection: which rule, how bad, and what an alert shows of the indicator."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from soc_agent.detect.hit import EventRef, detection_of, uid_of
from soc_agent.detect.indicators.find import Found
from soc_agent.detect.indicators.indicator import Indicator, Tlp
from soc_agent.model import Clause, Detection, Event, Layer, Level, RuleInfo, RuleKind, Tier
from soc_agent.model.entity import ENTITY_FIELDS
from soc_agent.text import say

RULE_IDS = {
    "address": "7a1d6c52-3f0e-4b7c-9a35-2c6f5e1b8d01",
    "domain": "7a1d6c52-3f0e-4b7c-9a35-2c6f5e1b8d02",
    "url": "7a1d6c52-3f0e-4b7c-9a35-2c6f5e1b8d03",
    "hash": "7a1d6c52-3f0e-4b7c-9a35-2c6f5e1b8d04",
}
"""Family of indicator to the id of the rule that its hits belong to."""
RULE_NAMES = {f"indicator_{family}": rule_id for family, rule_id in RULE_IDS.items()}
"""Names by which correlations may refer to these rules."""

_TAGS = {
    "address": ("attack.command-and-control", "soc.indicator"),
    "domain": ("attack.command-and-control", "attack.t1071.004", "soc.indicator"),
    "url": ("attack.command-and-control", "attack.t1071.001", "soc.indicator"),
    "hash": ("attack.execution", "attack.t1204.002", "soc.indicator"),
}
_TIERS = {"address": Tier.NETWORK, "domain": Tier.NETWORK, "url": Tier.NETWORK, "hash": Tier.ENDPOINT}
_DEFAULT_LEVEL = Level.HIGH
_ENTITY = ("indicator.value", "src_ip", "host")
_IN, _OUT = frozenset(ENTITY_FIELDS["src_ip"]), frozenset(ENTITY_FIELDS["dst_ip"])
_ACTIONS = ("action", "Action", "act", "event.action", "sc-action", "connection.action", "verdict", "outcome")
_BLOCKED_WORDS = "block blocked deny denied drop dropped reject rejected refused discard discarded reset prevented"
_BLOCKED = frozenset(_BLOCKED_WORDS.split())
_UNANSWERED = frozenset({"S0", "REJ"})
"""States of a connection (Zeek, ``conn_state``) that never came about."""
_TLP_ORDER = {tlp.value: place for place, tlp in enumerate(Tlp)}
_SOURCES_KEPT = 10
_PREFIX = "indicator."


class IndicatorHit(Struct, frozen=True):
    """An indicator that an event names, all that the lists say of it put together. Plain data."""

    family: str
    type: str
    value: str
    text: str
    """As the event has it."""
    field: str
    """Where; empty when it stands in the text of a line without fields."""
    direction: str
    """``inbound``, ``outbound``, or empty when the fields do not say."""
    blocked: bool
    level: Level
    sources: tuple[str, ...]
    tlp: str
    """The strictest that any source asks for."""
    expires_s: int
    confidence: int
    comment: str


def hits_of(
    event: Event, found: Sequence[Found], entry: Callable[[int], Indicator], now_s: float
) -> list[IndicatorHit]:
    """Give the indicators among what was found that still count; each value once."""
    hits: dict[tuple[str, str], IndicatorHit] = {}
    for item in found:
        by_value: dict[tuple[str, str], list[Indicator]] = {}
        for indicator in map(entry, item.rows):
            if not indicator.expired(now_s):
                by_value.setdefault((indicator.kind.value, indicator.value), []).append(indicator)
        for key, same in by_value.items():
            if key not in hits:
                hits[key] = _hit(event, item, same)
    return list(hits.values())


def detection_of_hit(hit: IndicatorHit, event: Event, ref: EventRef) -> tuple[Detection, Event]:
    """Give the detection of an indicator, and the event with what is known of the indicator in its fields."""
    info = info_of(hit.family, hit.level)
    expires = datetime.fromtimestamp(hit.expires_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if hit.expires_s else ""
    told: dict[str, Any] = {
        "indicator.type": hit.type,
        "indicator.value": hit.value,
        "indicator.source": ", ".join(hit.sources),
        "indicator.tlp": hit.tlp,
        "indicator.expires": expires,
        "indicator.direction": hit.direction,
        "indicator.comment": hit.comment,
    }
    if hit.confidence >= 0:
        told["indicator.confidence"] = hit.confidence
    known = {name: value for name, value in told.items() if value != ""}
    own = {name: value for name, value in event.fields.items() if not name.startswith(_PREFIX)}
    event = replace(event, fields=own | known)
    item = f"indicator {hit.type} (TLP:{hit.tlp.upper()}, {', '.join(hit.sources)})"
    why = (Clause(item, hit.value, hit.field, hit.text),)
    uid = uid_of(info.id, ref, hit.value.encode("utf-8", "replace"))
    return detection_of(info, event, ref, why=why, uid=uid), event


def told_of(detection: Detection) -> dict[str, Any]:
    """Give what a detection tells of its indicator: type, value, source, tlp and more; nothing where it has none."""
    if detection.rule.kind is not RuleKind.INDICATOR:
        return {}  # a line may have fields of such names itself
    named = (
        (name.removeprefix(_PREFIX), value) for name, value in detection.fields.items() if name.startswith(_PREFIX)
    )
    return dict(named)


@cache
def info_of(family: str, level: Level) -> RuleInfo:
    """Give the face of the rule for a family of indicators, at the level that a hit has."""

    def told(part: str, language: str) -> str:
        return say(f"indicator.rule.{family}.{part}", language=language)

    return RuleInfo(
        id=RULE_IDS[family],
        title=told("title", "en"),
        title_vi=told("title", "vi"),
        kind=RuleKind.INDICATOR,
        level=level,
        layer=Layer.MONITORING,
        tier=_TIERS[family],
        description=told("description", "en"),
        description_vi=told("description", "vi"),
        response=told("response", "en"),
        response_vi=told("response", "vi"),
        tags=_TAGS[family],
        false_positives=(told("false_positives", "en"),),
        entity=_ENTITY,
    )


def rule_infos() -> dict[str, RuleInfo]:
    """Give the rules of indicators by id, each at its default level."""
    return {rule_id: info_of(family, _DEFAULT_LEVEL) for family, rule_id in RULE_IDS.items()}


def _hit(event: Event, item: Found, same: Sequence[Indicator]) -> IndicatorHit:
    first = same[0]
    family = first.kind.family
    field, direction = _direction(family, item.fields)
    blocked = _is_blocked(event)
    never = any(not indicator.expires_s for indicator in same)
    return IndicatorHit(
        family=family,
        type=first.kind.value,
        value=first.value,
        text=item.text,
        field=field,
        direction=direction,
        blocked=blocked,
        level=_level(same, lower=(direction == "inbound") + blocked),
        sources=tuple(dict.fromkeys(indicator.meta.source for indicator in same))[:_SOURCES_KEPT],
        tlp=max((indicator.meta.tlp for indicator in same), key=lambda tlp: _TLP_ORDER.get(tlp, len(_TLP_ORDER))),
        expires_s=0 if never else max(indicator.expires_s for indicator in same),
        confidence=max(indicator.meta.confidence for indicator in same),
        comment=next((indicator.meta.comment for indicator in same if indicator.meta.comment), ""),
    )


def _direction(family: str, fields: Sequence[str]) -> tuple[str, str]:
    """Give the field that says most, and which way the connection goes: to the listed address or from it."""
    if family == "address":
        for names, direction in ((_OUT, "outbound"), (_IN, "inbound")):
            for field in fields:
                if field in names:
                    return field, direction
    return (fields[0] if fields else ""), ""


def _is_blocked(event: Event) -> bool:
    """Say whether the event tells that what it speaks of was stopped, or never came about."""
    for name in _ACTIONS:
        value = event.fields.get(name)
        if isinstance(value, str) and value.lower() in _BLOCKED:
            return True
    return event.fields.get("conn_state") in _UNANSWERED


def _level(same: Sequence[Indicator], *, lower: int) -> Level:
    """Give the level: the highest that a list asks for, one less when it came to us, one less when it was stopped."""
    asked = [Level.parse(indicator.meta.level) for indicator in same if indicator.meta.level]
    level = max(asked, default=_DEFAULT_LEVEL)
    return Level(max(level - lower, min(level, Level.LOW)))
