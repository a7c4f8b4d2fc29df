"""Blocks in, detections out."""

import json
import logging
import pickle
from pathlib import Path

import pytest

from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.hit import RAW_CAP_BYTES
from soc_agent.enrich import Enricher, Networks, Place, PlaceTable, Register
from soc_agent.errors import describe
from soc_agent.model import Clause, RuleKind
from tests import product
from tests.detect.load.test_assemble import ONE, TWO, correlation
from tests.detect.making import RECEIVED_NS, block_of, context_of, detect, rule_text, rules_of
from tests.detect.yara.test_findings import FINDING

DECODERS = product.decoders()
HEAD = b"Nov 20 08:14:03 web01 app[7]: "
EVIL = rule_text("keywords: [evil]\ncondition: keywords", title="Evil", more=f"id: {ONE}\nname: base")


def engine_of(rules: RuleSet) -> Engine:
    return Engine(rules, DECODERS)


@pytest.fixture
def evil(tmp_path: Path) -> RuleSet:
    return rules_of(tmp_path, a=EVIL)


def test_a_detection_knows_its_line(evil: RuleSet) -> None:
    data = HEAD + b"good\n" + HEAD + b"evil one\n\n" + HEAD + b"good\n" + HEAD + b"EVIL two\n"
    result = engine_of(evil).run(block_of(data, "syslog", offset=1000, first_line=50), context_of("syslog"))
    assert [(d.line_number, d.raw) for d in result.detections] == [(51, HEAD + b"evil one"), (54, HEAD + b"EVIL two")]
    first = result.detections[0]
    assert (first.source, first.stream, first.host) == ("test", "/var/log/test", "web01")
    assert first.rule.title == "Evil"
    assert first.fields["program"] == "app"
    assert first.why == (Clause("keywords", "evil", "", (HEAD + b"evil one").decode()),)
    assert first.time_ns < RECEIVED_NS


def logins(tmp_path: Path, group: str, *users: str) -> tuple[RuleSet, bytes]:
    """Give a correlation that counts countries by ``group``, and logins from 203.0.113.1, .2 …"""
    base = rule_text("s: {action: login, outcome: success}\ncondition: s", title="Login", more=f"id: {ONE}\nname: base")
    travel = (
        f"title: Travel\nid: {TWO}\ncorrelation:\n  type: value_count\n  rules: [base]\n  group-by: [{group}]\n"
        "  timespan: 1h\n  condition: {gte: 2, field: src_ip.country}\n"
    )
    lines = [
        f"Nov 20 08:14:03 web01 sshd[7]: Accepted password for {user} from 203.0.113.{number} port 1 ssh2\n"
        for number, user in enumerate(users, 1)
    ]
    return rules_of(tmp_path, base=base, travel=travel), "".join(lines).encode()


PLACES = PlaceTable({"203.0.113.1": Place("VN"), "203.0.113.2": Place("NL"), "203.0.113.4": Place("NL")})


@pytest.mark.parametrize(
    ("users", "found"),
    [(["an", "an"], ["an"]), (["an", "binh"], []), (["binh", "an", "an", "binh"], ["binh"]), (["x", "an", "an"], [])],
)
def test_correlations_count_what_is_known_beyond_the_line(tmp_path: Path, users: list[str], found: list[str]) -> None:
    rules, data = logins(tmp_path, "user", *users)
    enricher = Enricher(Register(), Networks(), PLACES)
    result = Engine(rules, DECODERS, enricher=enricher).run(block_of(data, "syslog"), context_of("syslog"))
    assert [detection.fields["user"] for detection in result.detections] == found
    assert engine_of(rules).run(block_of(data, "syslog"), context_of("syslog")).detections == []


def test_what_is_known_is_asked_for_where_a_correlation_needs_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    enricher = Enricher(Register(), Networks(), PLACES)
    monkeypatch.setattr(enricher, "value", lambda event, field: asked.append(field))
    rules, data = logins(tmp_path, "user", "an", "an")
    other = b"Nov 20 08:14:03 web01 sshd[7]: Failed password for an from 203.0.113.9 port 1 ssh2\n" * 50
    Engine(rules, DECODERS, enricher=enricher).run(block_of(other + data, "syslog"), context_of("syslog"))
    assert set(asked) == {"src_ip.country"}
    assert len(asked) <= 4


def test_joined_lines_are_one_event_and_keep_how_they_were_written(tmp_path: Path) -> None:
    """A rule sees what stands in several lines of one event; the alert has them, and the number of the first."""
    both = rule_text("keywords: {'|all': [evil, java.io]}\ncondition: keywords", title="Both")
    written = HEAD + b"good\n\tat a\n" + HEAD + b"evil\n\tat java.io.X\n" + HEAD + b"evil\n"
    data = bytearray(written)
    for place in (written.index(b"\n\tat a"), written.index(b"\n\tat java")):
        data[place : place + 1] = b" "
    block = block_of(bytes(data), "syslog", first_line=10, written=written)
    result = engine_of(rules_of(tmp_path, both=both)).run(block, context_of("syslog"))
    (detection,) = result.detections
    assert detection.raw == HEAD + b"evil\n\tat java.io.X"
    assert detection.line_number == 12
    assert result.counters.lines == 3


def test_what_was_read_is_counted(evil: RuleSet) -> None:
    data = HEAD + b"evil\n" + b"good\n" + b"\x00\xff evil but no syslog\n"
    counters = engine_of(evil).run(block_of(data, "syslog"), context_of("syslog")).counters
    assert (counters.bytes, counters.lines, counters.candidates, counters.undecodable) == (len(data), 3, 2, 1)


def test_a_line_that_nobody_can_decode_is_searched_as_text(evil: RuleSet) -> None:
    (detection,) = detect(evil, b"\x00\xff evil but no syslog\n", "syslog")
    assert detection.fields == {}


def test_a_rule_about_fields_says_nothing_of_such_a_line(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("s: {program: sshd}\ncondition: not s", title="Not sshd"))
    assert detect(rules, b"\x00\xff no syslog\n", "syslog") == []
    assert len(detect(rules, HEAD + b"x\n", "syslog")) == 1


def test_the_same_block_gives_the_same_ids_and_another_place_others(evil: RuleSet) -> None:
    data = HEAD + b"evil\n" + HEAD + b"evil\n"
    first, second = detect(evil, data, "syslog"), detect(evil, data, "syslog")
    assert [d.uid for d in first] == [d.uid for d in second]
    assert first[0].uid != first[1].uid


def test_blocks_of_one_stream_join_up(evil: RuleSet) -> None:
    """Cutting a stream into other blocks changes neither ids nor line numbers."""
    lines = [HEAD + text + b"\n" for text in (b"evil", b"good", b"evil", b"good", b"evil")]
    whole = detect(evil, b"".join(lines), "syslog")
    engine, parts, offset = engine_of(evil), [], 0
    for number, line in enumerate(lines, 1):
        block = block_of(line, "syslog", offset=offset, first_line=number)
        parts += engine.run(block, context_of("syslog")).detections
        offset += len(line)
    assert parts == whole


def test_the_stages_can_run_in_different_processes(tmp_path: Path) -> None:
    """What one engine matched, another that never saw a line concludes from: the same detections, in the same order."""
    rules = rules_of(tmp_path, a=EVIL, b=correlation("[base]"), c=rule_text("keywords: [evil]\ncondition: keywords"))
    blocks, offset = [], 0
    for second in range(10):
        line = b"Nov 20 08:14:%02d web01 app[7]: evil\n" % second
        blocks.append(block_of(line, "syslog", offset=offset, first_line=second + 1))
        offset += len(line)
    here, there, last = engine_of(rules), engine_of(rules), engine_of(rules)
    expected = [here.run(block, context_of("syslog")).detections for block in blocks]
    matched = [pickle.dumps(there.match(block, context_of("syslog"))) for block in reversed(blocks)]
    assert [last.conclude(pickle.loads(data)).detections for data in reversed(matched)] == expected
    assert {detection.rule.kind for found in expected for detection in found} == {RuleKind.SIGMA, RuleKind.CORRELATION}


def test_carriage_returns_are_no_part_of_the_line(evil: RuleSet) -> None:
    (detection,) = detect(evil, HEAD + b"evil\r\n\r\n", "syslog")
    assert detection.raw == HEAD + b"evil"


@pytest.mark.parametrize("data", [b"", b"\n", b"\n\n\n", b"\r\n", b"no newline at the end"])
def test_blocks_with_nothing_in_them(evil: RuleSet, data: bytes) -> None:
    result = engine_of(evil).run(block_of(data, "syslog"), context_of("syslog"))
    assert result.detections == []
    assert result.counters.lines == len(data.splitlines())


def test_a_block_of_one_very_long_line(evil: RuleSet) -> None:
    (detection,) = detect(evil, HEAD + b"x" * 1_000_000 + b"evil" + b"\n", "syslog")
    assert len(detection.raw) == RAW_CAP_BYTES
    assert len(detection.fields["message"]) <= RAW_CAP_BYTES


def test_several_rules_on_one_line_in_the_order_of_the_rules(tmp_path: Path) -> None:
    texts = {
        name: rule_text(f"keywords: [{word}]\ncondition: keywords", title=name)
        for name, word in (("a", "two"), ("b", "one"), ("c", "three"))
    }
    rules = rules_of(tmp_path, **texts)
    assert [d.rule.title for d in detect(rules, HEAD + b"one two\n" + HEAD + b"three one\n", "syslog")] == list("abbc")


def test_rules_see_only_their_log_sources(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path, a=rule_text("keywords: [evil]\ncondition: keywords", logsource="{product: linux, service: sshd}")
    )
    assert detect(rules, HEAD + b"evil\n", "syslog") == []
    assert len(detect(rules, b"Nov 20 08:14:03 web01 sshd[7]: evil\n", "syslog")) == 1


def test_correlations_are_fed_and_their_base_is_silent(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=EVIL, b=correlation("[base]"))
    lines = b"".join(b"Nov 20 08:14:%02d web01 app[7]: evil\n" % second for second in range(10))
    found = detect(rules, lines, "syslog")
    assert {d.rule.kind for d in found} == {RuleKind.CORRELATION}
    assert (found[0].rule.id, found[0].count, found[0].line_number) == (TWO, 5, 5)


def test_windows_survive_a_restart(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=EVIL, b=correlation("[base]"))
    lines = [b"Nov 20 08:14:%02d web01 app[7]: evil\n" % second for second in range(5)]
    first = engine_of(rules).run(block_of(b"".join(lines[:3]), "syslog"), context_of("syslog"))
    assert first.detections == []
    assert first.changes
    again = engine_of(rules)
    again.restore(first.changes)
    more = block_of(b"".join(lines[3:]), "syslog", offset=len(b"".join(lines[:3])), first_line=4)
    (detection,) = again.run(more, context_of("syslog")).detections
    assert (detection.count, detection.line_number) == (5, 5)


def test_late_events_are_counted(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=EVIL, b=correlation("[base]"))
    data = b"Nov 20 18:00:00 web01 app[7]: evil\nNov 20 08:00:00 web01 app[7]: evil\n"
    assert engine_of(rules).run(block_of(data, "syslog"), context_of("syslog")).counters.late == 1


def test_findings_are_detections(tmp_path: Path) -> None:
    (detection,) = detect(rules_of(tmp_path), json.dumps(FINDING).encode() + b"\n", "yara")
    assert (detection.rule.id, detection.rule.kind) == ("yara:webshell_php", RuleKind.YARA)
    assert detection.entities["file"] == ("/var/www/x.php",)
    assert detection.entity_key == "/var/www/x.php"


def test_rules_see_findings_too(tmp_path: Path) -> None:
    text = rule_text("selection: {tags: webshell}", title="Any shell", logsource="{product: soc-agent, service: yara}")
    found = detect(rules_of(tmp_path, a=text), json.dumps(FINDING).encode() + b"\n", "yara")
    assert [d.rule.title for d in found] == ["PHP web shell", "Any shell"]


def test_rules_for_which_every_line_must_be_decoded_are_told(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=EVIL, b=rule_text("selection: {pid: 7}", title="Seven"))
    engine = engine_of(rules)
    assert [info.title for info in engine.always_evaluated("syslog")] == ["Seven"]
    assert engine.always_evaluated("access") == []
    result = engine.run(block_of(HEAD + b"x\n" + b"\n" + HEAD + b"y\n", "syslog"), context_of("syslog"))
    assert [(d.rule.title, d.line_number) for d in result.detections] == [("Seven", 1), ("Seven", 3)]
    assert result.counters.candidates == 2


def test_a_rule_can_be_explained(evil: RuleSet) -> None:
    event = DECODERS.decode(HEAD + b"evil", context_of("syslog"))
    assert [clause.pattern for clause in engine_of(evil).explain(ONE, event)] == ["evil"]
    assert engine_of(evil).explain("unknown", event) == ()


def test_a_rule_that_fails_is_named_and_the_rest_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rules_of(tmp_path, a=EVIL, b=rule_text("keywords: [evil, bad]\ncondition: keywords", title="Broken"))
    engine = engine_of(rules)

    def broken(view: object) -> bool:
        raise RecursionError("too deep")

    engine._running[rules.rules[1].info.id].predicate = broken
    with caplog.at_level(logging.ERROR):
        result = engine.run(block_of(HEAD + b"evil\n" + HEAD + b"evil\n", "syslog"), context_of("syslog"))
    assert [d.rule.title for d in result.detections] == ["Evil", "Evil"]
    (problem,) = engine.problems()
    assert problem.code == "rule.failed"
    assert "Broken" in describe(problem)
    assert len(caplog.records) == 1


def test_a_type_that_is_not_known_is_guessed_line_by_line(evil: RuleSet) -> None:
    assert len(detect(evil, HEAD + b"evil\n" + HEAD + b"good\n", "unheard-of")) == 1


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}", r"^(\w+\s?)*$", "((a*)*)*b", "a*a*a*a*a*a*a*a*b"]
)
def test_a_hostile_expression_cannot_hang_the_engine(tmp_path: Path, pattern: str) -> None:
    """With a backtracking matcher one such line would take longer than the universe has."""
    rules = rules_of(tmp_path, a=rule_text(f"selection: {{message|re: '{pattern}'}}"))
    assert rules.problems == ()
    detect(rules, HEAD + b"a" * 100_000 + b"!\n", "syslog")


def test_a_block_full_of_hits_is_worked_through(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("keywords: [aa, aaa, aaaa]\ncondition: keywords"))
    assert len(detect(rules, HEAD + b"a" * 500_000 + b"\n", "syslog")) == 1


def test_a_source_of_telemetry_is_decoded_line_by_line_and_found_in_the_same(tmp_path: Path) -> None:
    """Which index costs least is learnt from each source; it changes nothing of what is found."""
    for number in range(20):
        detection = f"selection: {{Image|endswith: '\\\\p{number}.exe'}}"
        text = rule_text(detection, title=f"P{number}", logsource="{product: windows, service: security}")
        (tmp_path / f"{number}.yml").write_text(text)
    rules = load_rules([tmp_path])
    event = b'{"EventID": 1, "Channel": "Security", "Image": "C:\\\\p%d.exe"}\n'
    telemetry = b"".join(event % (number % 25) for number in range(200))
    other = b'{"msg": "quiet"}\n' * 200
    engine, plain = Engine(rules, DECODERS), Engine(rules, DECODERS, prefilter=False)
    context = context_of("json")
    for data in (telemetry, other, other, telemetry, telemetry, other + telemetry):
        block = block_of(data, "json")
        found = engine.run(block, context)
        assert [d.uid for d in found.detections] == [d.uid for d in plain.run(block, context).detections]
        assert engine._is_telemetry[context.source_name, "json"] is (data == telemetry)


def test_time_passes_at_the_end_of_the_input(tmp_path: Path) -> None:
    """What did not happen is found then, where the input says that it did not."""
    absent = "title: Alone\ncorrelation: {type: temporal, timespan: 1h, condition: base and not other}\n"
    other = rule_text("keywords: [other]\ncondition: keywords", more=f"id: {TWO}\nname: other")
    rules = rules_of(tmp_path, a=EVIL, b=other, c=absent)
    assert rules.problems == ()
    engine = engine_of(rules)
    lines = b"".join(
        b"Nov 20 0%d:14:03 web01 app[7]: %b\n" % (hour, text) for hour, text in ((1, b"evil"), (5, b"other"))
    )
    assert [d.rule.kind for d in engine.run(block_of(lines, "syslog"), context_of("syslog")).detections] == []
    result = engine.advance()
    assert [(d.rule.kind, d.line_number) for d in result.detections] == [(RuleKind.CORRELATION, 1)]
    assert result.changes
    assert engine.advance().detections == []
