"""Times of logs: a source that names the wrong zone, or none, puts its events hours away from where they belong."""

import os
from collections.abc import Iterator

from soc_agent.cli.content import own_decoders
from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.check import Check, ok, warn
from soc_agent.config import FileSource, host_zone, zone_of
from soc_agent.decode import Decoders, guess_type
from soc_agent.decode.context import Context
from soc_agent.text import make_safe

_TAIL_BYTES = 65_536
_FILES = 20
"""So many files of a source are looked at."""
_STEP_S = 1800
"""Zones differ by multiples of this."""
_NEAR_S = 120
"""The last line of a log that is written to is hardly older than the file's last change."""
_MOST_S = 14 * 3600


def zones(case: Case) -> Iterator[Check]:
    """Compare the time of the last line of each log with when the file was last written."""
    from collectors.globs import Globs

    decoders = own_decoders(case.config, case.folder)
    here = host_zone()
    fine = []
    for source in case.config.sources:
        if not isinstance(source, FileSource):
            continue
        off = 0
        for path in sorted(Globs(case.patterns(source), source.exclude).scan().files)[:_FILES]:
            off = _offset_s(path, source, decoders)
            if off:
                zone = source.timezone or str(here)
                values = {"source": source.name, "path": make_safe(path), "hours": f"{off / 3600:+g}", "zone": zone}
                yield warn("zone", "doctor.zone_off", **values)
                break
        if not off:
            fine.append(source.name)
    if str(here) != case.config.timezone and any(
        isinstance(source, FileSource) and not source.timezone for source in case.config.sources
    ):
        yield warn("zone", "doctor.zones_differ", host=str(here), config=case.config.timezone)
    elif fine:
        yield ok("zone", ", ".join(fine))


def _offset_s(path: str, source: FileSource, decoders: Decoders) -> int:
    """Give by how many seconds the times in a log are off, where that is a whole number of half hours; else 0."""
    try:
        with open(path, "rb") as log:  # noqa: PTH123 - a path may hold any bytes
            info = os.fstat(log.fileno())
            log.seek(max(0, info.st_size - _TAIL_BYTES))
            data = log.read(_TAIL_BYTES)
    except OSError:
        return 0
    lines = data.splitlines()[-5:]
    if not lines:
        return 0
    kind = guess_type(data) if source.type == "auto" else source.type
    context = Context(source.name, kind, zone_of(source.timezone), info.st_mtime_ns)
    events = [decoders.decode(line, context) for line in lines if line.strip()]
    times = [event.time_ns for event in events if event.decoded and event.time_ns != info.st_mtime_ns]
    if not times:
        return 0
    off_s = (max(times) - info.st_mtime_ns) / 1e9
    steps = round(off_s / _STEP_S)
    is_zone = steps and abs(off_s - steps * _STEP_S) < _NEAR_S and abs(off_s) <= _MOST_S
    return steps * _STEP_S if is_zone else 0
