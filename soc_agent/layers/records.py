"""What the layers give: the structs of their states."""

from enum import StrEnum
from typing import Any

from msgspec import Struct

from soc_agent.model import Layer


class Health(StrEnum):
    """How a layer or a figure stands. A layer without data is not configured, never ok."""

    OK = "ok"
    ATTENTION = "attention"
    CRITICAL = "critical"
    NOT_CONFIGURED = "not_configured"


class Message(Struct, frozen=True):
    """A sentence for a person: a key of the message catalogues, and what fills its placeholders."""

    key: str
    values: dict[str, Any] = {}


class Figure(Struct, frozen=True):
    """One figure that explains a state. ``layers.figure.<key>`` in the catalogues is its name."""

    key: str
    value: str | int | float
    """The figure. Durations read the same in all languages (``2h05m``), ages of nothing are ``-``."""
    health: Health = Health.OK
    value_key: str = ""
    """Where the value is a word: its key in the catalogues (``value`` is the bare word then)."""


class LayerState(Struct, frozen=True):
    """How one of the four layers stands, why, and what to do next."""

    layer: Layer
    health: Health
    figures: tuple[Figure, ...]
    """The figures that explain it, the most telling first."""
    next_steps: tuple[Message, ...]
    """What to do next, the most urgent first; empty when there is nothing to do."""
