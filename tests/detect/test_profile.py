"""What rules cost is counted while the engine runs, and the engine finds what it always finds."""

from pathlib import Path

from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.profile import Cost, Profile, Profiler
from tests import product
from tests.detect.making import block_of, context_of, rule_text, rules_of

DECODERS = product.decoders()
APP = "{product: linux, service: syslog}"
LINES = b"".join(
    b"Nov 20 08:14:%02d web01 app[7]: %s\n" % (number % 60, word)
    for number, word in enumerate([b"evil deed", b"evil thought", b"good", b"quiet"] * 25)
)


def profile_of(rules: RuleSet, data: bytes = LINES, line_type: str = "syslog") -> Profile:
    profiler = Profiler(rules, DECODERS)
    profiler.take(block_of(data, line_type), context_of(line_type))
    return profiler.profile()


def rules(folder: Path, **detections: str) -> RuleSet:
    return rules_of(folder, **{name: rule_text(text, title=name, logsource=APP) for name, text in detections.items()})


def cost_of(profile: Profile, title: str) -> Cost:
    return next(cost for cost in profile.costs if cost.rule.title == title)


def test_tries_matches_and_lines_in_vain_are_counted(tmp_path: Path) -> None:
    profile = profile_of(
        rules(
            tmp_path,
            deed="selection: {message|contains: evil deed}",
            mostly="selection: {message|contains: evil, message|endswith: thought}",
            never="selection: {message|contains: nowhere}",
        )
    )
    assert (profile.lines, profile.bytes, profile.candidates) == (100, len(LINES), 50)
    deed = cost_of(profile, "deed")
    assert (deed.named, deed.tries, deed.matches, deed.for_nothing) == (25, 25, 25, 0)
    assert deed.literals[0].literal == "evil deed"
    assert deed.literals[0].count == 25
    assert profile.matches == 50
    assert [cost.rule.title for cost in profile.costs if cost.rule.title == "never"] == []


def test_a_rule_that_nothing_rules_out_is_said_to_be_one(tmp_path: Path) -> None:
    profile = profile_of(rules(tmp_path, always="selection: {pid: 8}", other="selection: {message|contains: evil}"))
    always = cost_of(profile, "always")
    assert (always.always, always.hint, always.literals) == (True, "always", ())
    assert (always.named, always.alone, always.matches) == (100, 50, 0)
    assert cost_of(profile, "other").alone == 0
    assert profile.candidates == 100


def test_decoding_is_shared_by_those_for_whom_it_was_done(tmp_path: Path) -> None:
    profile = profile_of(
        rules(tmp_path, one="selection: {message|contains: evil}", two="selection: {message|contains: evil}")
    )
    one, two = profile.costs
    assert one.decode_ns == two.decode_ns > 0
    assert one.decode_ns + two.decode_ns <= profile.decode_ns
    assert profile.total_ns >= profile.decode_ns + profile.tries_ns
    assert one.total_ns == one.tries_ns + one.decode_ns


def test_a_literal_that_stands_everywhere_is_named(tmp_path: Path) -> None:
    profile = profile_of(rules(tmp_path, vain="selection: {message|contains: evil, pid: 9}"))
    vain = cost_of(profile, "vain")
    assert (vain.named, vain.matches, vain.for_nothing) == (50, 0, 50)
    assert vain.hint in ("common", "always")


def test_the_dearest_rule_comes_first(tmp_path: Path) -> None:
    profile = profile_of(
        rules(tmp_path, cheap="selection: {message|contains: evil deed}", dear="selection: {pid: 8}"),
    )
    assert [cost.total_ns for cost in profile.costs] == sorted((cost.total_ns for cost in profile.costs), reverse=True)


def test_what_is_found_is_what_the_engine_finds(tmp_path: Path) -> None:
    loaded = rules(tmp_path, deed="selection: {message|contains: deed}", pid="selection: {pid: 7}")
    detections = Engine(loaded, DECODERS).run(block_of(LINES, "syslog"), context_of("syslog")).detections
    assert profile_of(loaded).matches == len(detections)


def test_events_of_telemetry_are_counted_too(tmp_path: Path) -> None:
    lines = b"".join(
        b'{"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\\\x%d.exe"}\n' % number
        for number in range(50)
    )
    windows = "{product: windows, category: process_creation}"
    loaded = rules_of(
        tmp_path,
        a=rule_text("selection: {Image|endswith: '\\x7.exe'}", title="seven", logsource=windows),
        b=rule_text("selection: {Image|contains: x}", title="all", logsource=windows),
    )
    profile = profile_of(loaded, lines, "json")
    assert profile.lines == 50
    assert cost_of(profile, "seven").matches == 1
    assert cost_of(profile, "all").matches == 50


def test_literals_that_are_asked_for_no_more_are_named_too(tmp_path: Path) -> None:
    profiler = Profiler(rules(tmp_path, vain="selection: {message|contains|all: [a common phrase, rare]}"), DECODERS)
    line = b"Nov 20 08:14:00 web01 app[7]: a common phrase\n"
    block = block_of(line * 50 + line.replace(b"phrase", b"phrase, rare"), "syslog")
    profiler.take(block, context_of("syslog"))
    (index,) = profiler._engine._choices
    index._frequency[b"a common phrase"] = 1.0
    index._build(index._choose())
    profiler.take(block, context_of("syslog"))
    found = {each.literal: each.count for each in cost_of(profiler.profile(), "vain").literals}
    assert found == {"a common phrase": 51, "rare": 2}
