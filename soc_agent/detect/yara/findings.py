"""Findings of the file collector: a line that says which YARA rule a file matched is itself a detection."""

from typing import Any

from soc_agent.model import Event, Layer, Level, RuleInfo, RuleKind, Tier

YARA_SERVICE = "yara"
"""The service of the log source of findings (product ``soc-agent``)."""

_SUPPRESS_S = 3600


def info_of_finding(event: Event) -> RuleInfo | None:
    """Give the face of the YARA rule that a finding speaks of; None when the event is no finding."""
    if not any(source.service == YARA_SERVICE and source.product == "soc-agent" for source in event.log_sources):
        return None
    fields = event.fields
    rule = _text(fields.get("rule"))
    return RuleInfo(
        id=_text(fields.get("rule_id")) or f"yara:{rule}",
        title=_text(fields.get("title")) or rule,
        kind=RuleKind.YARA,
        level=_level(fields.get("level")),
        layer=_layer(fields.get("layer")),
        tier=_tier(fields.get("tier")),
        description=_text(fields.get("description")),
        title_vi=_text(fields.get("title_vi")),
        description_vi=_text(fields.get("description_vi")),
        response=_text(fields.get("response")),
        response_vi=_text(fields.get("response_vi")),
        level_reason=_text(fields.get("level_reason")),
        level_reason_vi=_text(fields.get("level_reason_vi")),
        tags=_tags(fields),
        false_positives=tuple(_texts(fields.get("false_positives"))),
        author=_text(fields.get("author")) or _text(fields.get("meta.author")),
        references=tuple(_texts(fields.get("references")) or _texts(fields.get("meta.reference"))),
        suppress_s=_seconds(fields.get("suppress_s")),
        entity=("file",),
    )


def _tags(fields: dict[str, Any]) -> tuple[str, ...]:
    attack = (tag if tag.startswith("attack.") else f"attack.{tag.lower()}" for tag in _texts(fields.get("attack")))
    return tuple(dict.fromkeys((*_texts(fields.get("tags")), *attack)))


def _level(word: Any) -> Level:
    try:
        return Level.parse(_text(word))
    except KeyError:
        return Level.HIGH


def _layer(number: Any) -> Layer:
    try:
        return Layer(number)
    except ValueError:
        return Layer.MONITORING


def _tier(word: Any) -> Tier:
    try:
        return Tier(_text(word))
    except ValueError:
        return Tier.ENDPOINT


def _seconds(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else _SUPPRESS_S


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
