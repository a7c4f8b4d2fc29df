"""Lines that are a Windows event as XML.

So write wevtutil, exports of Windows Event Forwarding, Splunk's ``renderXml``, NXLog, and Sysmon for Linux.
"""

import re

from soc_agent.decode import windows
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.jsonlines import host_in, time_in
from soc_agent.decode.windows.xmltree import read_event
from soc_agent.model import LogSource

TYPE = "eventxml"
"""The type of such lines."""
_BEGIN = re.compile(r"(?:<\?xml[^>]{0,100}\?>\s*)?<Event[\s>]")
_ANY_SOURCE = LogSource()
_WINDOWS = LogSource("", "windows", "")


def is_event_xml(text: str) -> bool:
    """Say whether a line begins like an event, perhaps behind a declaration of XML."""
    return _BEGIN.match(text) is not None


def decode_event_xml(text: str, context: Context) -> Parsed | None:
    """Decode a line that holds one event; what stands before and behind it is left out."""
    tree = read_event(text)
    parsed = None if tree is None else windows.decode_tree(tree, text, context)
    if parsed is None:
        return None
    if parsed.time_ns is None:
        parsed.time_ns = time_in(parsed.fields, context)
    parsed.host = parsed.host or host_in(parsed.fields)
    return parsed


EVENT_XML = LineType(
    TYPE,
    decode_event_xml,
    windows.LOG_SOURCES,
    derived=windows.DERIVED,
    literals=windows.literals_of_sources() | {_WINDOWS: frozenset({"eventid"})},
    undecoded=(_ANY_SOURCE,),
)
