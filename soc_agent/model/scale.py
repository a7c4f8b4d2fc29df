"""The scales on which everything is placed: level, layer, tier."""

from enum import IntEnum, StrEnum
from typing import Self


class Level(IntEnum):
    """How bad it is: the five levels of a Sigma rule (Sigma specification 2.1, ``level``), in order."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The level as a Sigma rule writes it."""
        return self.name.lower()

    @classmethod
    def parse(cls, word: str) -> Self:
        """Read a level as a Sigma rule writes it.

        :raises KeyError: when it is none of the five.
        """
        return cls[word.upper()]


class Layer(IntEnum):
    """One layer of the four-layer model (Directive 14/CT-TTg of 2019; dispatch 1552/BTTTT-CATTT of 2020)."""

    ON_SITE = 1
    MONITORING = 2
    ASSESSMENT = 3
    NATIONAL = 4


class Tier(StrEnum):
    """Where in the estate a source sits."""

    NETWORK = "network"
    SERVER = "server"
    APPLICATION = "application"
    ENDPOINT = "endpoint"
