"""The peer: Sigma rules converted to SQL by ``pySigma-backend-sqlite`` and evaluated in SQLite, as Zircolite does it.

It shares nothing with this program's engine but pySigma's reading of the YAML, so it serves twice: as the evaluator
that the differential test compares with, and as the peer of the Windows lane.

Columns are named by us (``c0`` …), because SQLite does not tell ``image`` from ``Image``, and takes a quoted name that
no column has for a text. A table has columns for the fields that rules ask for and no others, which is to the peer's
advantage.
"""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sigma.backends.sqlite.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.conditions import ConditionFieldEqualsValueExpression
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.types import SigmaCompareExpression

TEXT = "text"
"""The column that keyword rules search."""


class Query(Struct, frozen=True):
    """A rule as SQL."""

    where: str
    fields: tuple[str, ...]
    """What it asks for, in the names of the rule."""
    compared: frozenset[str] = frozenset()
    """Of these, the fields that are compared as numbers: their columns hold numbers."""


class _Backend(sqliteBackend):
    """The backend with our names of columns, and without ``SELECT``."""

    def __init__(self) -> None:
        super().__init__(collate_nocase=True, fulltext_field=TEXT)  # type: ignore[no-untyped-call]
        self.columns: dict[str, str] = {}
        self.asked: set[str] = set()
        self.compared: set[str] = set()

    def escape_and_quote_field(self, field: str) -> str:
        self.asked.add(field)
        return self.columns.setdefault(field, TEXT if field == TEXT else f"c{len(self.columns)}")

    def convert_condition_field_compare_op_val(self, cond: ConditionFieldEqualsValueExpression, state: Any) -> Any:
        assert isinstance(cond.value, SigmaCompareExpression)
        self.compared.add(cond.field)
        return super().convert_condition_field_compare_op_val(cond, state)

    def finalize_query_default(self, rule: Any, query: str, index: int, state: Any) -> str:
        return query


class SqlitePeer:
    """Rules as SQL, and a table of events to ask."""

    def __init__(self) -> None:
        self.queries: dict[str, Query] = {}
        """By the name under which a rule was added."""
        self.refused: dict[str, str] = {}
        """Rules that the backend cannot convert, and why."""
        self._backend = _Backend()
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        self._connection.create_function("regexp", 2, _regexp, deterministic=True)
        self._columns: tuple[str, ...] = ()

    def add(self, name: str, tree: Mapping[str, Any]) -> bool:
        """Convert a rule; say whether that was possible."""
        self._backend.asked = set()
        self._backend.compared = set()
        try:
            rule = SigmaRule.from_dict(dict(tree))
            wheres = self._backend.convert(SigmaCollection([rule]))
        except SigmaError as error:
            self.refused[name] = f"{type(error).__name__}: {error}"
            return False
        where = " OR ".join(f"({where})" for where in wheres)
        asked, compared = self._backend.asked, self._backend.compared
        self.queries[name] = Query(where, tuple(sorted(asked)), frozenset(compared))
        return True

    def load(self, events: Iterable[tuple[Mapping[str, Any], str]], names: Sequence[str] | None = None) -> None:
        """Fill the table with flattened events, each with its text; only what the rules ``names`` ask for is kept."""
        queries = [self.queries[name] for name in (self.queries if names is None else names)]
        fields = sorted({field for query in queries for field in query.fields} - {TEXT})
        compared = frozenset[str]().union(*(query.compared for query in queries))
        columns = ", ".join(
            f"{self._backend.columns[field]} {'NUMERIC' if field in compared else 'TEXT'} COLLATE NOCASE"
            for field in fields
        )
        self._connection.execute("DROP TABLE IF EXISTS logs")
        self._connection.execute(
            f"CREATE TABLE logs (number INTEGER PRIMARY KEY, {TEXT} TEXT{', ' * bool(fields)}{columns})"
        )
        marks = ", ".join("?" * (len(fields) + 2))
        rows = (
            (number, text, *(_cell(event.get(field)) for field in fields))
            for number, (event, text) in enumerate(events)
        )
        self._connection.execute("BEGIN")
        self._connection.executemany(f"INSERT INTO logs VALUES ({marks})", rows)
        self._connection.execute("COMMIT")

    def matches(self, name: str) -> set[int]:
        """Give the numbers, from 0, of the loaded events that a rule matches.

        :raises sqlite3.Error: when SQLite cannot run it.
        """
        return {row[0] for row in self._connection.execute(f"SELECT number FROM logs WHERE {self.queries[name].where}")}

    def count(self, name: str) -> int:
        """Give how many of the loaded events a rule matches."""
        found: int = self._connection.execute(f"SELECT count(*) FROM logs WHERE {self.queries[name].where}").fetchone()[
            0
        ]
        return found

    def close(self) -> None:
        """Forget the table."""
        self._connection.close()


def _cell(value: Any) -> str | int | float | None:
    """Flatten a value as Zircolite does: booleans as words, lists as their text; integers have 64 bits at most."""
    if value is None or isinstance(value, (str, float)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    return str(value)


def _regexp(pattern: str, value: Any) -> bool:
    return value is not None and _compiled(pattern).search(str(value)) is not None


@lru_cache(maxsize=10_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)  # as PCRE has it, \s, \w and \d are those of ASCII
