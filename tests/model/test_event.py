"""A rule's log source says which events it looks at."""

import pytest

from soc_agent.model import LogSource

SSHD = LogSource(product="linux", service="sshd")


@pytest.mark.parametrize(
    ("rule", "applies"),
    [
        (LogSource(), True),
        (LogSource(product="linux"), True),
        (LogSource(product="linux", service="sshd"), True),
        (LogSource(product="linux", service="cron"), False),
        (LogSource(product="windows"), False),
        (LogSource(category="webserver"), False),
    ],
)
def test_empty_parts_mean_any(rule: LogSource, applies: bool) -> None:
    assert rule.applies_to(SSHD) is applies
