"""Findings as lines."""

import hashlib
from typing import Any

import msgspec
import pytest

from collectors.file_watch.lines import FINDINGS_CAP, line_of_refused, lines_of
from collectors.file_watch.reading import Refused
from soc_agent.model import FileFacts, Finding, Layer, Level, RuleInfo, RuleKind, Scan, Tier

FACTS = FileFacts("/srv/www/shell.php", 4, "www-data", "0644", 1_600_000_000_123_456_789)
RULE = RuleInfo(
    id="web-shell",
    title="Web shell",
    title_vi="Cửa hậu web",
    kind=RuleKind.YARA,
    level=Level.CRITICAL,
    layer=Layer.MONITORING,
    tier=Tier.APPLICATION,
    tags=("attack.t1505.003", "webshell"),
    response="Isolate",
    level_reason="It stays",
)


def decoded(lines: list[bytes]) -> list[dict[str, Any]]:
    assert all(line.endswith(b"\n") and line.count(b"\n") == 1 for line in lines)
    return [msgspec.json.decode(line) for line in lines]


def test_a_finding_says_all_that_an_alert_needs() -> None:
    """The rule travels with the finding: who reads it may not have the rules."""
    scan = Scan((Finding(RULE, "shell_1", ("$a", "$b"), {"weight": 3}),), sha256=hashlib.sha256(b"EVIL").hexdigest())
    (line,) = decoded(lines_of(FACTS, scan, FACTS.path, "drop", 1_700_000_000_000_000_001))
    assert line == {
        "type": "yara",
        "time": "2023-11-14T22:13:20.000000001Z",
        "path": "/srv/www/shell.php",
        "size": 4,
        "owner": "www-data",
        "mode": "0644",
        "modified": "2020-09-13T12:26:40.123456789Z",
        "scanner": "drop",
        "sha256": hashlib.sha256(b"EVIL").hexdigest(),
        "rule": "shell_1",
        "rule_id": "web-shell",
        "title": "Web shell",
        "title_vi": "Cửa hậu web",
        "level": "critical",
        "layer": 2,
        "tier": "application",
        "suppress_s": 3600,
        "description": "",
        "tags": ["attack.t1505.003", "webshell"],
        "attack": ["T1505.003"],
        "strings": ["$a", "$b"],
        "meta": {"weight": 3},
        "response": "Isolate",
        "level_reason": "It stays",
    }


def test_a_clean_file_gives_no_line() -> None:
    """There is nothing to say."""
    assert lines_of(FACTS, Scan(), FACTS.path, "drop", 0) == []


@pytest.mark.parametrize("reason", ["timeout", "error"])
def test_a_file_without_an_answer_is_not_clean(reason: str) -> None:
    """It is said, with the reason."""
    (line,) = decoded(lines_of(FACTS, Scan(not_scanned=reason, detail="d"), FACTS.path, "drop", 0))
    assert (line["type"], line["reason"], line["detail"]) == ("not_scanned", reason, "d")


def test_a_file_that_was_not_read_is_said() -> None:
    """With what is known of it."""
    (line,) = decoded([line_of_refused(Refused(FACTS, "too_big", "d", 2), FACTS.path, "drop", 0)])
    assert (line["type"], line["reason"], line["path"], line["size"]) == ("not_scanned", "too_big", FACTS.path, 4)


def test_findings_of_a_file_are_bounded_and_the_worst_stay() -> None:
    """A file that matches thousands of rules does not flood the console; how many are left out is said."""
    levels = [Level.LOW] * 100 + [Level.CRITICAL] * 3
    findings = tuple(
        Finding(msgspec.structs.replace(RULE, id=f"r{number}", level=level), "r") for number, level in enumerate(levels)
    )
    lines = decoded(lines_of(FACTS, Scan(findings), FACTS.path, "drop", 0))
    assert len(lines) == FINDINGS_CAP
    assert [line["level"] for line in lines[:4]] == ["critical"] * 3 + ["low"]
    assert lines[-1]["omitted"] == 103 - FINDINGS_CAP


@pytest.mark.parametrize("modified_ns", [-(2**62), 2**62, 2**63 - 1, 253_402_300_800 * 10**9])
def test_any_time_can_be_written(modified_ns: int) -> None:
    """The time of a file is set by whoever owns it."""
    facts = msgspec.structs.replace(FACTS, modified_ns=modified_ns)
    (line,) = decoded(lines_of(facts, Scan(not_scanned="error"), facts.path, "drop", 0))
    assert line["modified"].endswith("Z")


def test_what_within_an_archive_was_not_scanned_is_said_beside_what_was_found() -> None:
    """An archive of which a part is unknown is not clean."""
    finding = Finding(RULE, "shell_1", member="up/a.php", members=2)
    scan = Scan((finding,), sha256="00", beyond={"encrypted": "b", "depth": ""})
    found, beyond = decoded(lines_of(FACTS, scan, FACTS.path, "drop", 0))
    assert (found["member"], found["members"]) == ("up/a.php", 2)
    assert (beyond["type"], beyond["reason"], beyond["detail"]) == ("not_scanned", "inside", "depth, encrypted: b")
    (only,) = decoded(lines_of(FACTS, Scan(beyond={"time": "x"}), FACTS.path, "drop", 0))
    assert only["detail"] == "time: x"
