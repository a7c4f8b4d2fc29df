"""What the receiving process hears from the agent."""

import os
from pathlib import Path

import pytest

from collectors.listener.child import Control
from collectors.listener.messages import Setup, encode
from tests.collectors.listener.listening import door, source


def test_the_setup_comes_first_and_then_places(tmp_path: Path) -> None:
    setup = Setup(source(tmp_path, door("tcp")), (7,), 8, None)
    here, there = os.pipe()
    control = Control(here)
    line = encode(setup)
    os.write(there, line[:10])
    os.write(there, line[10:] + b"5\n1")
    assert control.setup() == setup
    os.write(there, b"7\n12\n")
    control.hear()
    assert (control.freed, control.stopping) == (17, False)
    control.hear()
    os.close(there)
    control.hear()
    assert control.stopping
    os.close(here)


def test_an_agent_that_is_gone_before_it_said_anything_is_noticed() -> None:
    here, there = os.pipe()
    os.close(there)
    with pytest.raises(EOFError):
        Control(here).setup()
    os.close(here)


def test_a_signal_asks_for_the_end() -> None:
    control = Control(0)
    control.stop(15, None)
    assert control.stopping
