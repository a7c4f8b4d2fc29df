"""What a look at one thing gave: how it is, why that matters, and what to type."""

from enum import IntEnum
from typing import Any

from msgspec import Struct

from soc_agent.errors import describe
from soc_agent.model import Problem, Where
from soc_agent.text import say
from soc_agent.text.catalog import has


class Verdict(IntEnum):
    """How a check ended, worst last."""

    OK = 0
    WARN = 1
    """It works, but worse than it could, or will stop to work."""
    ERROR = 2
    """It does not work."""


class Check(Struct, frozen=True):
    """One thing that was looked at. ``doctor.name.<name>`` in the catalogues is what it is called."""

    name: str
    verdict: Verdict
    detail: str = ""
    problem: Problem | None = None

    @property
    def what(self) -> str:
        """What was found, in the current language."""
        if self.problem is None:
            return self.detail
        place = str(self.problem.where)
        told = say(self.problem.code, **self.problem.values)
        return f"{place}: {told}" if place else told

    @property
    def why(self) -> str:
        """Why it matters; empty where all is well."""
        if self.problem is None:
            return ""
        own = f"{self.problem.code}.why"
        return say(own, **self.problem.values) if has(own) else say(f"doctor.why.{self.name}")

    @property
    def remedy(self) -> str:
        """What to type or do about it; empty where all is well."""
        return say(f"{self.problem.code}.remedy", **self.problem.values) if self.problem is not None else ""

    @property
    def text(self) -> str:
        """What was found with its remedy, in one line."""
        return describe(self.problem) if self.problem is not None else self.detail


def ok(name: str, detail: str) -> Check:
    """Make a check of a thing that is well."""
    return Check(name, Verdict.OK, detail)


def warn(name: str, code: str, where: str = "", **values: Any) -> Check:
    """Make a check of a thing that should be better."""
    return Check(name, Verdict.WARN, problem=Problem(code, Where(where), values))


def error(name: str, code: str, where: str = "", **values: Any) -> Check:
    """Make a check of a thing that does not work."""
    return Check(name, Verdict.ERROR, problem=Problem(code, Where(where), values))
