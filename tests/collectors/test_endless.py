from collectors.endless import Endless
from soc_agent.model import Problem


def test_it_has_a_name_never_ends_and_says_what_is_wrong() -> None:
    class Source(Endless):
        def fail(self) -> None:
            self._reports.report("a", Problem("host.no_root"))

    source = Source("log", lambda: 0.0)
    assert (source.name, source.finished, source.problems()) == ("log", False, [])
    source.fail()
    assert [problem.code for problem in source.problems()] == ["host.no_root"]
