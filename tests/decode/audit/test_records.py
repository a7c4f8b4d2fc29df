"""Records are taken apart as the audit wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.audit.records import from_hex, is_audit, records_of

STAMP = "msg=audit(1772414047.579:2995):"


def fields(text: str) -> dict[str, object]:
    found = records_of(text)
    assert found is not None
    return found[1][0].fields


def test_records_of_one_number_are_one_event() -> None:
    text = f'node=web01 type=SYSCALL {STAMP} a0=1 node=web01 type=CWD {STAMP} cwd="/tmp" type=EOE {STAMP}'
    found = records_of(text)
    assert found is not None
    head, records = found
    assert (head.node, head.time_s, head.serial) == ("web01", 1772414047.579, "2995")
    assert [record.type for record in records] == ["SYSCALL", "CWD", "EOE"]
    assert records[1].fields == {"cwd": "/tmp"}


def test_another_number_within_a_value_begins_no_record() -> None:
    text = f'type=USER_CMD {STAMP} msg=\'cmd="x" type=SYSCALL msg=audit(1772414047.579:1): exe="/bin/false"\''
    found = records_of(text)
    assert found is not None
    assert [record.type for record in found[1]] == ["USER_CMD"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('exe="/usr/bin/id" key=(null)', {"exe": "/usr/bin/id", "key": "(null)"}),
        ("exe=2F746D702F6120622F78", {"exe": "/tmp/a b/x"}),
        ("proctitle=7375646F002D6C", {"proctitle": "sudo -l"}),
        ("arch=c000003e a0=7ffd", {"arch": "c000003e", "a0": "7ffd"}),
        ('key="x"\x1dARCH=x86_64 SYSCALL=execve', {"key": "x", "ARCH": "x86_64", "SYSCALL": "execve"}),
        ('cap_frootid=0OUID="root"', {"cap_frootid": "0", "OUID": "root"}),
        ('key=(null)ARCH=x86_64 AUID="an"', {"key": "(null)", "ARCH": "x86_64", "AUID": "an"}),
        (
            'msg=\'op=login acct="an" res=success\'\x1dUID="root"',
            {"op": "login", "acct": "an", "res": "success", "UID": "root"},
        ),
        (
            'msg=\'PAM: auth acct="an" : exe="/x" (hostname=web, addr=192.0.2.1, res=success)\'',
            {"acct": "an", "exe": "/x", "hostname": "web", "addr": "192.0.2.1", "res": "success"},
        ),
        (
            "saddr=02000050C0000201SADDR={ saddr_fam=inet laddr=192.0.2.1 lport=80 }",
            {"saddr": "02000050C0000201", "SADDR": "saddr_fam=inet laddr=192.0.2.1 lport=80"},
        ),
        ("item=0 item=1", {"item": ["0", "1"]}),
    ],
)
def test_what_stands_in_a_record(body: str, expected: dict[str, object]) -> None:
    assert fields(f"type=ANY {STAMP} {body}") == expected


def test_arguments_are_hexadecimal_in_their_own_record_alone() -> None:
    assert fields(f"type=EXECVE {STAMP} a0=6964")["a0"] == "id"
    assert fields(f"type=SYSCALL {STAMP} a0=6964")["a0"] == "6964"


def test_a_kernel_without_a_daemon_numbers_the_types() -> None:
    found = records_of('audit: type=1400 audit(1772414047.579:88): apparmor="DENIED"')
    assert found is not None
    assert (found[1][0].type, found[1][0].written) == ("AVC", "1400")


def test_what_rsyslog_makes_of_the_control_character() -> None:
    assert fields(f"type=SYSCALL {STAMP} key=(null)#035ARCH=x86_64") == {"key": "(null)", "ARCH": "x86_64"}


def test_what_is_no_record() -> None:
    assert records_of("level=info msg=hello") is None
    assert not is_audit("audispd: type=SYSCALL msg=audit(1772414047.579:88): a=1")
    assert is_audit("type=SYSCALL msg=audit(1772414047.579:88): a=1")
    assert from_hex("6g") is None


@given(st.text())
def test_nothing_breaks_it(text: str) -> None:
    records_of(text)
    records_of(f"type=EXECVE {STAMP} {text}")
