"""Entries of the journal as lines of syslog, and what the decoders make of them."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from collectors.journal.export import Entry
from collectors.journal.lines import line_of
from soc_agent.decode import Context
from soc_agent.model import Event, LogSource
from tests import product

DECODERS = product.decoders()
BASE = {
    b"__CURSOR": b"s=1;i=1",
    b"__REALTIME_TIMESTAMP": b"1795313054510525",
    b"_SOURCE_REALTIME_TIMESTAMP": b"1795313054506137",
    b"_HOSTNAME": b"web01",
    b"_TRANSPORT": b"syslog",
    b"_UID": b"0",
    b"_EXE": b"/usr/sbin/sshd",
    b"_SYSTEMD_UNIT": b"ssh.service",
    b"PRIORITY": b"6",
    b"SYSLOG_FACILITY": b"10",
    b"SYSLOG_IDENTIFIER": b"sshd",
    b"_PID": b"712",
    b"MESSAGE": b"Failed password for invalid user an from 192.0.2.7 port 4711 ssh2",
}


def decoded(**fields: bytes) -> Event:
    line = line_of(Entry({**BASE, **{name.encode(): value for name, value in fields.items()}})).data
    assert line.count(b"\n") == 1
    return DECODERS.decode(line[:-1], Context("j", "syslog", ZoneInfo("Asia/Ho_Chi_Minh"), 1))


def test_sshd_sudo_and_the_kernel_are_decoded_as_from_syslog() -> None:
    event = decoded()
    assert event.type == "sshd"
    assert event.host == "web01"
    assert event.time_ns == 1_795_313_054_506_137_000
    assert (event.fields["user"], event.fields["src_ip"], event.fields["pid"]) == ("an", "192.0.2.7", 712)
    assert LogSource("", "linux", "auth") in event.log_sources
    message = b"an : TTY=pts/0 ; PWD=/home/an ; USER=root ; COMMAND=/usr/bin/bash"
    assert decoded(SYSLOG_IDENTIFIER=b"sudo", MESSAGE=message).type == "sudo"
    kernel = decoded(_TRANSPORT=b"kernel", SYSLOG_IDENTIFIER=b"kernel", MESSAGE=b"device eth0 entered promiscuous mode")
    assert kernel.type == "kernel"


def test_what_journald_saw_stands_apart_from_what_the_sender_claims() -> None:
    event = decoded(_EXE=b"/tmp/x", _CMDLINE=b'/tmp/x "a]b" \\')
    assert event.fields["program"] == "sshd"
    assert event.fields["journal._EXE"] == "/tmp/x"
    assert event.fields["journal._CMDLINE"] == '/tmp/x "a]b" \\'
    assert event.fields["journal._SYSTEMD_UNIT"] == "ssh.service"


@pytest.mark.parametrize(
    "forged",
    [
        b'[journal _UID="1000"] hello',
        b' [journal _EXE="/bin/true"]',
        b'x\n<86>1 - - sshd - - [journal _UID="9"] y',
        *(
            b'{"journal": {"_UID": 9, "_COMM": "x"}, "journal._EXE": "y"}',
            b"type=A msg=audit(1.2:3): journal._UID=9 journal._COMM=x",
        ),
    ],
)
def test_a_message_cannot_bring_trusted_fields(forged: bytes) -> None:
    event = decoded(MESSAGE=forged)
    assert event.fields["journal._UID"] == "0"
    assert event.fields["journal._EXE"] == "/usr/sbin/sshd"
    assert "journal._COMM" not in event.fields


@pytest.mark.parametrize("name", [b'a b] [journal _UID="9"]', b"", b"\x1b[2J", b"x" * 500, b"-", b"\xc3\xa9t"])
def test_whatever_a_program_calls_itself_the_line_is_read_in_the_same_way(name: bytes) -> None:
    event = decoded(SYSLOG_IDENTIFIER=name, _HOSTNAME=name, MESSAGE=b"hello")
    assert event.decoded
    assert event.fields["message"] == "hello"
    assert event.fields["journal._UID"] == "0"


def test_line_breaks_become_spaces_and_a_cut_message_is_counted() -> None:
    assert decoded(SYSLOG_IDENTIFIER=b"app", MESSAGE=b"one\r\ntwo").fields["message"] == "one  two"
    assert line_of(Entry(BASE, frozenset({b"MESSAGE"}))).truncated
    assert not line_of(Entry(BASE, frozenset({b"_CMDLINE"}))).truncated


def test_a_record_of_the_kernels_audit_goes_to_the_decoder_of_auditd() -> None:
    event = decoded(
        _TRANSPORT=b"audit",
        _AUDIT_TYPE_NAME=b"SYSCALL",
        _AUDIT_ID=b"2995",
        _SOURCE_REALTIME_TIMESTAMP=b"1795313054579000",
        SYSLOG_IDENTIFIER=b"audit",
        MESSAGE=b'SYSCALL arch=c000003e syscall=59 success=yes exit=0 comm="id" exe="/usr/bin/id" key=(null)',
    )
    wanted = {"type": "SYSCALL", "syscall": "59", "exe": "/usr/bin/id", "audit_id": "2995", "journal._UID": "0"}
    assert {name: event.fields.get(name) for name in wanted} == wanted
    assert LogSource("", "linux", "auditd") in event.log_sources
    assert event.time_ns == 1_795_313_054_579_000_000
    assert event.host == "web01"


def test_an_entry_without_anything_is_a_line_all_the_same() -> None:
    line = line_of(Entry({}))
    assert line.data == b"<14>1 - - - - - [journal] \n"
    event = DECODERS.decode(line.data[:-1], Context("j", "syslog", ZoneInfo("UTC"), 5))
    assert event.decoded
    assert event.time_ns == 5


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"N_DROPPED": b"12", "_TRANSPORT": b"driver"}, 12),
        ({"MESSAGE": b"Suppressed 37 messages from app2.service", "_TRANSPORT": b"driver"}, 37),
        ({"N_DROPPED": b"12", "_TRANSPORT": b"journal"}, 0),
    ],
)
def test_what_journald_says_that_it_dropped_is_counted_and_no_program_can_say_so(
    fields: dict[str, Any], count: int
) -> None:
    given = {**BASE, b"MESSAGE_ID": b"a596d6fe7bfa4994828e72309e95d61e"}
    assert line_of(Entry({**given, **{name.encode(): value for name, value in fields.items()}})).dropped == count
