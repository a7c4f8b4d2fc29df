"""The message of an event gives the same data, as a person reads it and with its line ends taken away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.windows.messages import data_of_message

FAILED = """An account failed to log on.

Subject:
\tSecurity ID:\t\tS-1-0-0
\tAccount Name:\t\t-
\tLogon ID:\t\t0x0

Logon Type:\t\t\t3

Account For Which Logon Failed:
\tSecurity ID:\t\tS-1-0-0
\tAccount Name:\t\tke toan
\tAccount Domain:\t\tTINH

Failure Information:
\tFailure Reason:\t\tUnknown user name or bad password.
\tStatus:\t\t\t0xC000006D
\tSub Status:\t\t0xC000006A

Network Information:
\tWorkstation Name:\tPC9
\tSource Network Address:\t2001:db8::9
\tSource Port:\t\t52011

This event is generated when a logon request fails. Status: x
"""
DATA = {
    "SubjectUserSid": "S-1-0-0",
    "SubjectUserName": "-",
    "SubjectLogonId": "0x0",
    "LogonType": "3",
    "TargetUserSid": "S-1-0-0",
    "TargetUserName": "ke toan",
    "TargetDomainName": "TINH",
    "FailureReason": "Unknown user name or bad password.",
    "Status": "0xC000006D",
    "SubStatus": "0xC000006A",
    "WorkstationName": "PC9",
    "IpAddress": "2001:db8::9",
    "IpPort": "52011",
}


@pytest.mark.parametrize(
    "message", [FAILED, FAILED.replace("\n", "\r\n"), " ".join(FAILED.split()), FAILED.replace("\n", "  ")]
)
def test_a_logon_that_failed(message: str) -> None:
    assert data_of_message(4625, message) == DATA


def test_a_member_of_a_group_and_who_added_it() -> None:
    data = data_of_message(
        4732,
        "A member was added to a security-enabled local group. Subject: Security ID: TINH\\minh Account Name: minh "
        "Member: Security ID: TINH\\lan Account Name: - Group: Security ID: BUILTIN\\Administrators "
        "Group Name: Administrators Group Domain: Builtin",
    )
    assert (data["SubjectUserName"], data["MemberSid"], data["TargetUserName"]) == (
        "minh",
        "TINH\\lan",
        "Administrators",
    )


@pytest.mark.parametrize(("number", "field"), [(7045, "ImagePath"), (4697, "ServiceFileName")])
def test_a_service_has_the_name_of_its_channel(number: int, field: str) -> None:
    message = "A service was installed in the system. Service Name: upd Service File Name: cmd /c x Service Type: 0x10"
    assert data_of_message(number, message) == {"ServiceName": "upd", field: "cmd /c x", "ServiceType": "0x10"}


@given(st.text(max_size=200))
def test_nothing_breaks_it(text: str) -> None:
    assert all(isinstance(value, str) for value in data_of_message(4625, text).values())
