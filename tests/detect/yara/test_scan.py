"""A file's bytes against the YARA rules."""

import threading
import time
from pathlib import Path

import pytest

from soc_agent.detect.yara.rules import load_yara
from soc_agent.detect.yara.scan import YaraScanner, externals_of
from soc_agent.model import FileFacts, Scan


def facts(path: str = "/srv/www/up/shell.PHP", owner: str = "www-data") -> FileFacts:
    return FileFacts(path, 10, owner, "0644", 0)


def scanner(folder: Path, text: str, **options: tuple[str, ...]) -> YaraScanner:
    (folder / "r.yar").write_text(text)
    rules = load_yara([folder], disabled=options.get("disabled", ()))
    assert rules.problems == []
    return YaraScanner(rules)


def test_a_finding_names_the_rule_and_its_strings(tmp_path: Path) -> None:
    """What matched, and in which strings, each once."""
    text = """rule shell : web {
        meta: level = "high" weight = 3
        strings: $a = "eval(" $b = "base64" $c = "none"
        condition: any of them
    }"""
    scan = scanner(tmp_path, text).scan(b"eval(eval(base64", facts(), 5)
    (finding,) = scan.findings
    assert (finding.name, finding.rule.id) == ("shell", "yara:r.shell")
    assert finding.strings == ("$a", "$b")
    assert finding.meta == {"level": "high", "weight": 3}
    assert scan.not_scanned == ""


def test_a_clean_file_has_no_finding(tmp_path: Path) -> None:
    """Scanned, and nothing found."""
    assert scanner(tmp_path, 'rule r { strings: $a = "x" condition: $a }').scan(b"clean", facts(), 5) == Scan()


def test_without_rules_nothing_is_found(tmp_path: Path) -> None:
    """An installation without YARA rules still watches."""
    assert YaraScanner(load_yara([tmp_path])).scan(b"x", facts(), 5) == Scan()


def test_rules_may_ask_for_the_file(tmp_path: Path) -> None:
    """Name, folder, suffix, kind and owner, as the public sets mean them."""
    condition = (
        'filename == "shell.PHP" and filepath == "/srv/www/up" and extension == ".php" '
        'and filetype == "ELF" and owner == "www-data"'
    )
    found = scanner(tmp_path, f"rule r {{ condition: {condition} }}").scan(b"\x7fELF...", facts(), 5)
    assert len(found.findings) == 1


@pytest.mark.parametrize(
    ("data", "word"), [(b"MZ\x90", "EXE"), (b"PK\x03\x04", "ZIP"), (b"%PDF-1.7", "PDF"), (b"hello", ""), (b"", "")]
)
def test_the_kind_of_file_is_told_by_its_first_bytes(data: bytes, word: str) -> None:
    """Not by its name."""
    assert externals_of(facts(), data)["filetype"] == word


def test_a_name_that_is_not_utf8_is_scanned(tmp_path: Path) -> None:
    """Paths reach the scanner as text, whatever bytes they were."""
    found = scanner(tmp_path, "rule r { condition: true }").scan(b"", facts("/tmp/\\xff\u202e.php"), 5)
    assert len(found.findings) == 1


def test_disabled_rules_find_nothing(tmp_path: Path) -> None:
    """By id, as all other rules."""
    text = 'rule r { meta: id = "off" condition: true }\nrule s { condition: true }'
    found = scanner(tmp_path, text, disabled=("off",)).scan(b"", facts(), 5)
    assert [finding.name for finding in found.findings] == ["s"]


def test_what_takes_too_long_is_not_scanned(tmp_path: Path) -> None:
    """Never clean for want of time; other threads go on meanwhile."""
    slow = scanner(tmp_path, "rule r { condition: for all i in (0..2000000000) : (uint8(0) + i >= 0) }")
    turns = 0
    done = threading.Event()

    def count() -> None:
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0.005)

    thread = threading.Thread(target=count)
    thread.start()
    scan = slow.scan(b"x", facts(), 1)
    done.set()
    thread.join()
    assert scan.not_scanned == "timeout"
    assert scan.findings == ()
    assert turns > 3


def test_a_string_that_is_everywhere_does_not_stop_the_scan(tmp_path: Path) -> None:
    """A million matches are a flood, not an answer; the other rules still speak."""
    text = 'rule flood { strings: $a = "a" condition: #a > 5 }\nrule end { strings: $e = "the end" condition: $e }'
    found = scanner(tmp_path, text).scan(b"a" * 1_500_000 + b"the end", facts(), 20)
    assert "end" in {finding.name for finding in found.findings}


def test_other_rules_are_taken_from_the_next_file_on(tmp_path: Path) -> None:
    (tmp_path / "a.yar").write_text("rule before { condition: true }")
    scanner = YaraScanner(load_yara([tmp_path]))
    (tmp_path / "a.yar").write_text("rule after { condition: true }")
    scanner.use(load_yara([tmp_path]))
    assert [finding.name for finding in scanner.scan(b"x", facts(), 5).findings] == ["after"]
