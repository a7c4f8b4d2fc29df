"""Windows events as lines of text: those of Snare, of the agents of OSSEC and QRadar, of Splunk's inputs, of EvtSys.

Each names log, number, provider and host in a head of its own, and then the message of the event.
"""

import re
from typing import Any

from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.windows.events import decode_parts
from soc_agent.decode.windows.routing import DERIVED, LOG_SOURCES, WINDOWS, literals_of_sources

NAME = "windows_text"
"""The type of such lines."""
_PART = r"[^\t;]*"
_SNARE = re.compile(
    rf"MSWinEventLog([\t;])[0-9]\1({_PART})\1[0-9]*\1{_PART}\1([0-9]{{1,5}})\1({_PART})\1{_PART}\1{_PART}\1{_PART}\1({_PART})\1"
    rf"{_PART}\1{_PART}\1(.*?)(?:\1[0-9]{{0,10}})?\s*$",
    re.DOTALL,
)
_OSSEC = re.compile(
    r"WinEvtLog: ([^:]{1,100}): [A-Z_]{3,20}\(([0-9]{1,5})\): ([^:]{1,100}): [^:]{0,200}: [^:]{0,200}: "
    r"([^:]{1,200}): (.*)",
    re.DOTALL,
)
_EVTSYS = re.compile(r"([0-9]{4,5}): AUDIT_(?:FAILURE|SUCCESS) (.*)", re.DOTALL)
_QRADAR = re.compile(r"(\w{2,40})=([^\t]*)")
_SPLUNK = re.compile(
    r"LogName=(\S[^=]{0,100}?)\s+(?:SourceName=.{0,200}?\s+)?EventCode=([0-9]{1,5})\s(?:.{0,400}?\s)?ComputerName=(\S+)\s.{0,800}?"
    r"Message=(.*)",
    re.DOTALL,
)
_HEADS = frozenset(
    {"mswineventlog", "winevtlog", "audit_failure", "audit_success", "agentdevice=windowslog", "logname="}
)
"""One of these stands in every such line."""
_PROVIDERS = {"Security": "Microsoft-Windows-Security-Auditing"}
_CLEARED = ("1102", "104")


def decode_text(text: str, context: Context) -> Parsed | None:
    """Decode what follows the head of syslog; None where it is written otherwise."""
    if "#011" in text:
        text = text.replace("#011", "\t").replace("#015", "\r").replace("#012", "\n")
    system = _head(text)
    if system is None:
        return None
    message = system.pop("Message")
    return decode_parts(system, {"Message": message}, text, context)


def _head(text: str) -> dict[str, Any] | None:
    if found := _SNARE.search(text):
        _, channel, number, provider, host, message = found.groups()
        return _system(channel, number, provider, host, message)
    if found := _OSSEC.search(text):
        channel, number, provider, host, message = found.groups()
        return _system(channel, number, provider, host, message)
    if (found := _EVTSYS.match(text)) and "security" in text.lower():
        return _system("Security", found[1], "", "", found[2])
    if "AgentDevice=WindowsLog" in text:
        pairs = dict(_QRADAR.findall(text))
        if (number := pairs.get("EventID", "")).isdecimal():
            values = (pairs.get(name, "") for name in ("Source", "Computer", "Message"))
            return _system(pairs.get("AgentLogFile", ""), number, *values)
    elif found := _SPLUNK.search(text):
        channel, number, host, message = found.groups()
        return _system(channel, number, "", host, message)
    return None


def _system(channel: str, number: str, provider: str, host: str, message: str) -> dict[str, Any]:
    if not provider or " " in provider:
        provider = "Microsoft-Windows-Eventlog" if number in _CLEARED else _PROVIDERS.get(channel, provider)
    parts = {
        "EventID": int(number),
        "Channel": channel,
        "Provider_Name": provider,
        "Computer": host,
        "Message": message,
    }
    return {name: value for name, value in parts.items() if value != ""} | {"Message": message}


WINDOWS_TEXT = LineType(
    NAME, decode_text, LOG_SOURCES, derived=DERIVED, literals=literals_of_sources() | {WINDOWS: _HEADS}
)
