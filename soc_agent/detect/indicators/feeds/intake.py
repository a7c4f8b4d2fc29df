"""Where readers of feeds hand in what they read: checked, counted, and what is refused reported by line."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from soc_agent.detect.indicators.feeds.dates import seconds_of
from soc_agent.detect.indicators.indicator import FileReport, Indicator, Kind, Meta, Tlp
from soc_agent.detect.indicators.values import Refused, canonical
from soc_agent.model import Level, Problem, Where
from soc_agent.text import fold

if TYPE_CHECKING:
    from soc_agent.detect.indicators.build import Builder

TOTAL_CAP = 2_000_000
"""Indicators of all lists together."""
_PROBLEMS_CAP = 50
"""So many faults of one file are told one by one."""
_REFUSED_CAP = 100_000
"""A file with more faults than this is no list of indicators."""
_SHOWN_CHARS = 100
_TEXT_CAP = 200
_DAY_S = 86_400
_LEVELS = {
    **{level.word: level.word for level in Level},
    "info": "informational",
    "thap": "low",
    "trung binh": "medium",
    "cao": "high",
    "nghiem trong": "critical",
}


class Full(Exception):  # noqa: N818 - nothing is wrong with the program
    """Reading this file ends here: there is no room for more, or it is no list."""


class Intake:
    """Takes what one file holds."""

    def __init__(
        self, builder: "Builder", path: str, meta: Meta, *, changed_s: float, now_s: float, default_days: int = 0
    ) -> None:
        """:param meta: what holds where the file does not say.

        :param changed_s: when the file was last written: from then on the default lifetime counts.
        """
        self.report = FileReport(path)
        self.problems: list[Problem] = []
        self.meta = meta
        self.expires_s: int | None = None
        """When those that do not say end to count, as the file itself says for all."""
        self._builder = builder
        self._changed_s = changed_s
        self._now_s = now_s
        self._default_days = default_days

    def take(
        self,
        text: str,
        line: Callable[[], int],
        kind: Kind | None = None,
        meta: Meta | None = None,
        *,
        expires_s: int | None = None,
        seen_s: int | None = None,
    ) -> bool:
        """Take one value; False when it was refused, and reported.

        :param line: gives the number of its line, when it is asked for.
        :raises Full: when no more can be taken.
        """
        try:
            kind, value = canonical(text, kind)
        except Refused as error:
            self.refuse(error.code, line, value=text.strip()[:_SHOWN_CHARS])
            return False
        if len(self._builder) >= TOTAL_CAP:
            self._tell("too_many", line, limit=f"{TOTAL_CAP:,}")
            raise Full
        if expires_s is None:
            expires_s = self.expires_s
        if expires_s is None and self._default_days:
            expires_s = int((seen_s or self._changed_s) + self._default_days * _DAY_S)
        indicator = Indicator(kind, value, meta or self.meta, expires_s or 0)
        self._builder.add(indicator)
        self.report.taken += 1
        self.report.expired += indicator.expired(self._now_s)
        return True

    def refuse(self, code: str, line: Callable[[], int], **values: Any) -> None:
        """Report what cannot be taken.

        :raises Full: when there is so much of it that the file is no list.
        """
        self.report.refused += 1
        if self.report.refused <= _PROBLEMS_CAP:
            self._tell(code, line, **values)
        if self.report.refused >= _REFUSED_CAP:
            self._tell("not_a_list", line, count=f"{_REFUSED_CAP:,}")
            raise Full

    def odd(self, code: str, line: Callable[[], int], **values: Any) -> None:
        """Report what is odd about something that is taken all the same."""
        if len(self.problems) < _PROBLEMS_CAP:
            self._tell(code, line, **values)

    def close(self) -> None:
        """Report how much more was refused than was told."""
        if self.report.refused > _PROBLEMS_CAP:
            count = self.report.refused - _PROBLEMS_CAP
            self.problems.append(Problem("indicator.more", Where(self.report.path), {"count": count}))

    def meta_of(
        self,
        line: Callable[[], int],
        *,
        source: str = "",
        tlp: str = "",
        level: str = "",
        confidence: Any = None,
        comment: str = "",
    ) -> Meta:
        """Give what is said of an indicator, from the words of a feed; what is not understood is reported."""
        meta = self.meta
        changed: dict[str, Any] = {}
        if source:
            changed["source"] = source[:_TEXT_CAP]
        if tlp:
            try:
                changed["tlp"] = Tlp.parse(tlp).value
            except ValueError:
                self.odd("bad_tlp", line, value=tlp[:_SHOWN_CHARS], known=", ".join(Tlp))
        if level:
            word = _LEVELS.get(fold(level).strip())
            if word is None:
                self.odd("bad_level", line, value=level[:_SHOWN_CHARS])
            else:
                changed["level"] = word
        if confidence not in (None, ""):
            number = _percent(confidence)
            if number is not None:
                changed["confidence"] = number
        if comment:
            changed["comment"] = " ".join(comment.split())[:_TEXT_CAP]
        return replace(meta, **changed) if changed else meta

    def expiry(self, value: Any, line: Callable[[], int]) -> int | None:
        """Read an expiry; what is not understood is reported, and the default counts."""
        if value in (None, ""):
            return None
        seconds = seconds_of(value, end_of_day=True)
        if seconds is None:
            self.odd("bad_date", line, value=str(value)[:_SHOWN_CHARS])
        return seconds

    def _tell(self, code: str, line: Callable[[], int], **values: Any) -> None:
        self.problems.append(Problem(f"indicator.{code}", Where(self.report.path, line()), values))


def _percent(value: Any) -> int | None:
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return {"low": 30, "medium": 60, "high": 90}.get(str(value).strip().lower())
    return number if 0 <= number <= 100 else None
