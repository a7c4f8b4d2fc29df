"""What the kernel says of its clock."""

import subprocess
import sys

from soc_agent.hostclock import host_clock


def test_the_kernel_answers_or_nothing_is_claimed() -> None:
    clock = host_clock()
    assert clock is None or (clock.error_ms >= 0 and abs(clock.offset_ms) < 10**6)


def test_it_agrees_with_what_the_same_call_says_in_another_process() -> None:
    """The same question, asked by a program of its own through the bytes of the structure, not by our fields."""
    program = (
        "import ctypes, struct\n"
        "buffer = ctypes.create_string_buffer(512)\n"
        "state = ctypes.CDLL(None).adjtimex(buffer)\n"
        "status = struct.unpack_from('@IlllliI', buffer.raw)[5]\n"
        "print(state, status & 0x40)\n"
    )
    state, unsynchronised = map(int, subprocess.check_output([sys.executable, "-c", program]).split())
    clock = host_clock()
    assert (clock is None) == (state < 0)
    if clock is not None:
        assert clock.is_kept == (state != 5 and not unsynchronised)
