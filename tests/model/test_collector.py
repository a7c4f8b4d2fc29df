"""Every collector keeps the promise that the agent relies on."""

import inspect

import pytest

from collectors.file_tail import FileTail
from collectors.file_watch import FileWatch
from collectors.packets import PacketCapture
from soc_agent.agent.inbox import Inbox
from soc_agent.model import Collector

PROMISED = [name for name in vars(Collector) if not name.startswith("_")]


@pytest.mark.parametrize("kind", [FileTail, FileWatch, PacketCapture, Inbox])
def test_a_collector_has_all_that_is_promised(kind: type) -> None:
    for name in PROMISED:
        promised, given = inspect.getattr_static(Collector, name), inspect.getattr_static(kind, name)
        if not isinstance(promised, property):
            assert list(inspect.signature(given).parameters) == list(inspect.signature(promised).parameters), name
