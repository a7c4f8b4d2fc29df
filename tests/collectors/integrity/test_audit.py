"""Who did it, from records as auditd writes them."""

from pathlib import Path

from collectors.integrity.audit import AuditLogs

AT = 1_700_000_000
LOG = r"""type=SYSCALL msg=audit(1700000000.123:77): syscall=82 success=yes pid=901 auid=4294967295 uid=0 comm="mv" exe="/usr/bin/mv"
type=CWD msg=audit(1700000000.123:77): cwd="/srv/www"
type=PATH msg=audit(1700000000.123:77): item=0 name="/srv/www" inode=1 nametype=PARENT
type=PATH msg=audit(1700000000.123:77): item=1 name="up/../index.php" inode=2 nametype=CREATE
type=PROCTITLE msg=audit(1700000000.123:77): proctitle=6D76006E657700696E646578
type=SYSCALL msg=audit(1700000001.000:78): syscall=87 success=yes pid=902 auid=0 uid=33 comm=2F746D702F61 exe=2F746D702F612062
type=CWD msg=audit(1700000001.000:78): cwd=2F7372762F6120
type=PATH msg=audit(1700000001.000:78): item=0 name=6120622E747874 nametype=DELETE
type=USER_LOGIN msg=audit(170
"""  # noqa: E501 - as auditd writes them


def logs(folder: Path) -> AuditLogs:
    (folder / "audit.log").write_text(LOG)
    return AuditLogs((str(folder / "audit.log"), str(folder / "none")), 10)


def test_a_path_is_put_together_from_folder_and_name(tmp_path: Path) -> None:
    """Nobody had logged in; the command is in hexadecimal with zeros between its words."""
    who = logs(tmp_path).who("/srv/www/index.php", AT * 10**9)
    assert who is not None
    assert (who.login, who.user, who.program) == ("", "root", "/usr/bin/mv")
    assert (who.command, who.pid, who.serial) == ("mv new index", 901, 77)
    assert who.time_ns == AT * 10**9 + 123_000_000


def test_names_in_hexadecimal_are_names(tmp_path: Path) -> None:
    who = logs(tmp_path).who("/srv/a /a b.txt", AT * 10**9)
    assert who is not None
    assert (who.login, who.program, who.command) == ("root", "/tmp/a b", "/tmp/a")


def test_what_is_far_away_or_elsewhere_is_nobody(tmp_path: Path) -> None:
    audit = logs(tmp_path)
    assert audit.who("/srv/www/index.php", (AT + 3600) * 10**9) is None
    assert audit.who("/elsewhere/index.php", AT * 10**9) is None
    assert audit.who("/srv/www", AT * 10**9) is None
