"""How right the clock is, as the time service says that keeps it; the kernel's own word where none answers.

Some services discipline the clock without telling the kernel how far off it is (chrony), or that it is kept at all
(chrony without ``rtcsync``, OpenNTPD, tools of a hypervisor).
"""

import re
import shutil
import subprocess

from soc_agent.hostclock import HostClock, host_clock

_WAIT_S = 3
_NTPQ = re.compile(r"\b(offset|rootdelay|rootdisp|stratum|leap)=([-+.\w]+)")


def known_clock() -> HostClock | None:
    """Ask chronyd, ntpd, OpenNTPD, then the kernel; None where nobody answers."""
    for words, read in _SERVICES:
        if (text := _ask(words)) and (found := read(text)) is not None:
            return found
    return host_clock()


def _ask(words: tuple[str, ...]) -> str:
    """Run a program; nothing where it is not there, or says that its service does not run."""
    program = shutil.which(words[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, *words[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WAIT_S,
            check=False,
            env={"LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def read_chrony(text: str) -> HostClock | None:
    """Read what ``chronyc -n -c tracking`` says (chronyc(1)): seconds, the offset in the fifth column."""
    parts = text.strip().split(",")
    if len(parts) < 14:
        return None
    try:
        offset_s, delay_s, dispersion_s = float(parts[4]), float(parts[10]), float(parts[11])
    except ValueError:
        return None
    is_kept = parts[13].strip().lower() != "not synchronised" and parts[2] not in ("", "0", "16")
    return HostClock(is_kept, offset_s * 1e3, (abs(offset_s) + dispersion_s + delay_s / 2) * 1e3)


def read_ntpq(text: str) -> HostClock | None:
    """Read what ``ntpq -c rv`` says (ntpq(8)): milliseconds; stratum 16 keeps no time."""
    found = dict(_NTPQ.findall(text))
    try:
        offset, stratum = float(found["offset"]), int(found["stratum"])
        error = abs(offset) + float(found.get("rootdisp", 0)) + float(found.get("rootdelay", 0)) / 2
    except (KeyError, ValueError):
        return None
    return HostClock(stratum < 16, offset, error)


def read_openntpd(text: str) -> HostClock | None:
    """Read what ``ntpctl -s status`` says (ntpctl(8)): whether the clock is kept, and by how much it is off if not."""
    if "clock" not in text:
        return None
    off = re.search(r"clock offset is ([-+]?[\d.]{1,20})ms", text)
    try:
        offset = float(off[1]) if off else 0.0
    except ValueError:
        offset = 0.0
    return HostClock("clock synced" in text, offset, abs(offset))


_SERVICES = (
    (("chronyc", "-n", "-c", "tracking"), read_chrony),
    (("ntpq", "-n", "-c", "rv"), read_ntpq),
    (("ntpctl", "-s", "status"), read_openntpd),
)
