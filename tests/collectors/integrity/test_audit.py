"""Who did it: named where there is no doubt, and nobody where there is."""

import random
import socket
from collections.abc import Collection
from pathlib import Path

import pytest

from collectors.integrity.audit import Asked, AuditLogs, Who
from tests.collectors.integrity.auditlog import CREATE, DELETE, NORMAL, PARENT, READ, records

AT = 1_700_000_000
F = "/srv/www/index.php"


def who(
    folder: Path,
    *events: list[str],
    changes: Collection[str] = ("content",),
    since: float = 0,
    path: str = F,
    inodes: Collection[int] = (7,),
) -> Who | None:
    """Ask who changed a file at ``AT``."""
    (folder / "audit.log").write_text("".join(line for event in events for line in event))
    asked = Asked(path, AT * 10**9, int(since * 1e9), changes, inodes)
    return AuditLogs((str(folder / "audit.log"), str(folder / "none")), 10).who(asked)


def test_who_wrote_a_file_is_told_with_program_and_command(tmp_path: Path) -> None:
    found = who(tmp_path, records(77, AT - 0.5, [("/srv/www", PARENT), ("www/../www/index.php", NORMAL)], cwd="/srv"))
    assert found == Who("root", "root", "/usr/bin/vim.basic", "vim x", 4242, 77, (AT * 10 - 5) * 10**8)


@pytest.mark.parametrize(
    "event",
    [
        records(1, AT - 1, [(F, NORMAL)], flags=READ),  # cat
        records(1, AT - 1, [(F, NORMAL)], call=59),  # execve
        records(1, AT - 1, [(F, NORMAL)], call=90),  # chmod
        records(1, AT - 1, [(F, NORMAL)], success="no"),
        records(1, AT - 1, [("index.php", NORMAL)], cwd=None),  # its CWD record is not there
        records(1, AT - 1, [(F, PARENT)]),
        records(1, AT - 60, [(F, NORMAL)]),
        records(1, AT + 1, [(F, NORMAL)]),  # after the change
        records(1, AT - 1, [("/elsewhere/index.php", NORMAL)]),
        records(1, AT - 1, [(F, NORMAL)], inode=8),  # the file of a container, at the same path there
        records(1, AT - 1, [(F, NORMAL)], node="another-host"),
        records(1, AT - 1, [(F, NORMAL)])[1:],  # its SYSCALL record is not there
        [f"type=USER_CMD msg=audit({AT}.0:9): cmd={line}" for line in records(1, AT - 1, [(F, NORMAL)])],
    ],
)
def test_who_did_something_else_is_nobody(tmp_path: Path, event: list[str]) -> None:
    """Who read, started or only closed it to others did not write it; text within a record is no record."""
    assert who(tmp_path, event) is None
    assert who(tmp_path, event, records(2, AT - 2, [(F, NORMAL)], exe="/bin/cp", auid=1)).login == "daemon"  # type: ignore[union-attr]


def test_what_was_told_before_is_no_part_of_the_change(tmp_path: Path) -> None:
    """The one who wrote before the last look did not do what came after it."""
    event = records(1, AT - 3, [(F, NORMAL)])
    assert who(tmp_path, event, since=AT - 2) is None
    assert who(tmp_path, event, since=AT - 4) is not None


def test_records_of_several_events_in_any_order(tmp_path: Path) -> None:
    """auditd writes them as they come from several processors; serials begin anew when the host starts."""
    events = [
        records(1, AT - 1, [(F, NORMAL)], auid=1),
        records(1, AT - 900, [(F, NORMAL)], auid=2),
        records(2, AT - 1, [("/srv/other", NORMAL)], auid=3),
        records(3, AT - 0.5, [(F, NORMAL)], auid=2, flags=READ),
    ]
    lines = [line for event in events for line in event]
    for seed in range(20):
        random.Random(seed).shuffle(lines)
        found = who(tmp_path, lines)
        assert found is not None
        assert (found.login, found.serial) == ("daemon", 1)


def test_of_several_people_none_is_named(tmp_path: Path) -> None:
    """Of several programs of one person the person is."""
    one = records(1, AT - 2, [(F, NORMAL)], auid=1, exe="/bin/bash", pid=1)
    same = records(2, AT - 1, [(F, NORMAL)], auid=1, exe="/bin/cp", pid=2)
    other = records(3, AT - 1, [(F, NORMAL)], auid=2, exe="/bin/cp", pid=3)
    assert who(tmp_path, one, other) is None
    found = who(tmp_path, one, same)
    assert found is not None
    assert (found.login, found.program, found.command, found.pid) == ("daemon", "", "", 0)


def test_one_changed_the_content_and_another_the_rights(tmp_path: Path) -> None:
    """Each is asked for by what changed."""
    wrote = records(1, AT - 2, [(F, NORMAL)], auid=1)
    opened = records(2, AT - 1, [(F, NORMAL)], auid=2, call=90)
    assert who(tmp_path, wrote, opened, changes=["content"]).login == "daemon"  # type: ignore[union-attr]
    assert who(tmp_path, wrote, opened, changes=["mode"]).login == "bin"  # type: ignore[union-attr]
    assert who(tmp_path, wrote, opened, changes=["content", "mode"]) is None


def test_editors_that_replace_a_file(tmp_path: Path) -> None:
    """vim renames the old one away and makes a new one; sed -i and ansible rename a new one over it."""
    vim = [
        *records(1, AT - 0.3, [(F, DELETE), (f"{F}~", CREATE)], call=82),
        *records(2, AT - 0.2, [(F, CREATE)]),
        *records(3, AT - 0.1, [(F, NORMAL)], call=90),
        *records(4, AT, [(f"{F}~", DELETE)], call=87),
    ]
    found = who(tmp_path, vim, changes=["content", "mode"])
    assert found is not None
    assert (found.program, found.serial) == ("/usr/bin/vim.basic", 3)
    paths = [("/srv/www/", PARENT), ("/srv/www/sedX1", DELETE), (F, DELETE), (F, CREATE)]
    sed = [
        *records(1, AT - 0.2, [("/srv/www/sedX1", CREATE)], exe="/usr/bin/sed"),
        *records(2, AT - 0.1, paths, call=82, exe="/usr/bin/sed"),
    ]
    assert who(tmp_path, sed).program == "/usr/bin/sed"  # type: ignore[union-attr]


def test_the_log_was_rotated_a_moment_ago(tmp_path: Path) -> None:
    (tmp_path / "audit.log.1").write_text("".join(records(1, AT - 1, [(F, NORMAL)])))
    assert who(tmp_path, records(2, AT, [("/other", NORMAL)])) is not None


def test_this_host_s_name_in_the_log(tmp_path: Path) -> None:
    assert who(tmp_path, records(1, AT - 1, [(F, NORMAL)], node=socket.gethostname())) is not None


def test_many_changes_are_answered_from_one_look_until_it_is_forgotten(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    log.write_text("")
    audit, asked = AuditLogs((str(log),), 10), Asked(F, AT * 10**9, inodes=(7,))
    assert audit.who(asked) is None
    log.write_text("".join(records(1, AT - 1, [(F, NORMAL)])))
    assert audit.who(asked) is None
    audit.forget()
    assert audit.who(asked) is not None
