import queue

import pytest

from collectors.portals.asking import GUISES, Askers, Task
from collectors.portals.connection import make_trust
from collectors.portals.references import Ref
from soc_agent.config import PortalPage, PortalSource
from tests.collectors.portals.server import LOOPBACK, anywhere, say, serving


def test_a_page_a_part_and_a_guise_are_asked_for_as_they_should() -> None:
    with serving(say("let a = 1")) as server:
        source = PortalSource(name="cong", pages=(PortalPage(name="a", url=server.url()),))
        askers = Askers(source, LOOPBACK, make_trust(), anywhere)
        askers.put(Task(0))
        assert askers.answer(10)[2] is None  # type: ignore[index]
        askers.put(Task(0, part=("a.js", Ref("script", server.url(path="/a.js")))))
        answer = askers.answer(10)
        assert answer is not None
        assert answer[2] is not None
        assert answer[2].size == 9
        askers.put(Task(0, guise="search visitor"))
        askers.answer(10)
        askers.wake()
        assert askers.answer(10) is None
        with pytest.raises(queue.Empty):
            askers.answer(0.01)
        askers.end()
        assert "Referer: https://www.google.com/\r\n" in server.requests[2]
        assert f"User-Agent: {GUISES['search visitor'][0]}\r\n" in server.requests[2]
        assert "Referer" not in server.requests[0]
