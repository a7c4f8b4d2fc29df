"""Where a journal is to be continued: behind the entry with a cursor."""

from collections.abc import Mapping
from uuid import uuid4

import msgspec
from msgspec import Struct

from soc_agent.model import Position

_VERSION = 1
_LAST_SECOND = 2**40


class Place(Struct, frozen=True, omit_defaults=True):
    """Position of the one stream of a journal."""

    stream: str
    """What the stream is, for ever: chosen at the first start."""
    cursor: str = ""
    """Of the last entry that was given; empty: there was none yet, and the first that comes is the next."""
    asked: str = ""
    """What was asked of the journal. With other filters, the entry of the cursor may not be among those given."""
    offset: int = 0
    """Bytes of lines that were given."""
    line: int = 1
    """Number of the next line."""
    version: int = _VERSION


def first_place(asked: str) -> Place:
    """Give the place of a journal that nothing was read of."""
    return Place(f"journal:{uuid4().hex}", asked=asked)


def restored(positions: Mapping[str, bytes]) -> Place | None:
    """Read the position that was committed; None when there is none, or it is damaged."""
    for data in positions.values():
        try:
            place = msgspec.json.decode(data, type=Place)
        except (msgspec.DecodeError, ValueError):
            continue
        if place.version == _VERSION:
            return place
    return None


def position_of(source: str, place: Place) -> Position:
    """Give a place as it is committed."""
    return Position(source, place.stream, msgspec.json.encode(place))


def same_entry(cursor: str, other: str) -> bool:
    """Say whether two cursors are of one entry, which may have been copied to another file: from ``/run`` to ``/var``.

    >>> same_entry("s=a1;i=5;b=b1;m=7;t=9;x=3", "s=c1;i=1;b=b1;m=7;t=9;x=3")
    True
    """
    if cursor == other:
        return True
    one, two = _parts(cursor), _parts(other)
    return any(all(name in one and one[name] == two.get(name) for name in names) for names in ("si", "bmx"))


def entries_between(cursor: str, later: str) -> int | None:
    """Give how many entries were written between two; None when that cannot be known.

    >>> entries_between("s=a1;i=ff;t=1", "s=a1;i=102;t=2")
    2
    """
    one, two = _parts(cursor), _parts(later)
    if "s" not in one or one["s"] != two.get("s"):
        return None
    try:
        between = int(two["i"], 16) - int(one["i"], 16) - 1
    except (KeyError, ValueError):
        return None
    return between if between >= 0 else None


def second_of(cursor: str) -> int | None:
    """Give when the entry of a cursor was written, in seconds since 1970; None where it does not say.

    >>> second_of("s=a1;i=5;t=5f5e100")
    100
    """
    try:
        second = int(_parts(cursor)["t"], 16) // 1_000_000
    except (KeyError, ValueError):
        return None
    return second if 0 <= second < _LAST_SECOND else None


def _parts(cursor: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition("=") for part in cursor.split(";"))}
