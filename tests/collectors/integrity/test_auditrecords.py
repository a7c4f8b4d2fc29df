"""Events put together from the lines of a log."""

from pathlib import Path

import pytest

from collectors.integrity.auditrecords import events_in, lines_of, value_of

LOG = r"""type=SYSCALL msg=audit(1700000000.123:77): arch=c00000b7 syscall=276 success=yes pid=901 auid=4294967295 uid=0 comm="mv" exe="/usr/bin/mv"
type=CWD msg=audit(1700000000.123:77): cwd="/srv/www"
type=PATH msg=audit(1700000000.123:77): item=1 name="up/../index.php" inode=2 nametype=CREATE
type=PROCTITLE msg=audit(1700000000.123:77): proctitle=6D76006E657700696E646578
type=SYSCALL msg=audit(1700000001.000:78): arch=c00000b7 syscall=437 success=yes pid=902 auid=0 uid=33 comm=2F746D702F61 exe=2F746D702F612062
type=OPENAT2 msg=audit(1700000001.000:78): oflag=0100001 mode=0 resolve=0x0
type=CWD msg=audit(1700000001.000:78): cwd=2F7372762F6120
type=PATH msg=audit(1700000001.000:78): item=0 name=6120622E747874 nametype=NORMAL
type=USER_LOGIN msg=audit(170
"""  # noqa: E501 - as auditd writes them


def test_a_name_is_put_together_from_folder_and_name(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LOG)
    (event,) = events_in(lines_of(str(tmp_path / "log")), b"/srv/www/index.php")
    (record,) = event.of(b"/srv/www/index.php")
    assert (event.serial, event.time_ns, event.command) == (77, 1_700_000_000_123_000_000, b"mv\0new\0index")
    assert (event.kind(record), event.succeeded) == ("name", True)
    assert list(event.of(b"/srv/www/up")) == []


def test_names_in_hexadecimal_and_flags_of_openat2(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(LOG)
    (event,) = events_in(lines_of(str(tmp_path / "log")), b"/srv/a /a b.txt")
    (record,) = event.of(b"/srv/a /a b.txt")
    assert event.kind(record) == "write"
    assert value_of(event.call[b"exe"]) == b"/tmp/a b"


@pytest.mark.parametrize(
    ("written", "value"), [(b'"a"', b"a"), (b"6120", b"a "), (b"abc", b"abc"), (b"(null)", b"(null)")]
)
def test_values(written: bytes, value: bytes) -> None:
    assert value_of(written) == value


def test_no_log_and_no_event(tmp_path: Path) -> None:
    assert events_in(lines_of(str(tmp_path / "none")), b"/x") == []
    (tmp_path / "log").write_bytes(b"\xff\0type=PATH msg=audit(x:y): x\n" * 10)
    assert events_in(lines_of(str(tmp_path / "log")), b"/x") == []
