"""The program itself, and the host it runs on: Python, the prefilter, the clock, open files, inotify."""

import os
import platform
import resource
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, error, ok, warn
from soc_agent.cli.install.needs import FOLDER_KINDS, READING_KINDS, kind_of
from soc_agent.config import EventLogSource, FileSource, Source
from soc_agent.hostclock import host_clock
from soc_agent.text import say

BASE_FILES = 256
"""Descriptors that an agent needs beside those of its logs: the store, sockets, libraries."""
SERVICE_FILES = 65_536
"""``LimitNOFILE`` of the unit that ``soc-agent install`` writes."""
_COUNT_CAP = 200_000
"""No more folders than this are counted."""
_INOTIFY = Path("/proc/sys/fs/inotify")


def python() -> Check:
    """Say which Python this is."""
    return ok("python", f"{platform.python_version()} ({sys.executable})")


def prefilter() -> Check:
    """Look whether the fast scanner is there."""
    if find_spec("hyperscan"):
        return ok("prefilter", "hyperscan")
    return warn("prefilter", "cli.doctor.no_hyperscan")


def clock(case: Case) -> Check:
    """Ask the kernel whether a time service keeps its clock, and how far it may be off."""
    state = host_clock()
    if state is None or not state.is_kept:
        return warn("clock", "cli.doctor.no_ntp")
    limit_ms = case.config.health.host_clock_ms
    off_ms = max(abs(state.offset_ms), state.error_ms)
    if off_ms > limit_ms:
        return warn("clock", "doctor.clock_off", ms=f"{off_ms:.0f}", limit=limit_ms)
    return ok("clock", say("doctor.clock_kept", ms=f"{off_ms:.0f}"))


def open_files(case: Case, limit: int | None = None) -> Check:
    """Compare the files that the sources have now with the number that may be open at once."""
    wanted = BASE_FILES
    for source in case.config.sources:
        if isinstance(source, FileSource | EventLogSource):
            wanted += sum(1 for pattern in case.patterns(source) for _ in case.image.matches(pattern))
    if limit is None:
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if case.who.is_self else SERVICE_FILES
        if case.running is not None:
            limit = limit_of(case.running.pid) or limit
    if limit != resource.RLIM_INFINITY and limit < wanted:
        return warn("open_files", "doctor.few_files", limit=limit, wanted=wanted)
    return ok("open_files", say("doctor.files_enough", limit=limit, wanted=wanted))


def inotify(case: Case, folder: Path = _INOTIFY, processes: Path = Path("/proc")) -> Iterator[Check]:
    """Compare the folders to watch, and the sources that watch, with what the kernel grants a user."""
    sources = [source for source in case.config.sources if kind_of(source) in READING_KINDS]
    if not sources:
        return
    try:
        watches, instances = (
            int((folder / f"max_user_{name}").read_text("ascii")) for name in ("watches", "instances")
        )
    except (OSError, ValueError):
        yield error("inotify", "cli.doctor.no_inotify")
        return
    wanted = sum(
        _folders(path, deep=kind_of(source) in FOLDER_KINDS) for source in sources for path in _bases(case, source)
    )
    used = _instances_of(case.who.uid, processes)
    if wanted > watches:
        yield warn("inotify", "doctor.few_watches", wanted=wanted, limit=watches, set=_power_above(wanted * 2))
    if case.running is None and used + len(sources) > instances:
        yield warn("inotify", "doctor.few_instances", used=used, wanted=len(sources), limit=instances)
    if wanted <= watches and (case.running is not None or used + len(sources) <= instances):
        yield ok("inotify", say("doctor.inotify", wanted=wanted, watches=watches, used=used, instances=instances))


def _bases(case: Case, source: Source) -> Iterator[str]:
    from collectors.globs import Pattern

    for pattern in case.patterns(source):
        yield pattern if kind_of(source) in FOLDER_KINDS else Pattern(pattern).base


def _folders(path: str, *, deep: bool) -> int:
    """Count a folder with those below it, up to a bound."""
    if not os.path.isdir(path):  # noqa: PTH112 - a path may hold any bytes
        return 0
    if not deep:
        return 1
    count = 0
    for _ in os.walk(path):
        count += 1
        if count >= _COUNT_CAP:
            break
    return count


def _instances_of(uid: int, processes: Path) -> int:
    """Count the inotify instances that processes of a user hold, as far as they can be looked into."""
    count = 0
    for process in processes.iterdir():
        if not process.name.isdecimal():
            continue
        try:
            if process.stat().st_uid != uid:
                continue
            count += sum(1 for entry in (process / "fd").iterdir() if "anon_inode:inotify" in str(entry.readlink()))
        except OSError:
            continue
    return count


def limit_of(pid: int) -> int | None:
    """Give how many files a running process may have open (proc_pid_limits(5))."""
    try:
        text = Path(f"/proc/{pid}/limits").read_text("ascii")
    except OSError:
        return None
    line = next((line for line in text.splitlines() if line.startswith("Max open files")), "")
    soft = line.split()[3] if line else ""
    return int(soft) if soft.isdecimal() else None


def _power_above(number: int) -> int:
    return 1 << max(16, (number - 1).bit_length())
