"""Plain lists: one value a line, ``#`` before what people tell each other, hosts files too.

A comment may say what holds for the lines below it::

    # source: NCSC
    # tlp: amber
    # expires: 2027-06-30
    # level: critical
"""

import re
from collections.abc import Iterable
from functools import partial

from soc_agent.detect.indicators.feeds.intake import Intake

_SAYS = re.compile(r"[#;]\s*(source|tlp|expires|level|confidence)\s*[:=]\s*(.{1,200})", re.IGNORECASE)
_REMARK = re.compile(r"(?:^|\s)[#;].*$")
_HOSTS = re.compile(r"(?:0\.0\.0\.0|127\.0\.0\.1|::1?)\s+(\S+)")
_NOT_LISTED = frozenset({"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost"})
"""What every hosts file holds besides the list."""


def read_plain(lines: Iterable[tuple[int, str]], intake: Intake) -> None:
    """Read a plain list."""
    intake.report.format = "text"
    for number, text in lines:
        line = partial(int, number)
        if said := _SAYS.fullmatch(text.strip()):
            _set(intake, said[1].lower(), said[2].strip(), number)
            continue
        value = _REMARK.sub("", text).strip().strip("\"',")
        if found := _HOSTS.fullmatch(value):
            value = found[1]
            if value in _NOT_LISTED or value[0].isdigit():
                continue
        if value:
            intake.take(value, line)


def _set(intake: Intake, name: str, value: str, number: int) -> None:
    line = partial(int, number)
    if name == "expires":
        intake.expires_s = intake.expiry(value, line)
    else:
        intake.meta = intake.meta_of(line, **{name: value})
