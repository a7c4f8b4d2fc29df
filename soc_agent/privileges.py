"""Giving up rights for good (capabilities(7), capset(2), prctl(2)), by the C library alone. Elsewhere nothing happens.

A process that takes hostile input opens what it needs and gives the rest away: what then goes wrong in it has the
rights of an ordinary user. A right is a thread's own: to be called before there is a second one.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from struct import pack, unpack

DAC_OVERRIDE, READ_SEARCH = 1, 2
"""Numbers of rights (linux/capability.h): to read and write, or to read alone, the files of others."""
Rights = tuple[int, ...]
LADDER: tuple[Rights, ...] = ((), (READ_SEARCH,), (DAC_OVERRIDE,))
"""What :func:`with_least` tries."""
_VERSION_3 = 0x2008_0522
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT, _CLEAR_ALL = 38, 47, 4


def give_up(kept: Rights = ()) -> bool:
    """Give up every right but these, of those that are there, for this thread and all that it starts; say whether.

    Programs with setuid or file capabilities give nothing back either (``no_new_privs``).
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_CAP_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    mask = _permitted() & _mask(kept)
    return _set(mask, mask) and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0


def with_least(attempt: Callable[[], None], ladder: tuple[Rights, ...] = LADDER) -> Rights:
    """Give up every right but those with which ``attempt`` succeeds: the first of ``ladder`` that will do.

    Root may do what it likes; without rights it may touch its own files alone, like anybody. So who runs this as root
    upon the files of a service keeps one right, and nobody else keeps any.

    :raises PermissionError: when nothing of ``ladder`` will do; what is not in its last entry is given up all the same.
    """
    there = _permitted() if sys.platform == "linux" else 0
    rungs = [rights for rights in ladder if not rights or there & _mask(rights)]
    kept: Rights = ()
    try:
        for kept in rungs:
            if there:
                _set(_mask(kept) & there, there)
            try:
                attempt()
            except PermissionError:
                if kept == rungs[-1]:
                    raise
            else:
                break
    finally:
        give_up(kept)
    return kept


def reach(read: Iterable[str | Path] = (), written: Iterable[Path] = ()) -> None:
    """Look whether files can be read and folders written to. What is not there is no matter of rights.

    :raises PermissionError: when one cannot.
    """
    for path in read:
        _touch(path, os.O_RDONLY | os.O_NONBLOCK)
    for folder in written:
        _touch(folder, os.O_WRONLY | getattr(os, "O_TMPFILE", os.O_DIRECTORY))


def _touch(path: str | Path, flags: int) -> None:
    try:
        os.close(os.open(path, flags | os.O_CLOEXEC, 0o600))
    except PermissionError:
        raise
    except OSError:  # missing, or a file system that makes no file without a name: whoever uses it says so
        return


def _mask(rights: Rights) -> int:
    return sum(1 << number for number in rights)


def _permitted() -> int:
    """Give the rights that this thread has, or could use at once."""
    found = ctypes.create_string_buffer(24)
    head = ctypes.create_string_buffer(pack("<Ii", _VERSION_3, 0))
    with suppress(AttributeError):
        ctypes.CDLL(None, use_errno=True).capget(head, found)
    _, low, _, _, high, _ = unpack("<6I", found.raw)
    return int(low | high << 32)


def _set(effective: int, permitted: int) -> bool:
    """Set what counts now and what may be taken; nothing passes on to other programs."""
    low, high = 0xFFFF_FFFF, 32
    data = pack("<6I", effective & low, permitted & low, 0, effective >> high, permitted >> high, 0)
    head = ctypes.create_string_buffer(pack("<Ii", _VERSION_3, 0))
    return bool(ctypes.CDLL(None, use_errno=True).capset(head, ctypes.create_string_buffer(data)) == 0)
