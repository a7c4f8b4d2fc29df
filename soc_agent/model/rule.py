"""What a person needs to know of a rule. The compiled rule itself lives in ``soc_agent.detect``."""

from enum import StrEnum

from msgspec import Struct

from soc_agent.model.scale import Layer, Level, Tier


class RuleKind(StrEnum):
    """Which engine the rule belongs to."""

    SIGMA = "sigma"
    CORRELATION = "correlation"
    YARA = "yara"
    INDICATOR = "indicator"
    """A hit on a list of indicators of compromise."""


class RuleInfo(Struct, frozen=True, omit_defaults=True, gc=False):
    """The face of a rule: what alerts show of it."""

    id: str
    title: str
    kind: RuleKind = RuleKind.SIGMA
    level: Level = Level.MEDIUM
    layer: Layer = Layer.MONITORING
    tier: Tier = Tier.SERVER
    description: str = ""
    title_vi: str = ""
    description_vi: str = ""
    response: str = ""
    """What to do first."""
    response_vi: str = ""
    level_reason: str = ""
    """Why it has this level, and no other."""
    level_reason_vi: str = ""
    tags: tuple[str, ...] = ()
    """Sigma tags, ATT&CK among them, as ``attack.t1110.001``."""
    false_positives: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    author: str = ""
    path: str = ""
    """The file it came from."""
    suppress_s: int = 3600
    """Repeats within so many seconds of the last one fold into one alert."""
    entity: tuple[str, ...] = ()
    """Kinds of entity (or field names) that make a repeat the same; empty: host and all source addresses and users."""
