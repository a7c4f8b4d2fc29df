"""Records of the audit daemon that are one event."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.audit_records import AuditRecords, begins_with_record, has_records


def record(kind: str, serial: int, second: int = 1, node: str = "") -> bytes:
    return f"{node}type={kind} msg=audit({second}.123:{serial}): a=b\n".encode()


def events(data: bytes, *, final: bool = True, max_lines: int = 50) -> list[bytes]:
    """Give the serials of the records of each event."""
    return AuditRecords(max_lines, 100_000).take(data, final=final).joined.split(b"\n")[:-1]


def test_records_right_after_each_other_and_alternating() -> None:
    data = b"".join(
        record(kind, serial)
        for kind, serial in [
            ("SYSCALL", 1), ("EXECVE", 1), ("PROCTITLE", 1),
            ("SYSCALL", 2), ("SYSCALL", 3), ("PATH", 2), ("PATH", 3), ("PROCTITLE", 3), ("PROCTITLE", 2),
            ("USER_LOGIN", 4), ("SYSCALL", 5),
        ]
    )  # fmt: skip
    found = events(data)
    assert [event.count(b"msg=audit") for event in found] == [3, 3, 3, 1, 1]
    assert all(len({part[:7] for part in event.split(b":")[1::2]}) == 1 for event in found)
    assert events(data, final=False) == found[:4]


def test_case_22_an_event_without_its_end_is_whole_after_two_seconds() -> None:
    data = record("SYSCALL", 1) + record("PATH", 1) + record("SYSCALL", 2, second=2) + record("SYSCALL", 3, second=3)
    late = data + record("PATH", 1)
    assert [event.count(b"msg=") for event in events(late)] == [2, 1, 1, 1]


def test_the_same_number_of_another_node_or_second_is_another_event() -> None:
    data = record("SYSCALL", 1, node="node=a ") + record("PROCTITLE", 1, node="node=b ") + record("SYSCALL", 1)
    assert [event.count(b"msg=") for event in events(data)] == [1, 1, 1]


def test_what_a_program_writes_is_an_event_of_its_own_also_with_the_same_number() -> None:
    data = record("USER_LOGIN", 1) * 3 + record("SYSCALL", 2) + record("PATH", 2)
    assert [event.count(b"msg=") for event in events(data)] == [1, 1, 1, 2]


def test_too_many_records_are_cut() -> None:
    data = record("SYSCALL", 1) * 7
    assert [event.count(b"msg=") for event in events(data, max_lines=3)] == [3, 3, 1]


def test_what_is_no_record_is_a_line_of_its_own() -> None:
    data = record("SYSCALL", 1) + b"garbage\n" + record("PROCTITLE", 1) + b"more\n"
    taken = AuditRecords(50, 100_000).take(data, final=True)
    assert [line.count(b"msg=") for line in taken.joined.split(b"\n")[:-1]] == [2, 0, 0]
    assert taken.written == record("SYSCALL", 1) + record("PROCTITLE", 1) + b"garbage\nmore\n"


def test_many_open_events_take_linear_time() -> None:
    """Ten thousand events of which none ends are given in parts, in their order."""
    data = b"".join(b"type=SYSCALL msg=audit(1.0:%d): x\n" % number for number in range(10_000))
    taken = AuditRecords(5, 1024).take(data, final=False)
    assert taken.joined == taken.written == data[: taken.size]
    assert len(data) - taken.size <= 1024 + 50


@given(st.lists(st.tuples(st.sampled_from(["SYSCALL", "PATH", "PROCTITLE", "EOE"]), st.integers(1, 3)), max_size=20))
def test_no_event_holds_records_of_two(entries: list[tuple[str, int]]) -> None:
    data = b"".join(record(kind, serial) for kind, serial in entries)
    for event in events(data):
        parts = event.split(b"type=")[1:]
        assert len({part.split(b"123:")[1][:1] for part in parts}) == 1
        assert not any(part.startswith((b"PROCTITLE", b"EOE")) for part in parts[:-1])


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (record("SYSCALL", 1) * 2, True),
        (record("SYSCALL", 1, node="node=a.b ") + record("EOE", 1), True),
        (b"Nov 20 host sshd[1]: x\n" + record("SYSCALL", 1), False),
        (b"Nov 20 host audispd: type=SYSCALL msg=audit(1.0:1): x\n", False),
        (b"type=SYSCALL msg=audit(1.0:1", False),
        (b"", False),
    ],
)
def test_what_the_audit_daemon_writes_is_known(sample: bytes, expected: bool) -> None:
    assert begins_with_record(sample) is expected


@pytest.mark.parametrize(
    "head",
    [
        "<13>Mar  2 08:14:{second:02} {host} audispd: ",
        "Mar  2 08:14:{second:02} {host} audisp-syslog[8{second}]: node={host} ",
        "<14>1 2026-03-02T08:14:{second:02}.5Z {host} auditd - - - ",
    ],
)
def test_records_in_messages_of_syslog_are_joined_by_host_and_number(head: str) -> None:
    def sent(host: str, kind: str, serial: int) -> bytes:
        return head.format(host=host, second=serial).encode() + record(kind, serial)

    other = b"Mar  2 08:14:07 app sshd[7]: Accepted password for an\n"
    data = (
        sent("app", "SYSCALL", 1)
        + other
        + sent("web", "SYSCALL", 1)
        + sent("app", "EXECVE", 1).replace(b"14:01", b"14:02")
        + sent("app", "PROCTITLE", 1)
        + b'{"message": "app audispd: type=SYSCALL msg=audit(1.123:1): a=b"}\n' * 2
    )
    assert has_records(data)
    taken = AuditRecords(50, 100_000, in_syslog=True).take(data, final=True)
    assert [line.count(b"msg=audit") for line in taken.joined.split(b"\n")[:-1]] == [3, 0, 1, 1, 1]
    assert sorted(taken.written.split(b"\n")) == sorted(data.split(b"\n"))
