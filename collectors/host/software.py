"""What is installed and started on a host: packages, services, timers, cron, kernel modules, the system itself."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache

from collectors.host.reading import RPM_CHANGED, RPM_FOLDERS, Root, Section, Unreadable

DPKG = "/var/lib/dpkg/status"
UNIT_FOLDERS = ("/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
CRON_FILES = ("/etc/crontab", "/etc/anacrontab")
CRON_FOLDERS = ("/etc/cron.d", "/var/spool/cron/crontabs", "/var/spool/cron")
CRON_SCRIPTS = ("/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly")
_RPM_S = 60


def packages(root: Root) -> Section:
    """Give the installed packages and their versions: of dpkg, else of rpm.

    :raises Unreadable: when there is a database that cannot be read.
    """
    text = root.text(DPKG)
    if text:
        return dict(_dpkg(text))
    if any(root.exists(path) for path in RPM_CHANGED):
        return _rpm(root)
    return {}


def _dpkg(text: str) -> Iterator[tuple[str, str]]:
    """Yield the installed packages of a status file (deb822(5))."""
    for paragraph in text.split("\n\n"):
        fields = {}
        for line in paragraph.splitlines():
            if line[:1] not in (" ", "\t", ""):
                name, _, value = line.partition(":")
                if name in ("Package", "Status", "Version", "Architecture"):
                    fields[name] = value.strip()
        if fields.get("Status", "").endswith(" installed") and "Package" in fields:
            name = fields["Package"]
            if fields.get("Architecture", "all") not in ("all", _NATIVE):
                name += f":{fields['Architecture']}"
            yield name, fields.get("Version", "")


_NATIVE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def _rpm(root: Root) -> Section:
    """Ask rpm(8): its database has no format that others may read."""
    program = shutil.which("rpm")
    if program is None:
        raise Unreadable(RPM_FOLDERS[0], "the program rpm is not installed")
    words = [program, "--root", os.path.abspath(root.path), "-qa", "--qf", r"%{NAME}.%{ARCH}\t%{EVR}\n"]  # noqa: PTH100
    try:
        done = subprocess.run(words, capture_output=True, text=True, errors="replace", timeout=_RPM_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unreadable(RPM_FOLDERS[0], str(error)) from error
    if done.returncode != 0:
        raise Unreadable(RPM_FOLDERS[0], done.stderr.strip()[:200])
    lines = (line.partition("\t") for line in done.stdout.splitlines())
    return {name: version for name, _, version in lines if version}


def services(root: Root) -> Section:
    """Give the units that systemd starts by itself, and what they run: services, timers, sockets, paths."""
    found: Section = {}
    for folder in UNIT_FOLDERS[:2]:
        for name in root.names(folder):
            if name.endswith((".wants", ".requires")):
                for unit in root.names(f"{folder}/{name}"):
                    found[unit] = _command(root, unit)
            elif name.endswith((".service", ".timer", ".socket", ".path")):
                target = root.at(f"{folder}/{name}")
                if os.path.islink(target) and os.readlink(target) == "/dev/null":  # noqa: PTH114, PTH115
                    found[name] = "masked"
                else:
                    found.setdefault(name, _command(root, name))
    return found


def _command(root: Root, unit: str) -> str:
    """Give what a unit runs, or when."""
    names = [unit]
    if "@" in unit:
        head, _, rest = unit.partition("@")
        names.append(f"{head}@.{rest.rpartition('.')[2]}")
    for folder in UNIT_FOLDERS:
        for name in names:
            text = root.text(f"{folder}/{name}")
            if text is not None:
                wanted = ("ExecStart", "OnCalendar", "OnBootSec", "OnUnitActiveSec", "ListenStream", "PathExists")
                parts = [line.strip() for line in text.splitlines() if line.partition("=")[0].strip() in wanted]
                return "; ".join(parts)[:500]
    return ""


def cron(root: Root) -> Section:
    """Give the jobs of cron: file and line, and the scripts of its daily folders.

    :raises Unreadable: when the tables of users may not be read.
    """
    found: Section = {}
    files = list(CRON_FILES)
    for folder in CRON_FOLDERS:
        # crontab(1) writes a new table under such a name first; cron(8) reads those of users
        files += [f"{folder}/{name}" for name in root.names(folder) if not name.startswith("tmp.")]
    for path in files:
        for line in root.lines(path)[:2_000]:
            found[f"{path}: {' '.join(line.split())[:500]}"] = ""
    for folder in CRON_SCRIPTS:
        for name in root.names(folder):
            if not name.startswith("."):
                found[f"{folder}/{name}"] = ""
    return found


def modules(root: Root) -> Section:
    """Give the kernel modules that are loaded: ``of the kernel`` where its own list names them (modules.dep(5))."""
    own = _own_modules(root)
    names = (line.split(" ", 1)[0] for line in root.lines("/proc/modules"))
    return {name: "of the kernel" if name in own else "" for name in names}


def _own_modules(root: Root) -> frozenset[str]:
    release = (root.text("/proc/sys/kernel/osrelease") or platform.release()).strip()
    path = f"/lib/modules/{release}/modules.dep"
    return _listed_modules(root, path, root.stamps([path]))


@lru_cache(maxsize=2)
def _listed_modules(root: Root, path: str, _: object) -> frozenset[str]:
    listed = (line.partition(":")[0] for line in root.lines(path))
    files = (name.rpartition("/")[2] for name in listed if name.startswith("kernel/"))
    return frozenset(file.partition(".")[0].replace("-", "_") for file in files)


def system(root: Root) -> Section:
    """Give what the system is: name, kernel, machine."""
    pairs = (line.partition("=") for line in root.lines("/etc/os-release"))
    named = {name: value.strip("\"'") for name, _, value in pairs}
    kernel = root.text("/proc/sys/kernel/osrelease") or platform.release()
    found = {"name": named.get("PRETTY_NAME", ""), "kernel": kernel.strip(), "machine": platform.machine()}
    found |= {"hostname": (root.text("/etc/hostname") or "").strip()}
    return {name: value for name, value in found.items() if value}
