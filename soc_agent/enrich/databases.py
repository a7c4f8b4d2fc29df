"""Databases in the MaxMind DB format (maxmind.github.io/MaxMind-DB), read where they lie.

A file is opened when it is first asked, mapped into memory, and opened again when another lies in its place.
"""

import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from soc_agent.enrich.place import NOWHERE, Place, place_of
from soc_agent.enrich.prefixes import Address
from soc_agent.model import Problem, Where

if TYPE_CHECKING:
    from maxminddb import Reader

CACHED = 16_384
"""Addresses whose place is remembered."""
_IPV6 = 6


class About(Struct, frozen=True):
    """What a database says of itself."""

    kind: str
    """Its name, as ``GeoLite2-City``."""
    built_s: int
    """When it was built, in seconds since 1970 (UTC)."""


class Database:
    """One file. Never raises: what is wrong with it is :attr:`problem`, and nothing is known until that is gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)
        self.problem: Problem | None = None
        """What is wrong with the file, as it was when it was last looked at."""
        self._reader: Reader | None = None
        self._seen: tuple[int, int, int, int] | None = None
        self._looked = False

    def refresh(self) -> bool:
        """Look whether the file is another than before, and open it then; say whether it is."""
        try:
            # asked for each address: pathlib would cost as much again
            status = os.stat(self._name)  # noqa: PTH116
        except OSError as error:
            changed = self._seen is not None or not self._looked
            self._looked, self._seen = True, None
            if changed:
                # what was open stays readable, for as long as nothing is put in its place
                self._fail("enrich.unreadable", error.strerror or str(error))
            return changed
        seen = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        if seen == self._seen:
            return False
        if self._seen is None or seen[:2] == self._seen[:2]:
            # the very file that is mapped was written over: nothing of it may be touched any more
            self._reader = None
        self._looked, self._seen = True, seen
        self._open()
        return True

    def _open(self) -> None:
        # a start without databases, or without alerts, does without the library
        import maxminddb

        try:
            # the reader in C ends the process on some damaged files; this one raises, and what it gives is remembered
            reader = maxminddb.open_database(self.path, maxminddb.MODE_MMAP)
            reader.get("192.0.2.1")
        except OSError as error:
            self._fail("enrich.unreadable", error.strerror or str(error))
        except Exception as error:  # noqa: BLE001 - a file that is damaged fails in whatever way its bytes lead to
            self._fail("enrich.damaged", str(error))
        else:
            self._reader, self.problem = reader, None

    def get(self, address: Address) -> Any:
        """Give the record of an address; None when there is none."""
        if self._reader is None:
            return None
        try:
            if address.version == _IPV6 and self._reader.metadata().ip_version != _IPV6:
                return None
            return self._reader.get(address)
        except Exception as error:  # noqa: BLE001 - as above
            self._reader = None
            self._fail("enrich.damaged", str(error))
            return None

    def about(self) -> About | None:
        """Give what the database says of itself; None when it cannot be read."""
        self.refresh()
        if self._reader is None:
            return None
        metadata = self._reader.metadata()
        return About(str(metadata.database_type), int(metadata.build_epoch))

    def _fail(self, code: str, reason: str) -> None:
        self.problem = Problem(code, Where(self._name), {"reason": reason})


class Databases:
    """Several databases that complete each other; of two that know a thing, the first is believed."""

    know_any = True

    def __init__(self, paths: Iterable[Path]) -> None:
        self._databases = [Database(path) for path in dict.fromkeys(paths)]
        self._remembered = lru_cache(CACHED)(self._look_up)

    def find(self, address: Address) -> Place:
        """Give what the databases know of an address."""
        changed = [database for database in self._databases if database.refresh()]
        if changed:
            self._remembered.cache_clear()
        return self._remembered(address)

    def _look_up(self, address: Address) -> Place:
        place = NOWHERE
        for database in self._databases:
            record = database.get(address)
            if record is not None:
                place = place.over(place_of(record))
        return place

    def problems(self) -> list[Problem]:
        """Give what is wrong with files right now."""
        for database in self._databases:
            database.refresh()
        return [database.problem for database in self._databases if database.problem is not None]
