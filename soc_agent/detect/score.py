"""How well rules do on recorded cases: are the attackers named, and are the quiet cases quiet.

A case is a folder with a log and ``expected.json``: ``log`` is the name of the log, ``sources`` are those whom an alert
must name; a case without sources must raise nothing of level medium or above.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import msgspec
from msgspec import Struct

from soc_agent.detect.suppress import FoldedAlert
from soc_agent.model import Level, Problem, Where

EXPECTED = "expected.json"
"""The file that makes a folder a case."""


class Expected(Struct, frozen=True):
    """What ``expected.json`` says. Keys that nobody knows are for others."""

    log: str
    sources: tuple[str, ...] = ()


class Case(Struct, frozen=True):
    """One recorded case."""

    name: str
    log: Path
    sources: tuple[str, ...] = ()
    """Addresses, users or files that an alert must name."""


class Score(Struct, frozen=True):
    """How the rules did on a case."""

    case: Case
    missing: tuple[str, ...]
    """Of its sources, those that no alert names."""
    level: Level | None
    """That of the worst alert; None when there is none."""
    titles: tuple[str, ...]
    """Titles of the alerts that decide: those above low of a quiet case, those that name a source of another."""

    @property
    def is_quiet_case(self) -> bool:
        """Whether it is a case in which nothing was attacked."""
        return not self.case.sources

    @property
    def holds(self) -> bool:
        """Whether every source is named, or, in a quiet case, nothing is above low."""
        return not self.titles if self.is_quiet_case else not self.missing


class Total(Struct, frozen=True):
    """How the rules did on all cases."""

    attacks: int
    named: int
    """Cases of which every source is named."""
    quiet_cases: int
    quiet: int
    """Quiet cases without an alert above low."""

    @property
    def percent(self) -> float:
        """Share of the attack cases that are named, in percent; 100 when there are none."""
        return 100 * self.named / self.attacks if self.attacks else 100.0


def read_cases(folder: Path, problems: list[Problem]) -> Iterator[Case]:
    """Yield the cases in a folder and below it, by name. One that cannot be read goes to ``problems``."""
    for path in sorted(folder.rglob(EXPECTED)):
        try:
            expected = msgspec.convert(json.loads(path.read_bytes()), Expected)
        except (OSError, ValueError) as error:  # a msgspec.ValidationError is a ValueError
            problems.append(Problem("score.wrong_case", Where(str(path)), {"reason": str(error)}))
            continue
        log = path.parent / expected.log
        if not log.is_file():
            problems.append(Problem("score.no_log", Where(str(path)), {"log": expected.log}))
            continue
        yield Case(path.parent.relative_to(folder).as_posix(), log, expected.sources)


def score_of(case: Case, alerts: Iterable[FoldedAlert]) -> Score:
    """Judge a case by its alerts. What is only informational names nobody: no person is told of it."""
    told = [alert for alert in alerts if alert.level > Level.INFORMATIONAL]
    wanted = {_plain(source): source for source in case.sources}
    named: set[str] = set()
    titles: set[str] = set()
    for alert in told:
        values = {_plain(value) for found in alert.entities.values() for value in found}
        if hit := values & wanted.keys():
            named |= hit
            titles.add(alert.detection.rule.title)
        elif not case.sources and alert.level > Level.LOW:
            titles.add(alert.detection.rule.title)
    return Score(
        case=case,
        missing=tuple(source for plain, source in wanted.items() if plain not in named),
        level=max((alert.level for alert in told), default=None),
        titles=tuple(sorted(titles)),
    )


def total_of(scores: Sequence[Score]) -> Total:
    """Add up."""
    quiet = [score for score in scores if score.is_quiet_case]
    attacks = [score for score in scores if not score.is_quiet_case]
    return Total(
        attacks=len(attacks),
        named=sum(score.holds for score in attacks),
        quiet_cases=len(quiet),
        quiet=sum(score.holds for score in quiet),
    )


def _plain(value: str) -> str:
    """Give an address in its one form (RFC 5952), that of IPv4 inside IPv6 as IPv4; other values as they are."""
    try:
        address = ip_address(value)
    except ValueError:
        return value
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(address)
