"""Disks: room for the store at its pace, room for what is received, and whether the store is whole."""

import errno
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok, warn
from soc_agent.cli.listening import with_paths
from soc_agent.config import ListenerSource
from soc_agent.text import say

FREE_BYTES = 1 << 30
"""Less free space than this under the store is worth a word."""
WARN_DAYS = 30
ERROR_BYTES = 64 << 20
"""With less than this no write can be counted on."""
CHECK_S = 10.0
"""A look through a large store ends after so long."""
SLACK_SHARE = 0.5
"""Of a store of which more than this share is free pages, the file could be much smaller."""
_DAY_S = 86_400
_SLACK_BYTES = 256 << 20


def store(case: Case) -> Iterator[Check]:
    """Look whether the store can be written, has room to grow, and is whole."""
    path = case.workspace.store_path
    ((number, at),) = case.who.ask([("write", str(path))])
    if number:
        yield error("store", "doctor.unwritable", at, reason=os.strerror(number), user=case.who.name)
        return
    yield _room(path)
    if path.exists():
        yield from integrity(path)


def evidence(case: Case) -> Iterator[Check]:
    """Look whether the packets that are kept of alerts have the room that they may take."""
    limit = sum(getattr(source, "evidence_mb", 0) for source in case.config.sources) << 20
    if not limit:
        return
    place = _nearest(case.workspace.store_path.parent)
    free = shutil.disk_usage(place).free
    if free < limit:
        yield warn("store", "doctor.small_evidence", str(place), free=free // 1_000_000, limit=limit // 1_000_000)


def spools(case: Case) -> Iterator[Check]:
    """Look whether what is received can be kept until it is processed, up to the limit that is set."""
    for source in case.config.sources:
        if not isinstance(source, ListenerSource):
            continue
        placed = with_paths(source, case.folder, case.config.store.path)
        ((number, at),) = case.who.ask([("write", placed.spool)])
        if number:
            yield error("spool", "doctor.unwritable", at, reason=os.strerror(number), user=case.who.name)
            continue
        free = shutil.disk_usage(_nearest(Path(placed.spool))).free
        values: dict[str, Any] = {"free": free // 1_000_000, "limit": placed.spool_bytes // 1_000_000}
        if free < placed.spool_bytes:
            yield warn("spool", "doctor.small_spool", placed.spool, **values)
        else:
            yield ok("spool", say("doctor.spool", path=placed.spool, **values))


def integrity(path: Path, patience_s: float = CHECK_S) -> Iterator[Check]:
    """Look through the pages of the store (PRAGMA quick_check), as far as there is time, and how many are free."""
    deadline = time.monotonic() + patience_s
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
    # the handler is asked between steps; a long walk through pages is one step, and only an interruption ends it
    timer = threading.Timer(max(0.0, patience_s), connection.interrupt)
    timer.start()
    try:
        connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 1000)
        try:
            told = [row[0] for row in connection.execute("PRAGMA quick_check(3)")]
        except sqlite3.OperationalError as failure:
            if "interrupted" not in str(failure):
                raise
            told = []
            yield warn("integrity", "doctor.not_looked_through", str(path), seconds=f"{patience_s:.0f}")
        timer.cancel()
        timer.join()
        connection.set_progress_handler(None, 0)
        if told == ["ok"]:
            yield ok("integrity", str(path))
        elif told:
            yield error("integrity", "doctor.damaged", str(path), told="; ".join(told)[:300])
        size, pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in _PAGES)
        if size * free > _SLACK_BYTES and free > pages * SLACK_SHARE:
            yield warn("integrity", "doctor.slack", str(path), free=size * free // 1_000_000)
    except sqlite3.DatabaseError as failure:
        yield error("integrity", "doctor.damaged", str(path), told=str(failure))
    finally:
        timer.cancel()
        timer.join()
        connection.close()


_PAGES = ("page_size", "page_count", "freelist_count")


def _room(path: Path) -> Check:
    folder = _nearest(path.parent)
    free = shutil.disk_usage(folder).free
    if free < ERROR_BYTES:
        return error("store", "doctor.no_space", str(folder), free=free // 1_000_000)
    growth = growth_per_day(path)
    if growth and free / growth < WARN_DAYS:
        days, mb = int(free / growth), growth // 1_000_000
        return warn("store", "doctor.fills_up", str(folder), free=free // 1_000_000, growth=mb, days=days)
    if free < FREE_BYTES:
        return warn("store", "cli.doctor.little_space", str(folder), free=free // 1_000_000)
    return ok("store", say("doctor.free", path=path, free=free // 1_000_000_000, growth=growth // 1_000_000))


def growth_per_day(path: Path) -> int:
    """Give how many bytes a day the store has grown since it was begun; 0 where it is younger than a day."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=5)
        try:
            row = connection.execute("SELECT time_ns FROM history ORDER BY seq LIMIT 1").fetchone()
        finally:
            connection.close()
        size = path.stat().st_size
    except (sqlite3.Error, OSError):
        return 0
    days = (time.time() - row[0] / 1e9) / _DAY_S if row else 0.0
    return int(size / days) if days >= 1 else 0


def _nearest(folder: Path) -> Path:
    """Give the folder, or the nearest above it that is there and may be looked at."""
    for place in (folder, *folder.parents):
        try:
            place.stat()
        except OSError as failure:
            if failure.errno not in (errno.ENOENT, errno.EACCES, errno.ENOTDIR):
                raise
        else:
            return place
    return Path("/")
