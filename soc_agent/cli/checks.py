"""The checks of ``soc-agent doctor``: each looks at one thing and says how it is and what to do."""

import ctypes
import ctypes.util
import errno
import glob
import os
import platform
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from soc_agent.cli.build import Builder
from soc_agent.cli.listening import door_text
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, ListenerSource, PacketSource, Source, WatchSource
from soc_agent.enrich import review
from soc_agent.errors import SocAgentError
from soc_agent.model import Problem, Where
from soc_agent.text import make_safe, say

FREE_BYTES = 1 << 30
"""Less free space than this under the store is worth a word."""
WATCHES = 65_536
"""Fewer inotify watches than this do not cover a web server's folders (inotify(7), max_user_watches)."""


NESTED_SHOWN = 5
"""Networks within networks that are named."""


class Verdict(IntEnum):
    """How a check ended, worst last."""

    OK = 0
    ATTENTION = 1
    MISSING = 2


class Check(Struct, frozen=True):
    """One thing that was looked at. ``cli.doctor.<name>`` in the catalogues is what it is called."""

    name: str
    verdict: Verdict
    detail: str = ""
    problem: Problem | None = None


def check_all(workspace: Workspace) -> Iterator[Check]:
    """Look at the program, then at what the configuration asks for."""
    yield Check("python", Verdict.OK, f"{platform.python_version()} ({sys.executable})")
    yield _prefilter()
    try:
        config = workspace.config
    except SocAgentError as error:
        yield Check("config", Verdict.MISSING, problem=error.problem)
        return
    yield Check("config", Verdict.OK, str(workspace.config_path))
    yield _store(workspace.store_path)
    yield _clock()
    if any(isinstance(source, PacketSource) and source.interface for source in config.sources):
        yield from _capture()
    if any(isinstance(source, WatchSource) for source in config.sources):
        yield _inotify()
    folder = workspace.config_path.resolve().parent
    builder = Builder(config, folder)
    yield from _enrichment(config, folder)
    yield from _rules(builder)
    yield from _sources(config, builder, folder)


def _prefilter() -> Check:
    if find_spec("hyperscan"):
        return Check("prefilter", Verdict.OK, "hyperscan")
    return Check("prefilter", Verdict.ATTENTION, problem=Problem("cli.doctor.no_hyperscan"))


def _store(path: Path) -> Check:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(path if path.exists() else folder, os.W_OK):
        values = {"reason": os.strerror(errno.EACCES)}
        return Check("store", Verdict.MISSING, problem=Problem("cli.unwritable", Where(str(path)), values))
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        problem = Problem("cli.doctor.little_space", Where(str(folder)), {"free": free // 1_000_000})
        return Check("store", Verdict.ATTENTION, problem=problem)
    return Check("store", Verdict.OK, say("cli.doctor.free", path=path, free=free // 1_000_000_000))


def _clock() -> Check:
    """Ask the kernel whether something keeps its clock (adjtimex(2): TIME_ERROR means unsynchronised)."""
    library = ctypes.CDLL(None, use_errno=True)
    timex = ctypes.create_string_buffer(512)
    state = library.adjtimex(timex) if hasattr(library, "adjtimex") else -1
    if state in (-1, 5):
        return Check("clock", Verdict.ATTENTION, problem=Problem("cli.doctor.no_ntp"))
    return Check("clock", Verdict.OK, say("cli.doctor.clock_kept"))


def _capture() -> Iterator[Check]:
    if ctypes.util.find_library("pcap"):
        yield Check("libpcap", Verdict.OK, ctypes.util.find_library("pcap") or "")
    else:
        yield Check("libpcap", Verdict.MISSING, problem=Problem("cli.doctor.no_libpcap"))
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except PermissionError:
        yield Check("net_raw", Verdict.MISSING, problem=Problem("cli.doctor.no_net_raw"))
    else:
        yield Check("net_raw", Verdict.OK, "CAP_NET_RAW")


def _inotify() -> Check:
    try:
        watches = int(Path("/proc/sys/fs/inotify/max_user_watches").read_text("ascii"))
    except (OSError, ValueError):
        return Check("inotify", Verdict.MISSING, problem=Problem("cli.doctor.no_inotify"))
    if watches < WATCHES:
        return Check("inotify", Verdict.ATTENTION, problem=Problem("cli.doctor.few_watches", values={"count": watches}))
    return Check("inotify", Verdict.OK, str(watches))


def _enrichment(config: Config, folder: Path) -> Iterator[Check]:
    """Look over networks, register and address databases, as far as there are any."""
    found = review(config, folder, time.time())
    if config.networks or config.assets:
        told = [say("enrich.review.counted", networks=len(config.networks), assets=len(config.assets))]
        if found.public:
            told.append(say("enrich.review.public", ranges=", ".join(found.public)))
        told += [say("enrich.review.nested", inner=inner, outer=outer) for inner, outer in found.nested[:NESTED_SHOWN]]
        yield Check("networks", Verdict.OK, "; ".join(told))
    for problem in found.problems:
        yield Check("networks", Verdict.ATTENTION, problem=problem)
    for path, about, wrong in found.databases:
        if wrong is not None:
            yield Check("databases", Verdict.ATTENTION if about else Verdict.MISSING, problem=wrong)
        elif about is not None:
            date = datetime.fromtimestamp(about.built_s, UTC).date().isoformat()
            detail = say("enrich.review.database", path=path, kind=about.kind, date=date)
            yield Check("databases", Verdict.OK, make_safe(detail))


def _rules(builder: Builder) -> Iterator[Check]:
    try:
        loaded = builder.load()
    except SocAgentError as error:
        yield Check("rules", Verdict.MISSING, problem=error.problem)
        return
    yield Check("rules", Verdict.OK, str(len(loaded.rules)))
    for problem in loaded.problems:
        yield Check("rules", Verdict.ATTENTION, problem=problem)


def _sources(config: Config, builder: Builder, folder: Path) -> Iterator[Check]:
    for source in config.sources:
        missing = builder.collector(source).missing()
        if missing is not None:
            yield Check("source", Verdict.MISSING, problem=missing)
        elif isinstance(source, ListenerSource):
            yield Check("source", Verdict.OK, f"{source.name}: {', '.join(map(door_text, source.listen))}")
        elif paths := getattr(source, "paths", ()):
            yield _paths(source, [str(folder / path) for path in paths])
        else:
            yield Check("source", Verdict.OK, f"{source.name}: {getattr(source, 'interface', '')}")


def _paths(source: Source, patterns: list[str]) -> Check:
    """Look whether there is anything to read, and whether it may be read."""
    found = [path for pattern in patterns for path in glob.iglob(pattern, recursive=True)]  # noqa: PTH207 - absolute
    if not found:
        is_folder = isinstance(source, WatchSource)
        values = {"path": make_safe(", ".join(patterns)), "source": source.name}
        problem = Problem("watch.missing_folder" if is_folder else "tail.nothing_there", values=values)
        return Check("source", Verdict.ATTENTION, problem=problem)
    closed = next((path for path in found if not os.access(path, os.R_OK)), None)
    if closed is not None:
        values = {"path": make_safe(closed), "reason": os.strerror(errno.EACCES), "source": source.name}
        return Check("source", Verdict.MISSING, problem=Problem("tail.unreadable", values=values))
    return Check(
        "source", Verdict.OK, f"{source.name}: {make_safe(' '.join(found[:3]))}{' …' if len(found) > 3 else ''}"
    )
