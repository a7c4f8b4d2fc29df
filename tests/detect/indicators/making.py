"""Lists of indicators for tests."""

from pathlib import Path
from typing import Any

from soc_agent.detect.indicators import IndicatorHit, Indicators, load_indicators
from soc_agent.errors import describe
from soc_agent.model import Event
from tests import product
from tests.detect.making import context_of

DECODERS = product.decoders()


def indicators_of(folder: Path, text: str, name: str = "list.txt", **options: Any) -> Indicators:
    """Load one list."""
    path = folder / name
    path.write_text(text, "utf-8")
    return load_indicators([path], **options)


def faults(indicators: Indicators) -> list[str]:
    """Give what is wrong with the lists: ``LINE: code``."""
    for problem in indicators.problems:
        assert describe(problem)
    return [f"{problem.where.line}: {problem.code.removeprefix('indicator.')}" for problem in indicators.problems]


def event_of(line: str | bytes, type_: str = "syslog") -> Event:
    """Decode a line."""
    data = line.encode() if isinstance(line, str) else line
    return DECODERS.decode(data, context_of(type_))


def hits(indicators: Indicators, line: str | bytes, type_: str = "syslog") -> list[IndicatorHit]:
    """Give the hits of a line; it must be one of those that the scan lets through."""
    data = line.encode() if isinstance(line, str) else line
    found = indicators.hits(event_of(data, type_))
    if found:
        assert indicators.lines(b"quiet line\n" + data + b"\nquiet line\n") == [11]
    return found


def values(indicators: Indicators, line: str | bytes, type_: str = "syslog") -> list[str]:
    """Give the indicators that a line names."""
    return [hit.value for hit in hits(indicators, line, type_)]
