"""A desk that answers what it was told to, and remembers what it was asked."""

from soc_agent.model import Explanation, LogSource, Problem, RuleInfo
from soc_agent.model.judging import Judged, Judgement, LogLine
from tests.text.test_explanation import RULE
from tests.tui.stage import BRUTE, INJECTION, SUDO, USERADD

LINES = tuple(
    LogLine(f"Nov 21 03:0{n}:00 web01 sshd[{n}]: Accepted publickey for lan".encode(), "auth", "/var/log/auth.log", n)
    for n in range(1, 10)
)
JUDGED = Judged(
    "syslog",
    "sshd",
    decoded=True,
    has=(LogSource(product="linux", service="sshd"),),
    rules=(
        Judgement(BRUTE, matches=True, applies=True, held=2),
        Judgement(SUDO, matches=False, applies=True, held=2, lacking=1),
        Judgement(USERADD, matches=False, applies=True, lacking=1),
        Judgement(INJECTION, matches=False, applies=False),
    ),
)


class Desk:
    """Answers as it was told to."""

    def __init__(
        self,
        explanation: Explanation | Problem = RULE,
        judged: Judged | Problem = JUDGED,
        lines: tuple[LogLine, ...] | Problem = LINES,
    ) -> None:
        self._explanation = explanation
        self._judged = judged
        self._lines = lines
        self.read: list[str] = []
        self.judged: list[LogLine] = []
        self.explained: list[tuple[str, LogLine]] = []

    def lines(self, source: str) -> tuple[LogLine, ...] | Problem:
        self.read.append(source)
        return self._lines

    def judge(self, line: LogLine) -> Judged | Problem:
        self.judged.append(line)
        return self._judged

    def explain(self, rule_id: str, line: LogLine, title: str) -> Explanation | Problem:
        del title
        self.explained.append((rule_id, line))
        return self._explanation


def rule_named(title: str) -> RuleInfo:
    return RuleInfo(f"id of {title}", title)
