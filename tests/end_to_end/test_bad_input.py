"""Whatever is wrong with what comes in, it is told by place and remedy, and the rest runs."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, soc_agent, sshd_line

GOOD = sshd_line(1)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "good.yml").write_text(yaml.safe_dump(LINE_RULE))
    return folder


def hunt(rules: Path, *words: str | Path) -> tuple[int, list[dict[str, object]], str]:
    done = soc_agent("hunt", "--json", "--no-builtin", "--rules", rules, *words)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_broken_configuration_names_file_line_key_and_remedy(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("timezone: UTC\nsources:\n  - kind: file\n    nam: auth\n    paths: [/var/log/auth.log]\n")
    done = soc_agent("--config", path, "run")
    assert done.returncode == 2
    assert f"{path}:4: sources[0].nam" in done.stderr
    assert "`name`" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_rule_among_good_ones(rules: Path, tmp_path: Path) -> None:
    """The broken one is named with its file and line; the good one still finds."""
    (rules / "broken.yml").write_text(
        "title: Broken\nlogsource: {product: linux}\ndetection: {a: {b: c}, condition: a and}\n"
    )
    (rules / "noyaml.yml").write_text("title: [unclosed\n")
    (tmp_path / "auth.log").write_bytes(GOOD)
    code, alerts, said = hunt(rules, tmp_path / "auth.log")
    assert code == 0
    assert [alert["title"] for alert in alerts] == ["Numbered user"]
    assert "broken.yml" in said
    assert "noyaml.yml" in said
    checked = soc_agent("rules", "check", rules)
    assert checked.returncode == 2
    assert "broken.yml:" in checked.stdout
    assert "noyaml.yml:" in checked.stdout
    assert "good.yml" not in checked.stdout


def test_a_broken_yara_file_among_good_ones(rules: Path, tmp_path: Path) -> None:
    (rules / "good.yar").write_text('rule marked { strings: $a = "MARKED-FILE-7" condition: $a }')
    (rules / "broken.yar").write_text("rule oops {\n  strings:\n    $a = \n  condition: $a }")
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop" / "x.bin").write_bytes(b"\0\1\2MARKED-FILE-7\0")
    _, alerts, said = hunt(rules, tmp_path / "drop")
    assert len(alerts) == 1
    assert "x.bin" in str(alerts[0]["path"]) + str(alerts[0]["entities"])
    assert "broken.yar:" in said
    assert "broken.yar:" in soc_agent("rules", "check", rules).stdout


def test_a_binary_file_is_no_log(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "x.log").write_bytes(os.urandom(50_000) + GOOD)
    code, _, said = hunt(rules, tmp_path / "x.log")
    assert code == 0
    assert "Traceback" not in said


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_100_mb(rules: Path, tmp_path: Path, packed: bool) -> None:
    """The lines around it are still read, in bounded memory."""
    path = tmp_path / ("auth.log.gz" if packed else "auth.log")
    with gzip.open(path, "wb", 1) if packed else path.open("wb") as target:
        target.write(GOOD)
        for _ in range(100):
            target.write(b"x" * 1_000_000)
        target.write(b"\n" + sshd_line(2))
    bound = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000,) * 2)"
    code = f"{bound}; from soc_agent.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "hunt", "--json", "--no-builtin", "--rules", rules, path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [alert["line"] for alert in alerts] == [1, 3]


def test_invalid_utf8(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "auth.log").write_bytes(b"\xff\xfe\xfa junk\n" + GOOD.replace(b"host sshd", b"h\xf6st sshd") + GOOD)
    code, alerts, _ = hunt(rules, "--type", "syslog", tmp_path / "auth.log")
    assert code == 0
    assert {alert["line"] for alert in alerts} == {2, 3} or sum(int(str(a["count"])) for a in alerts) == 2


WITHOUT_OVERRIDE = """
import ctypes, struct, sys
# root without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (capabilities(7)) is bound by file modes like anybody else
library, header = ctypes.CDLL(None), struct.pack("Ii", 0x20080522, 0)
held = ctypes.create_string_buffer(24)
assert library.capget(header, held) == 0
effective, permitted, *rest = struct.unpack("6I", held.raw)
assert library.capset(header, struct.pack("6I", effective & ~0b110, permitted & ~0b110, *rest)) == 0
from soc_agent.cli import main
main()
"""


def test_an_unreadable_file_is_told_and_the_others_are_read(rules: Path, tmp_path: Path) -> None:
    """The file that may not be read is named with the remedy."""
    (tmp_path / "secret.log").write_bytes(GOOD)
    (tmp_path / "secret.log").chmod(0)
    (tmp_path / "open.log").write_bytes(GOOD)
    files = [str(tmp_path / "secret.log"), str(tmp_path / "open.log")]
    words = ["hunt", "--json", "--no-builtin", "--rules", str(rules), *files]
    program = [sys.executable, "-c", WITHOUT_OVERRIDE] if os.geteuid() == 0 else [sys.executable, "-m", "soc_agent"]
    done = subprocess.run([*program, *words], capture_output=True, text=True, check=False)
    assert [Path(json.loads(line)["path"]).name for line in done.stdout.splitlines()] == ["open.log"], done.stderr
    assert "secret.log" in done.stderr
    assert "adm" in done.stderr


@pytest.mark.data
def test_a_truncated_capture_is_read_as_far_as_it_goes(shared_data: Path, tmp_path: Path) -> None:
    data = (shared_data / "pcap" / "ssh_sshguess.pcap").read_bytes()
    (tmp_path / "cut.pcap").write_bytes(data[: len(data) - len(data) // 5 - 7])
    done = soc_agent("decode", tmp_path / "cut.pcap")
    assert done.returncode == 0
    assert any(json.loads(line)["fields"]["_path"] == "conn" for line in done.stdout.splitlines())
    assert "cut.pcap" in done.stderr


def test_escapes_and_markup_are_shown_not_obeyed(rules: Path, tmp_path: Path) -> None:
    hostile = GOOD.replace(b"Invalid user", b"\x1b]0;pwned\x07\x9b31m[bold red]Invalid user", 1)
    named = GOOD.replace(b"user-1 ", b"user-[/][@click=app.quit]\x1b[2J ", 1)
    (tmp_path / "auth.log").write_bytes(hostile + named)
    done = soc_agent("hunt", "--no-builtin", "--rules", rules, tmp_path / "auth.log")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout.replace("\x1b[1m", "").replace("\x1b[0m", "")
    json_done = soc_agent("hunt", "--json", "--no-builtin", "--rules", rules, tmp_path / "auth.log")
    assert all(line.isprintable() for line in json_done.stdout.splitlines())


def test_nothing_to_read_is_bad_use(rules: Path, tmp_path: Path) -> None:
    code, _, said = hunt(rules, tmp_path / "none.log")
    assert code == 2
    assert "none.log" in said


def test_a_broken_rule_in_a_running_agent_becomes_an_alert_of_layer_1(tmp_path: Path) -> None:
    """With the product's own rules, what the agent refuses is itself an alert."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "broken.yml").write_text("title: Broken\n")
    (tmp_path / "auth.log").touch()
    source = {"kind": "file", "name": "auth", "paths": ["auth.log"], "type": "syslog"}
    site = Site(tmp_path, {"sources": [source], "rules": {"paths": ["more"]}})
    site.start("--quiet")
    try:
        eventually(lambda: "rule" in site.command("alerts", "list", "--json", "layer=1").stdout, "the alert")
    finally:
        assert site.stop() == 0


def test_a_crafted_file_name(rules: Path, tmp_path: Path) -> None:
    """A name with a newline, an escape and bytes that are no UTF-8 is read, stored and shown like any other."""
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / os.fsdecode(b"a\n\x1b[2J\xff.log")).write_bytes(b"".join(sshd_line(n) for n in range(5)))
    (rules / "group.yml").write_text(yaml.safe_dump(GROUP_RULE))
    code, alerts, said = hunt(rules, folder)
    assert code == 0, said
    assert len(alerts) == 6
    assert all(str(alert["path"]).endswith("\\xff.log") for alert in alerts)
    shown = soc_agent("hunt", "--no-builtin", "--rules", rules, folder).stdout
    assert "\x1b[2J" not in shown
    assert soc_agent("decode", folder).returncode == 0
