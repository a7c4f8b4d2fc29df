"""The checks of ``soc-agent doctor``: each looks at one thing and says how it is and what to do."""

import ctypes
import ctypes.util
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from enum import IntEnum
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from soc_agent.cli.build import Builder
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config, PacketSource, WatchSource
from soc_agent.errors import SocAgentError
from soc_agent.model import Problem, Where
from soc_agent.text import say

FREE_BYTES = 1 << 30
"""Less free space than this under the store is worth a word."""
WATCHES = 65_536
"""Fewer inotify watches than this do not cover a web server's folders (inotify(7), max_user_watches)."""


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
    builder = Builder(config, workspace.config_path.resolve().parent)
    yield from _rules(builder)
    yield from _sources(config, builder)


def _prefilter() -> Check:
    if find_spec("hyperscan"):
        return Check("prefilter", Verdict.OK, "hyperscan")
    return Check("prefilter", Verdict.ATTENTION, problem=Problem("cli.doctor.no_hyperscan"))


def _store(path: Path) -> Check:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(path if path.exists() else folder, os.W_OK):
        values = {"reason": os.strerror(13)}
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


def _rules(builder: Builder) -> Iterator[Check]:
    try:
        loaded = builder.load()
    except SocAgentError as error:
        yield Check("rules", Verdict.MISSING, problem=error.problem)
        return
    yield Check("rules", Verdict.OK, str(len(loaded.rules)))
    for problem in loaded.problems:
        yield Check("rules", Verdict.ATTENTION, problem=problem)


def _sources(config: Config, builder: Builder) -> Iterator[Check]:
    for source in config.sources:
        missing = builder.collector(source).missing()
        if missing is None:
            yield Check(
                "source", Verdict.OK, f"{source.name}: {getattr(source, 'interface', '') or ' '.join(source.paths)}"
            )
        else:
            yield Check("source", Verdict.MISSING, problem=missing)
