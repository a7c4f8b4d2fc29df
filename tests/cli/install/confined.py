"""Runs a program under the restrictions of a unit, as far as they can be had without systemd.

``python confined.py UNIT PROGRAM...`` as root: a mount namespace in which all is read-only but for what the unit names,
a network namespace where it asks for one, an ordinary user with the unit's capabilities and no others, and then the
filter of system calls, by libseccomp from the sets that systemd-analyze prints. Nothing of this module is the product.
"""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path

UID = 64_321
"""A number that nobody has."""
_EPERM = 1
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NEQ, _MASKED = 1, 7
_SET_MDWE, _REFUSE_EXEC_GAIN = 65, 1
_NEWNET, _NEWNS = 0x40000000, 0x00020000


class _Compare(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def directives(unit: Path) -> dict[str, list[str]]:
    """Give what a unit says, key to values in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def calls(words: str) -> set[str]:
    """Give the system calls of a filter line, sets among them expanded as systemd has them."""
    found: set[str] = set()
    for word in words.split():
        if not word.startswith("@"):
            found.add(word)
            continue
        said = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
        inside = [
            line.strip() for line in said.stdout.splitlines()[1:] if line.strip() and not line.lstrip().startswith("#")
        ]
        found |= calls(" ".join(inside))
    return found


def allowed(lines: list[str]) -> set[str]:
    """Add up the lines of ``SystemCallFilter=``, in their order (systemd.exec(5)); some calls are always there."""
    found = calls("@default")
    for line in lines:
        found = found - calls(line[1:]) if line.startswith("~") else found | calls(line)
    return found


def load_filter(names: set[str], families: list[str]) -> None:
    """Close every other system call, and every other kind of socket, for this process and its children."""
    import socket

    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    for function in ("seccomp_load", "seccomp_rule_add_array"):
        getattr(library, function).argtypes = None
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ERRNO | _EPERM)))
    for name in sorted(names):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number < 0:
            continue
        if name != "socket":
            assert library.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), number, 0, None) == 0, name
            continue
        for family in families:
            compare = _Compare(0, 4, getattr(socket, family), 0)
            assert (
                library.seccomp_rule_add_array(context, ctypes.c_uint32(_ALLOW), number, 1, ctypes.byref(compare)) == 0
            )
    assert library.seccomp_load(context) == 0


def close_files(unit: dict[str, list[str]], more: list[Path]) -> None:
    """Make everything read-only in a namespace of its own, but for what the unit names and ``more``."""
    libc = ctypes.CDLL(None, use_errno=True)
    wanted = _NEWNS | (_NEWNET if unit.get("PrivateNetwork") == ["yes"] else 0)
    assert libc.unshare(wanted) == 0, os.strerror(ctypes.get_errno())
    run("mount", "--make-rprivate", "/")
    open_the_way(Path(sys.executable).resolve())
    keep = [Path(word.strip('"')) for line in unit.get("ReadWritePaths", []) for word in line.split()] + more
    for path in keep:
        run("mount", "--bind", str(path), str(path))
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    for point in points:
        if not point.startswith(("/proc", "/sys", "/dev")) and Path(point) not in keep:
            subprocess.run(["mount", "-o", "remount,bind,ro", point], capture_output=True, check=False)


def open_the_way(program: Path) -> None:
    """Let everybody reach the interpreter, when it lies in somebody's home: elsewhere it would be installed in /opt."""
    home = next((folder for folder in reversed(program.parents) if not folder.stat().st_mode & 1), None)
    if home is None:
        return
    inside = program.relative_to(home).parts[0]
    run("mount", "--bind", str(home / inside), "/mnt")
    run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(home))
    (home / inside).mkdir()
    run("mount", "--move", "/mnt", str(home / inside))


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def main(unit_path: Path, program: list[str]) -> None:
    unit = directives(unit_path)
    if os.geteuid() == 0 and "--inside" not in program:
        names = ",".join(allowed(unit["SystemCallFilter"]))
        Path(f"{unit_path}.calls").write_text(names)
        close_files(unit, [])
        rights = ",".join("+" + name.removeprefix("CAP_").lower() for name in unit["AmbientCapabilities"][0].split())
        words = ["setpriv", f"--reuid={UID}", f"--regid={UID}", "--clear-groups", "--no-new-privs"]
        words += [
            f"--inh-caps=-all{',' if rights else ''}{rights}",
            f"--bounding-set=-all{',' if rights else ''}{rights}",
        ]
        words += [f"--ambient-caps=-all{',' if rights else ''}{rights}"]
        os.umask(0o007)
        os.execv(
            shutil.which("setpriv") or "", [*words, sys.executable, __file__, str(unit_path), "--inside", *program]
        )
    if unit.get("MemoryDenyWriteExecute") == ["yes"]:
        ctypes.CDLL(None).prctl(_SET_MDWE, _REFUSE_EXEC_GAIN, 0, 0, 0)
    load_filter(set(Path(f"{unit_path}.calls").read_text().split(",")), unit["RestrictAddressFamilies"][0].split())
    os.execv(program[1], program[1:])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
