"""What can go wrong, named for what a person can do about it.

::

    SocAgentError
    ├── ConfigError     the configuration file must be changed
    ├── RuleError       a rule, filter or correlation must be changed
    ├── SourceError     a source cannot be read here: permissions, a library, a path
    ├── StoreError      the database cannot be opened, read or written
    └── FilterError     the filter of a list of alerts must be changed

Each carries one :class:`~soc_agent.model.Problem`: where, what, and the remedy, as keys of the message catalogues.
A part that goes on after a bad rule, line or file collects Problems and raises nothing.
"""

from soc_agent.model.problem import Problem
from soc_agent.text.catalog import say


class SocAgentError(Exception):
    """The root of all errors that this program raises on purpose."""

    def __init__(self, problem: Problem, *more: Problem) -> None:
        self.problem = problem
        self.problems = (problem, *more)
        super().__init__("\n".join(describe(p) for p in self.problems))


class ConfigError(SocAgentError):
    """The configuration file must be changed."""


class RuleError(SocAgentError):
    """A rule, filter or correlation must be changed."""


class SourceError(SocAgentError):
    """A source cannot be read here."""


class StoreError(SocAgentError):
    """The database cannot be opened, read or written."""


class FilterError(SocAgentError):
    """The filter of a list of alerts must be changed."""


def describe(problem: Problem) -> str:
    """Give one problem as a line for a person, ``FILE:LINE: KEY: what. Remedy.``, in the current language."""
    place = str(problem.where)
    what = say(problem.code, **problem.values)
    remedy = say(f"{problem.code}.remedy", **problem.values)
    return f"{place}: {what} {remedy}" if place else f"{what} {remedy}"
