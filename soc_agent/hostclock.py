"""Whether the clock of this host is kept by a time service, as the kernel says (adjtimex(2))."""

import ctypes
import os

from msgspec import Struct

_STA_UNSYNC = 0x0040
_STA_NANO = 0x2000
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """``struct timex`` of ``<sys/timex.h>``, as far as it is looked at; the kernel fills 208 bytes on 64 bits."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


class HostClock(Struct, frozen=True):
    """What the kernel says of its clock."""

    is_kept: bool
    """Whether a time service disciplines it."""
    offset_ms: float
    """What is still to be corrected, in milliseconds."""
    error_ms: float
    """Largest error that the kernel estimates, in milliseconds."""


def host_clock() -> HostClock | None:
    """Ask the kernel; None where it does not answer (not Linux, or forbidden by a filter of system calls)."""
    try:
        adjtimex = ctypes.CDLL(None, use_errno=True).adjtimex
    except (OSError, AttributeError):
        return None
    answer = _Timex(modes=0)
    state = adjtimex(ctypes.byref(answer))
    if state < 0 or os.name != "posix":
        return None
    unit_ms = 1e-6 if answer.status & _STA_NANO else 1e-3
    is_kept = state != _TIME_ERROR and not answer.status & _STA_UNSYNC
    return HostClock(is_kept, answer.offset * unit_ms, answer.maxerror * 1e-3)
