"""What a process that reads hostile files may no longer do: open, run, talk, or grow beyond bounds.

Each step is taken where the kernel permits it; :func:`confine` says which were. Linux on x86-64 and arm64 have the
system call filter (seccomp(2)); elsewhere the limits alone hold.
"""

import contextlib
import ctypes
import os
import platform
import resource
from struct import pack

from soc_agent.privileges import give_up

MEMORY_BYTES = 2 * 1024**3
"""Address space that the process may have (RLIMIT_AS)."""
_NOBODY = 65_534
_PR_SET_SECCOMP = 22
_CLONE_NEWNET = 0x4000_0000
_ERRNO_EPERM = 0x0005_0001
_ALLOW = 0x7FFF_0000
_WRITING = 0o103
"""``O_WRONLY | O_RDWR | O_CREAT``."""
_LD_WORD, _JUMP_EQ, _JUMP_SET, _JUMP_GE, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_MACHINES: dict[str, tuple[int, dict[int, int], tuple[int, ...]]] = {
    # audit number of the machine; calls that open, with the place of their flags; calls that are refused
    # (asm/unistd.h): socket … listen, socketpair, clone, fork, vfork, execve, kill, truncate, rename, mkdir, rmdir,
    # creat, link, unlink, symlink, chmod, chown, ptrace, mount, and their newer forms; clone3, bpf, io_uring …
    "x86_64": (
        0xC000_003E,
        {2: 1, 257: 2},
        (
            *(41, 42, 43, 49, 50, 53, 56, 57, 58, 59, 62, 76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 101),
            *(165, 166, 175, 258, 259, 260, 263, 264, 265, 266, 268, 272, 288, 298, 304, 308, 310, 311, 313, 316),
            *(319, 321, 322, 323, 425, 435, 437),
        ),
    ),
    "aarch64": (
        0xC000_00B7,
        {56: 2},
        (
            *(33, 34, 35, 36, 37, 38, 39, 40, 45, 46, 52, 53, 54, 55, 97, 105, 117, 129, 198, 199, 200, 201, 202, 203),
            *(220, 221, 241, 242, 265, 268, 270, 271, 273, 276, 279, 280, 281, 282, 425, 435, 437),
        ),
    ),
}


def confine(memory_bytes: int = MEMORY_BYTES) -> list[str]:
    """Give up what scanning does not need; gives the names of the steps that the kernel permitted.

    Open files stay open. To be called once, before the first file, when all modules are loaded.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    taken = []
    for name, limit, value in (
        ("memory", resource.RLIMIT_AS, memory_bytes),
        ("core", resource.RLIMIT_CORE, 0),
        ("files", resource.RLIMIT_NOFILE, 64),
        ("writes", resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(limit, (value, value))
            taken.append(name)
    if libc.unshare(_CLONE_NEWNET) == 0:
        taken.append("network")
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
            taken.append("user")
    if give_up():
        taken.append("privileges")
    if _filter_calls(libc):
        taken.append("calls")
    return taken


def limit_cpu(seconds: int) -> None:
    """Let the process be ended by the kernel when it computes for so many seconds more (RLIMIT_CPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _filter_calls(libc: ctypes.CDLL) -> bool:
    known = _MACHINES.get(platform.machine())
    if known is None:
        return False
    program = _program(*known)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    filter_ = Program(len(program) // 8, program)
    return bool(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(filter_), 0, 0) == 0)


def _program(machine: int, opening: dict[int, int], refused: tuple[int, ...]) -> bytes:
    """Give the filter in classic BPF: refused calls and opening for writing fail with EPERM, all else goes on."""
    steps = [
        (_LD_WORD, 0, 0, 4),  # the machine of the call: another one's numbers mean other things
        (_JUMP_EQ, 1, 0, machine),
        (_RETURN, 0, 0, _ERRNO_EPERM),
        (_LD_WORD, 0, 0, 0),  # its number
        (_JUMP_GE, 0, 1, 0x4000_0000),  # the x32 way of calling
        (_RETURN, 0, 0, _ERRNO_EPERM),
    ]
    for number in refused:
        steps += [(_JUMP_EQ, 0, 1, number), (_RETURN, 0, 0, _ERRNO_EPERM)]
    for number, place in opening.items():
        steps += [
            (_JUMP_EQ, 0, 4, number),
            (_LD_WORD, 0, 0, 16 + 8 * place),
            (_JUMP_SET, 0, 1, _WRITING),
            (_RETURN, 0, 0, _ERRNO_EPERM),
            (_RETURN, 0, 0, _ALLOW),
        ]
    steps.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(pack("<HBBI", *step) for step in steps)
