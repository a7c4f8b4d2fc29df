"""A scanner in a process of its own: hostile files, and processes that end, hang or lie."""

import io
import os
import signal
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import YaraRules, load_yara
from soc_agent.model import FileFacts, Scan, ScanLimits

RULE = 'rule evil { meta: level = "high" strings: $a = "EVIL" condition: $a and extension == ".php" }'
HOSTILE = """
import os, signal, socket, sys, time
import soc_agent.scanning.server as server
true = server._scan
def scan(link, rules, order, file):
    data = os.pread(file, 100, 0)
    if data.startswith(b"SEGV"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.startswith(b"EXIT"):
        os._exit(3)
    if data.startswith(b"HANG"):
        time.sleep(600)
    while data.startswith(b"LOOP"):
        pass
    if data.startswith(b"LIE"):
        end.sendall(b"\\xff" * 1000)
        time.sleep(600)
    return true(link, rules, order, file)
server._scan = scan
server.confine = lambda: ["nothing"]
end = socket.socket(fileno=int(sys.argv[1]))
server.serve(end)
"""
"""A stand-in for libyara's faults: a process whose scan does what the file says."""

Made = Callable[..., ProcessScanner]


def rules_of(folder: Path, text: str = RULE) -> YaraRules:
    (folder / "r.yar").write_text(text)
    return load_yara([folder / "r.yar"])


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Made]:
    scanners: list[ProcessScanner] = []

    def make(text: str = RULE, *, hostile: bool = False) -> ProcessScanner:
        command = {"command": (sys.executable, "-c", HOSTILE)} if hostile else {}
        scanners.append(ProcessScanner(rules_of(tmp_path, text), grace_s=0.3, **command))
        return scanners[-1]

    yield make
    for scanner in scanners:
        scanner.close()


def scan(scanner: ProcessScanner, data: bytes, folder: Path, name: str = "x.php", *, timeout_s: int = 20) -> Scan:
    path = folder / name
    path.write_bytes(data)
    with path.open("rb") as file:
        file.seek(1)
        facts = FileFacts(str(path), len(data), "root", "0644", 0)
        return scanner.scan_file(file.fileno(), facts, ScanLimits(1000, timeout_s))


def test_findings_come_with_the_rule_s_face(made: Made, tmp_path: Path) -> None:
    """As if it were scanned here; the process stays for the next file."""
    scanner = made()
    found = scan(scanner, b"an EVIL page", tmp_path)
    (finding,) = found.findings
    assert (finding.name, finding.rule.level.word, finding.strings) == ("evil", "high", ("$a",))
    assert len(found.sha256) == 64
    pid = scanner.pid
    assert scan(scanner, b"an EVIL page", tmp_path, "x.txt") == Scan()
    assert scanner.pid == pid != os.getpid()


def test_the_process_gave_up_what_it_could(made: Made, tmp_path: Path) -> None:
    scanner = made()
    scan(scanner, b"x", tmp_path)
    assert {"memory", "privileges"} <= set(scanner.confined)


@pytest.mark.parametrize(("first", "how"), [(b"SEGV", "SIGSEGV"), (b"EXIT", "exit code 3"), (b"LIE", "")])
def test_a_file_that_ends_the_process_is_named_and_not_tried_again(
    made: Made, tmp_path: Path, first: bytes, how: str
) -> None:
    """One restart; the next file is scanned, the same content under another name is not."""
    scanner = made(hostile=True)
    bad = scan(scanner, first + b" EVIL", tmp_path)
    assert (bad.not_scanned, bad.findings, bad.again) == ("crashed", (), False)
    assert how in bad.detail
    assert scanner.restarts == 1
    assert len(scan(scanner, b"EVIL", tmp_path, "next.php").findings) == 1
    again = scan(scanner, first + b" EVIL", tmp_path, "other.php")
    assert again.not_scanned == "hostile"
    assert len(scan(scanner, b"EVIL", tmp_path, "last.php").findings) == 1
    assert scanner.restarts == 1


def test_a_file_from_which_it_does_not_come_back_is_given_up(made: Made, tmp_path: Path) -> None:
    """One over which it computes without end is not tried again."""
    scanner = made(hostile=True)
    assert scan(scanner, b"LOOP", tmp_path, timeout_s=1).not_scanned == "timeout"
    assert len(scan(scanner, b"EVIL", tmp_path).findings) == 1
    assert scan(scanner, b"LOOP", tmp_path, "other.php").not_scanned == "hostile"


def test_a_disk_that_does_not_answer_holds_up_neither_agent_nor_next_file(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is not read in the agent to be remembered, and is tried again when it comes again."""
    read = []
    real = os.pread

    def pread(file: int, size: int, at: int) -> bytes:
        read.append(file)
        return real(file, size, at)

    scanner = made(hostile=True)
    monkeypatch.setattr("soc_agent.detect.yara.process.os.pread", pread)
    assert scan(scanner, b"HANG", tmp_path, timeout_s=1).not_scanned == "timeout"
    assert read == []
    assert len(scan(scanner, b"EVIL", tmp_path).findings) == 1
    assert scan(scanner, b"HANG", tmp_path, "other.php", timeout_s=1).not_scanned == "timeout"


def test_a_rule_that_takes_too_long_is_a_timeout_and_no_restart(made: Made, tmp_path: Path) -> None:
    scanner = made("rule r { condition: for all i in (0..2000000000) : (uint8(0) + i >= 0) }")
    assert scan(scanner, b"x", tmp_path, timeout_s=1).not_scanned == "timeout"
    assert scanner.restarts == 0


def test_a_process_that_is_killed_between_files_is_nobody_s_fault(made: Made, tmp_path: Path) -> None:
    scanner = made()
    scan(scanner, b"x", tmp_path)
    assert scanner.pid is not None
    os.kill(scanner.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while scanner._process is not None and scanner._process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert len(scan(scanner, b"EVIL", tmp_path).findings) == 1
    assert scanner.restarts == 1


def test_a_file_that_grew_beyond_the_cap_is_not_scanned(made: Made, tmp_path: Path) -> None:
    assert scan(made(), b"EVIL" * 1000, tmp_path).not_scanned == "too_big"


def test_what_cannot_be_read_is_said(made: Made, tmp_path: Path) -> None:
    """A folder, or a disk that fails: reading it is an error, not a clean file."""
    scanner = made()
    folder = os.open(tmp_path, os.O_RDONLY)
    found = scanner.scan_file(folder, FileFacts("/x", 0, "root", "0755", 0), ScanLimits(10, 5))
    os.close(folder)
    assert found.not_scanned == "unreadable"


def test_a_scanner_that_cannot_be_started_is_said_and_the_file_tried_again(tmp_path: Path) -> None:
    scanner = ProcessScanner(rules_of(tmp_path), command=("/nowhere/python",))
    found = scan(scanner, b"EVIL", tmp_path)
    assert (found.not_scanned, found.again) == ("no_scanner", True)
    ends = ProcessScanner(rules_of(tmp_path), command=("/bin/false",))
    assert scan(ends, b"EVIL", tmp_path).not_scanned == "no_scanner"


def test_other_rules_are_taken_from_the_next_file_on(made: Made, tmp_path: Path) -> None:
    scanner = made()
    assert scan(scanner, b"GOOD", tmp_path) == Scan()
    scanner.use(rules_of(tmp_path, 'rule good { strings: $a = "GOOD" condition: $a }'))
    assert [found.name for found in scan(scanner, b"GOOD", tmp_path).findings] == ["good"]
    assert scanner.restarts == 0


def test_without_rules_no_process_runs(tmp_path: Path) -> None:
    scanner = ProcessScanner(load_yara([tmp_path]))
    assert scan(scanner, b"EVIL", tmp_path) == Scan()
    assert scanner.pid is None


def test_several_threads_share_it(made: Made, tmp_path: Path) -> None:
    """Two watched folders: answers go to who asked."""
    scanner = made()
    wrong: list[str] = []

    def work(number: int) -> None:
        for turn in range(40):
            evil = (turn + number) % 2 == 0
            found = scan(scanner, b"EVIL" if evil else b"good", tmp_path, f"{number}-{turn}.php")
            if bool(found.findings) != evil:
                wrong.append(f"{number}-{turn} {found.not_scanned} {found.detail}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_it_ends_with_the_agent_however_that_ends(tmp_path: Path) -> None:
    """No scanner is left behind by a kill."""
    rules_of(tmp_path)
    code = f"""
import os, time
from pathlib import Path
from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import load_yara
from soc_agent.model import FileFacts, ScanLimits
scanner = ProcessScanner(load_yara([Path({str(tmp_path)!r})]))
file = os.open({str(tmp_path / "r.yar")!r}, os.O_RDONLY)
scanner.scan_file(file, FileFacts("/x", 1, "root", "0644", 0), ScanLimits(1000, 5))
print(scanner.pid, flush=True)
os.kill(os.getpid(), 9)
"""
    read, write = os.pipe()
    pid = os.posix_spawn(
        sys.executable, [sys.executable, "-c", code], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, write, 1)]
    )
    os.close(write)
    os.waitpid(pid, 0)
    with os.fdopen(read) as said:
        child = int(said.readline())
    deadline = time.monotonic() + 20
    while Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split(") ")[1][0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_files_within_archives_are_scanned_by_their_own_kind_and_name(made: Made, tmp_path: Path) -> None:
    """One finding for each rule, with the first file that it matched; the hash is that of the archive."""
    scanner = made('import "pe" rule pe { condition: uint16(0) == 0x5A4D } ' + RULE.replace("evil", "evil2") + RULE)
    data = zipped({"img/a.php": b"EVIL", "b.php": b"EVIL", "c.txt": b"EVIL", "d.zip": zipped({"e.exe": b"MZ"})})
    scan = scan_of_bytes(scanner, tmp_path, "up.zip", data)
    told = {(finding.name, finding.member, finding.members) for finding in scan.findings}
    assert told == {("pe", "d.zip/e.exe", 1), ("evil2", "img/a.php", 2), ("evil", "img/a.php", 2)}
    assert scan.sha256 == sha256(data).hexdigest()
    assert scan.beyond == {}


def test_what_of_an_archive_is_beyond_its_bounds_is_said(made: Made, tmp_path: Path) -> None:
    """Beside what was found before."""
    scanner = made()
    data = zipped({"a.php": b"EVIL", "b.php": b"x", "c.php": b"x"})
    limits = ScanLimits(10_000, 5, archive_members=2)
    scan = scan_of_bytes(scanner, tmp_path, "up.zip", data, limits)
    assert [finding.member for finding in scan.findings] == ["a.php"]
    assert (scan.not_scanned, scan.beyond) == ("", {"members": "c.php"})
    assert scan_of_bytes(scanner, tmp_path, "up.zip", data, ScanLimits(10_000, 5, archive_depth=0)) == Scan()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def scan_of_bytes(
    scanner: ProcessScanner, folder: Path, name: str, data: bytes, limits: ScanLimits | None = None
) -> Scan:
    (folder / name).write_bytes(data)
    with (folder / name).open("rb") as file:
        facts = FileFacts(str(folder / name), len(data), "root", "0644", 0)
        return scanner.scan_file(file.fileno(), facts, limits or ScanLimits(1_000_000, 10))
