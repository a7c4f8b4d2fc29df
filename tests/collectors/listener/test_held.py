"""Counts that outlive the process that writes them."""

import os
import signal

from collectors.listener.held import Held


def test_what_a_killed_process_held_is_read_by_the_other() -> None:
    fd = Held.memory()
    ours = Held(fd)
    child = os.fork()
    if not child:
        held = Held(fd)
        held.counts[0] += 10
        held.waiting = 4
        held.keep()
        held.keep()
        held.tell(3)
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(fd)
    assert ours.left == 3


def test_it_is_never_less_than_none() -> None:
    """A process that ended between writing and counting is counted again by the next."""
    fd = Held.memory()
    held = Held(fd)
    os.close(fd)
    held.tell(1)
    assert held.left == 0
