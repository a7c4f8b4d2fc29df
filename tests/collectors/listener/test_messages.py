"""What the receiving process and the agent tell each other arrives whole and in order."""

import os
from pathlib import Path

from collectors.listener.messages import Inflow, Outflow, Setup, Told, decode_setup, encode
from soc_agent.model import Problem
from tests.collectors.listener.listening import door, source

TOLD = Told("ab", 1, 2, {"spool": 3}, {"limited": (4, "192.0.2.1", 3, "")}, (Problem("listener.spool_full"),))


def test_a_setup_is_read_as_it_was_written(tmp_path: Path) -> None:
    setup = Setup(source(tmp_path, door("udp"), door("tcp")), (4, 5), 6, ("ab", 77))
    assert decode_setup(encode(setup)) == setup


def is_free(outflow: Outflow) -> bool:
    return outflow.free


def test_messages_pass_a_full_pipe_whole_and_in_order() -> None:
    there, here = os.pipe()
    os.set_blocking(there, False)
    outflow, inflow = Outflow(here), Inflow(there)
    sent = 0
    while is_free(outflow):
        outflow.put(TOLD)
        sent += 1
    got = 0
    while got < sent:
        told = inflow.take()
        assert all(message == TOLD for message in told)
        got += len(told)
        outflow.push()
    assert is_free(outflow)
    os.close(here)
    assert inflow.take() == []
    assert inflow.ended
    os.close(there)
