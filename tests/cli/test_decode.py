"""What the decoders make of lines, one object a line."""

import gzip
import json
from pathlib import Path

from tests.cli.conftest import Run

SSHD = "Mar  2 06:00:00 may-chu-01 sshd[7]: Failed password for root from 192.0.2.1 port 22222 ssh2\n"


def test_one_object_a_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_text(SSHD * 2)
    done = run("decode", "--timezone", "UTC", tmp_path / "auth.log")
    assert done.code == 0
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["line"], second["line"]) == (1, 2)
    assert first["type"] == "sshd"
    assert first["host"] == "may-chu-01"
    assert first["time"].endswith("-03-02T06:00:00.000000Z")
    assert first["log_source"] == {"category": "", "product": "linux", "service": "sshd"}
    assert first["fields"]["src_ip"] == "192.0.2.1"
    assert set(first) == {"path", "line", "type", "time", "host", "log_source", "fields"}


def test_what_no_decoder_takes_is_told_with_its_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text('{"a": 1}\n{"a": \n{"a": 3}\n')
    done = run("decode", "--type", "json", tmp_path / "x.log")
    assert [json.loads(line)["line"] for line in done.out.splitlines()] == [1, 3]
    assert "x.log:2" in done.err


def test_an_unknown_type_lists_those_there_are(run: Run, tmp_path: Path) -> None:
    done = run("decode", "--type", "nonsense", tmp_path)
    assert done.code == 2
    assert "syslog" in done.err


def test_folders_archives_and_binaries(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "auth.log.1.gz").write_bytes(gzip.compress(SSHD.encode()))
    (logs / "core").write_bytes(bytes(range(256)) * 40)
    done = run("decode", logs)
    (record,) = (json.loads(line) for line in done.out.splitlines())
    assert record["path"] == str(logs / "auth.log.1.gz")
    assert "core" in done.err


def test_how_a_line_was_decoded_is_explained(run: Run, tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_text(SSHD + "odd\n")
    done = run("decode", "--explain", tmp_path / "auth.log")
    assert done.code == 0
    assert "syslog, told from the content" in done.out
    assert "sshd, called by “sshd”: pattern" in done.out
    assert "src_ip = 192.0.2.1" in done.out
    assert "no decoder takes it; it is kept as it is" in done.out
    assert "2 lines: 1 decoded, 1 kept as they are." in done.err
