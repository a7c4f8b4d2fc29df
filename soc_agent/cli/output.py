"""What commands print: tables for people, JSON lines for programs, times and entities in the forms both expect."""

import json
import sys
from collections.abc import Container, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import IO, Any

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from soc_agent.model import RuleInfo
from soc_agent.text import current_language, make_safe

_DELETE = 0x7F
"""The one control character that JSON escapes nowhere by itself."""


def rfc3339(time_ns: int, zone: tzinfo = UTC) -> str:
    """Give a time as RFC 3339 with microseconds, in UTC unless a zone is given."""
    seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
    moment = datetime.fromtimestamp(seconds, zone).replace(microsecond=nanoseconds // 1000)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def title_in_language(title: str, rule: RuleInfo | None) -> str:
    """Give the title of an alert in the current language, where its rule has one."""
    return rule.title_vi if rule is not None and rule.title_vi and current_language() == "vi" else title


def as_text(raw: bytes) -> str:
    """Give raw bytes as the text of a JSON string; what is not UTF-8 becomes U+FFFD."""
    return raw.decode("utf-8", "replace")


def json_line(record: dict[str, Any], target: IO[str] | None = None) -> None:
    """Print one object as one line, on standard output or into a file, every control character escaped (RFC 8259)."""
    try:
        data = msgspec.json.encode(record)
    except (TypeError, ValueError, UnicodeEncodeError):
        data = json.dumps(record, default=str).encode()
    # escapes of the C1 range and DEL are legal JSON when raw, but not harmless on a terminal
    text = data.decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escaped(c) for c in text)
    click.echo(text, file=target)


def _escaped(character: str) -> str:
    return "\\u007f" if ord(character) == _DELETE else json.dumps(character)[1:-1]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], numbers: Container[int] = ()) -> None:
    """Print a table on standard output; outside text in it is made safe. ``numbers`` are the columns set right."""
    console = Console(soft_wrap=False, highlight=False, markup=False, width=None if sys.stdout.isatty() else 200)
    grid = Table(box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(columns):
        right = index in numbers
        grid.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(make_safe(cell)) for cell in row))
    console.print(grid)


def narrate(text: str) -> None:
    """Tell a person something, on standard error; outside text in it is made safe line by line."""
    for line in text.splitlines():
        click.echo(make_safe(line), err=True)
