"""Lines of no known type: text, and a time where one stands near the front."""

from soc_agent.decode import times
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.model import LogSource

_SOURCES = (LogSource(),)
_BEFORE = " \t[({<"
_AFTER = " \t])}>|:,;-"


def decode_plain(text: str, context: Context) -> Parsed:
    """Find the time of a line. It counts as not decoded, unless a data-driven decoder takes it.

    These are matched against what follows the time, when it stands at the very front, else against the whole line.
    """
    found = times.find_time(text, context.timezone, context.received_ns)
    if found is None:
        return Parsed("plain", _SOURCES, {}, subject=text.strip(), decoded=False)
    time_ns, start, end = found
    leads = not text[:start].strip(_BEFORE)
    subject = text[end:].lstrip(_AFTER) if leads else text
    return Parsed("plain", _SOURCES, {}, time_ns, subject=subject.strip(), decoded=False)


PLAIN = LineType("plain", decode_plain, frozenset(_SOURCES))
