"""The words of every scale: levels, statuses, layers, tiers, health; each with its glyph, never by hue alone."""

from soc_agent.layers import Figure, Health, LayerState, Message
from soc_agent.model import Alert, Layer, Level, RuleInfo, Status, Tier
from soc_agent.text import SafeText, current_language
from tui import times
from tui.look import ENDED_GLYPH, LEVEL_GLYPH, LEVEL_ROLE, STATUS_GLYPH, STATUS_ROLE, SUPPRESSED_GLYPH, Role
from tui.outside import Part, cells, joined, part, safe, said

HEALTH_GLYPH: dict[Health, str] = {
    Health.OK: "✓",
    Health.ATTENTION: "!",
    Health.CRITICAL: "✗",
    Health.NOT_CONFIGURED: "–",
}
HEALTH_ROLE: dict[Health, Role] = {
    Health.OK: "ok",
    Health.ATTENTION: "attention",
    Health.CRITICAL: "bad",
    Health.NOT_CONFIGURED: "off",
}
HEALTH_TEXT: dict[Health, Role] = {
    Health.OK: "ok",
    Health.ATTENTION: "attention",
    Health.CRITICAL: "high",
    Health.NOT_CONFIGURED: "muted",
}
"""Where a state stands among others, and is no badge."""
WORST_FIRST = tuple(sorted(Level, reverse=True))


def level_word(level: Level, *, short: bool = False) -> SafeText:
    """Give the word of a level."""
    return said(f"tui.level{'_short' if short else ''}.{level.word}")


def level_part(level: Level, *, short: bool = False) -> Part:
    """Give a level: glyph and word."""
    return Part(joined(LEVEL_GLYPH[level], " ", level_word(level, short=short)), LEVEL_ROLE[level])


def status_part(status: Status, *, short: bool = False) -> Part:
    """Give a status: glyph and word."""
    word = said(f"tui.status{'_short' if short else ''}.{status.value}")
    return Part(joined(STATUS_GLYPH[status], " ", word), STATUS_ROLE[status])


def standing_part(alert: Alert, *, short: bool = False) -> Part:
    """Give the status of an alert; one that the agent closed by itself has a glyph and a word of its own."""
    if alert.ended and not alert.status.is_open:
        return ended_part(short=short)
    return status_part(alert.status, short=short)


def ended_part(*, short: bool = False) -> Part:
    """Give what stands in place of "closed" where the agent closed it, because it was over."""
    return Part(joined(ENDED_GLYPH, " ", said(f"signs.ended{'_short' if short else ''}")), STATUS_ROLE[Status.CLOSED])


def suppressed_part() -> Part:
    """Give the sign of an alert on which a suppression counts what comes, with what it means."""
    return Part(joined(SUPPRESSED_GLYPH, " ", said("signs.suppressed")), "muted")


def health_part(health: Health) -> Part:
    """Give a state: glyph and word."""
    return Part(joined(" ", HEALTH_GLYPH[health], " ", said(f"layers.health.{health.value}"), " "), HEALTH_ROLE[health])


def layer_word(layer: Layer, *, short: bool = False) -> SafeText:
    """Give the name of a layer."""
    return said(f"layers.{'short' if short else 'title'}.{layer.value}")


def tier_word(tier: Tier) -> SafeText:
    """Give the name of a tier."""
    return said(f"tui.tier.{tier.value}")


def entity_word(kind: str) -> SafeText:
    """Give the name of a kind of entity."""
    return said(f"tui.entity.{kind}")


def message(text: Message) -> SafeText:
    """Give what a layer says."""
    return said(text.key, **text.values)


def figure_label(figure: Figure) -> SafeText:
    """Give the name of a figure."""
    return said(f"layers.figure.{figure.key}")


def figure_value(figure: Figure) -> SafeText:
    """Give the value of a figure as a person reads it."""
    if figure.value_key:
        return said(figure.value_key)
    return safe(figure.value) if isinstance(figure.value, str) else times.number(figure.value)


def next_step(state: LayerState) -> SafeText | None:
    """Give the most urgent thing to do about a layer."""
    return message(state.next_steps[0]) if state.next_steps else None


def title_of(alert: Alert, rule: RuleInfo | None) -> SafeText:
    """Give the title of an alert in the language in use."""
    if rule is not None and current_language() == "vi" and rule.title_vi:
        return safe(rule.title_vi)
    return safe(alert.title)


def title_of_rule(rule: RuleInfo) -> SafeText:
    """Give the title of a rule in the language in use."""
    return safe(rule.title_vi if current_language() == "vi" and rule.title_vi else rule.title)


def description_of(rule: RuleInfo | None) -> str:
    """Give what a rule is about, in the language in use; it may have several lines and is not safe yet."""
    if rule is None:
        return ""
    return rule.description_vi if current_language() == "vi" and rule.description_vi else rule.description


def response_of(rule: RuleInfo | None) -> str:
    """Give what to do first, in the language in use; it may have several lines and is not safe yet."""
    if rule is None:
        return ""
    return rule.response_vi if current_language() == "vi" and rule.response_vi else rule.response


def level_reason_of(rule: RuleInfo | None) -> str:
    """Give why a rule has its level, in the language in use; it may have several lines and is not safe yet."""
    if rule is None:
        return ""
    return rule.level_reason_vi if current_language() == "vi" and rule.level_reason_vi else rule.level_reason


def widest(texts: list[Part]) -> int:
    """Give the width of the widest of some parts."""
    return max((cells(text) for text, _ in texts), default=0)


def separator() -> Part:
    """Give what stands between parts of a line."""
    return part(" · ", "faint")
