"""Events of the audit have the names that public rules expect."""

from typing import Any

import pytest

from soc_agent.decode.audit.naming import AUDITD, DELETED, FILE, NETWORK, PROCESS, arguments_of, describe
from soc_agent.decode.audit.records import records_of
from soc_agent.model import LogSource

STAMP = "msg=audit(1772414047.579:2995):"


def told(*records: str) -> tuple[dict[str, Any], tuple[LogSource, ...]]:
    kinds = (record.partition(" ") for record in records)
    found = records_of(" ".join(f"type={kind} {STAMP} {body}" for kind, _, body in kinds))
    assert found is not None
    return describe(found[1])


CALL = (
    "SYSCALL arch=c000003e syscall={} success={} exit=0 a0=1 a1=241 a2=241 ppid=7 pid=8 "
    'auid=1000 uid=0 euid=0 ses=3 exe="/usr/bin/x"'
)


def test_a_started_process() -> None:
    fields, sources = told(
        CALL.format(59, "yes"),
        'EXECVE argc=3 a0="curl" a1="-s" a2=687474703A2F2F78',
        'CWD cwd="/tmp"',
        "PROCTITLE proctitle=6375",
    )
    assert sources == (PROCESS,)
    wanted = {
        "Image": "/usr/bin/x",
        "CommandLine": "curl -s http://x",
        "CurrentDirectory": "/tmp",
        "ProcessId": "8",
        "ParentProcessId": "7",
        "User": "root",
        "user": "1000",
        "SYSCALL": "execve",
        "a0": "curl",
        "type": ["SYSCALL", "EXECVE", "CWD", "PROCTITLE"],
    }
    assert {name: fields[name] for name in wanted} == wanted


def test_a_start_that_failed_is_none() -> None:
    assert told(CALL.format(59, "no"))[1] == (AUDITD,)


def test_arguments_alone_are_a_process_too() -> None:
    fields, sources = told('EXECVE argc=2 a0="/bin/sh" a1="-c"')
    assert (fields["Image"], fields["CommandLine"], sources) == ("/bin/sh", "/bin/sh -c", (PROCESS,))


def test_long_arguments_come_in_parts() -> None:
    assert arguments_of({"a0": "x", "a1_len": "4", "a1[0]": "ab", "a1[1]": "cd", "argc": "2"}) == ["x", "abcd"]


@pytest.mark.parametrize(
    ("number", "path", "name", "source"),
    [
        (257, 'name="x" nametype=CREATE', "/etc/cron.d/x", FILE),
        (257, 'name="/etc/passwd" nametype=NORMAL', "/etc/passwd", FILE),
        (87, 'name="../x" nametype=DELETE', "/etc/x", DELETED),
        (90, 'name="x" nametype=NORMAL', None, AUDITD),
        (257, "name=(null) nametype=CREATE", None, AUDITD),
    ],
)
def test_files(number: int, path: str, name: str | None, source: LogSource) -> None:
    fields, sources = told(CALL.format(number, "yes"), 'CWD cwd="/etc/cron.d"', f"PATH item=0 {path}")
    assert fields.get("TargetFilename") == name
    assert sources == (source,)


def test_a_file_that_is_read_is_no_event_of_files() -> None:
    call = CALL.format(257, "yes").replace("a2=241", "a2=80000")
    assert told(call, 'PATH item=0 name="/etc/passwd" nametype=NORMAL')[1] == (AUDITD,)


def test_a_connection_also_where_it_is_under_way() -> None:
    for call in (CALL.format(42, "yes"), CALL.format(42, "no").replace("exit=0", "exit=-115")):
        fields, sources = told(call, "SOCKADDR saddr=020001BBC00002010000000000000000")
        assert (fields["DestinationIp"], fields["DestinationPort"], sources) == ("192.0.2.1", 443, (NETWORK,))
    assert told(CALL.format(42, "yes"), "SOCKADDR saddr=01002F")[1] == (AUDITD,)


def test_what_programs_tell() -> None:
    fields, _ = told(
        "USER_LOGIN pid=1 uid=0 auid=4294967295 msg='op=login acct=\"an\" addr=192.0.2.9 terminal=ssh res=failed'"
    )
    wanted = {"action": "login", "outcome": "failure", "user": "an", "src_ip": "192.0.2.9"}
    assert {name: fields.get(name) for name in wanted} == wanted
    fields, _ = told("USER_CMD pid=1 auid=1000 msg='cwd=\"/root\" cmd=6C73202D6C terminal=pts/0 res=success'")
    assert (fields["CommandLine"], fields["action"], fields["user"]) == ("ls -l", "sudo", "1000")


@pytest.mark.parametrize(
    "record",
    [
        "USER_AUTH pid=1 uid=0 msg='op=PAM:authentication acct=\"an\" hostname=? addr=2001:db8::9 res=failed'",
        "USER_AUTH user pid=1 uid=0 msg='PAM: authentication acct=\"an\" (addr=2001:db8::9, res=failed)'",
        "USER_ACCT pid=1 uid=0 msg='op=PAM:accounting acct=\"an\" addr=2001:db8::9 terminal=ssh res=failed'",
        "CRED_ACQ pid=1 uid=0 msg='op=PAM:setcred acct=\"an\" addr=2001:db8::9 terminal=ftp res=failed'",
    ],
)
def test_a_step_of_a_login_that_was_refused_is_a_login_that_failed(record: str) -> None:
    fields, _ = told(record)
    wanted = {"action": "login", "outcome": "failure", "user": "an", "src_ip": "2001:db8::9"}
    assert {name: fields.get(name) for name in wanted} == wanted
    assert told(record.replace("=failed", "=success"))[0].get("action") != "login"
    assert told(record.replace("2001:db8::9", "?"))[0].get("action") != "login"


def test_what_sudo_ran_is_a_process() -> None:
    record = 'USER_CMD pid=1 auid=1000 msg=\'cwd="/root" cmd=2F62696E2F6C73202D6C exe="/usr/bin/sudo" res={}\''
    fields, sources = told(record.format("success"))
    assert (fields["Image"], fields["CommandLine"], sources) == ("/bin/ls", "/bin/ls -l", (PROCESS,))
    assert told(record.format("failed"))[1] == (AUDITD,)


def test_an_account_in_hexadecimal_is_no_user_of_the_line() -> None:
    fields, _ = told("USER_LOGIN pid=1 msg='op=login acct=28756E6B29 res=failed'")
    assert fields["acct"] == "(unk)"
    assert "user" not in fields


def test_what_was_refused() -> None:
    fields, _ = told('AVC avc:  denied  { read write } for  pid=8 comm="httpd" tclass=file')
    assert (fields["action"], fields["permission"]) == ("denied", "read write")
    assert told('AVC apparmor="ALLOWED" operation="open"')[0]["action"] == "allowed"
