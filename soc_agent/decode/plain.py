"""Lines of no known type: text, and a time where one stands near the front."""

import re

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

_SOURCES = (LogSource(),)
_BEFORE = " \t[({<"
_AFTER = " \t])}>|:,;-"
_PID_CAP = 10
_STREAM = re.compile(r"(?:stdout|stderr) [FP] ")
"""What the runtime of a container writes between the time and what the program wrote (Kubernetes, CRI)."""
_MESSAGE = "MESSAGE="
"""How ``journalctl -o export`` gives the message of an entry: a line of its own."""


def decode_plain(text: str, context: Context) -> Parsed:
    """Find the time of a line. It counts as not decoded, unless a data-driven decoder takes it.

    These are matched against what follows the time, when it stands at the very front, else against the whole line.
    """
    text = text.removeprefix(_MESSAGE)
    found = times.find_time(text, context.timezone, context.received_ns)
    if found is None:
        return Parsed("plain", _SOURCES, {}, subject=text.strip(), decoded=False)
    time_ns, start, end = found
    before = text[:start].strip(_BEFORE)
    leads = not before or (before.isdecimal() and len(before) <= _PID_CAP)  # Windows' sshd.log begins with its pid
    subject = text[end:].lstrip(_AFTER) if leads else text
    if stream := _STREAM.match(subject):
        subject = subject[stream.end() :]
    return Parsed("plain", _SOURCES, {}, time_ns, subject=subject.strip(), decoded=False)


PLAIN = LineType("plain", decode_plain, frozenset(_SOURCES))
