"""Events as text have log, number, provider, host and data."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.context import Context
from soc_agent.decode.windows.texts import decode_text

CONTEXT = Context("a", "syslog", ZoneInfo("UTC"), 0)
MESSAGE = (
    "A user account was created. Subject: Security ID: S-1-5-21-1 Account Name: minh New Account: Account Name: lan"
)
SNARE = "MSWinEventLog\t1\tSecurity\t9\tMon Mar 02 08:14:07 2026\t4720\tMicrosoft-Windows-Security-Auditing"
SNARE += f"\tN/A\tN/A\tSuccess Audit\tdc01\tLogon\t\t{MESSAGE}\t77"


def fields(text: str) -> dict[str, Any]:
    parsed = decode_text(text, CONTEXT)
    assert parsed is not None
    return parsed.fields


@pytest.mark.parametrize(
    "text",
    [
        SNARE,
        SNARE.replace("\t", ";"),
        SNARE.replace("\t", "#011"),
        f"4720: AUDIT_SUCCESS {MESSAGE}",
        f"WinEvtLog: Security: AUDIT_SUCCESS(4720): Microsoft-Windows-Security-Auditing: a: b: dc01: {MESSAGE}",
        f"AgentDevice=WindowsLog\tAgentLogFile=Security\tComputer=dc01\tEventID=4720\tMessage={MESSAGE}",
        f"LogName=Security EventCode=4720 EventType=0 ComputerName=dc01 Type=Information Message={MESSAGE}",
        f"LogName=Security\r\nSourceName=Microsoft Windows\r\nEventCode=4720\r\nComputerName=dc01\r\nMessage={MESSAGE}",
    ],
)
def test_an_account_that_was_made(text: str) -> None:
    wanted = {
        "EventID": 4720,
        "Channel": "Security",
        "Provider_Name": "Microsoft-Windows-Security-Auditing",
        "SubjectUserName": "minh",
        "TargetUserName": "lan",
    }
    found = fields(text)
    assert {name: found.get(name) for name in wanted} == wanted
    assert found.get("Computer", "dc01") == "dc01"


@pytest.mark.parametrize("text", ["", "MSWinEventLog 4720", "AgentDevice=WindowsLog\tEventID=x", "LogName=Security"])
def test_what_is_none(text: str) -> None:
    assert decode_text(text, CONTEXT) is None


@given(st.text(max_size=100))
def test_nothing_breaks_it(text: str) -> None:
    decode_text(f"MSWinEventLog\t1\t{text}", CONTEXT)
    decode_text(f"WinEvtLog: Security: X(4625): {text}", CONTEXT)
