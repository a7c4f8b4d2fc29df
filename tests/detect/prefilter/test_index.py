"""Which rules a line may concern."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.decode import Decoders
from soc_agent.detect.prefilter import index as index_module
from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.detect.prefilter.scanner import all_lines
from soc_agent.model import Counters, LogSource
from tests import product
from tests.detect.making import rule_of

DECODERS = product.decoders()
WORDS = (b"alpha", b"beta", b"gamma", b"delta")
SYSLOG = (LogSource("", "linux", "syslog"),)


def index_of(*detections: str, line_type: str = "syslog", logsource: str = "{product: linux}") -> TypeIndex:
    rules = [RunningRule(rule_of(detection, logsource=logsource)) for detection in detections]
    return TypeIndex(rules, DECODERS, line_type)


INDEX = index_of(
    "s: {message|contains|all: [alpha, beta]}\ncondition: s",
    "s: {message|contains: [beta, gamma]}\ncondition: s",
    "s: {message|contains: delta}\ncondition: s",
)


def numbers(index: TypeIndex, line: bytes) -> tuple[int, ...]:
    return tuple(dict.fromkeys(hit & 0xFFFFF for hit in index.scanner.scan(line)))


def places(index: TypeIndex, line: bytes) -> list[int]:
    found = index.candidates(numbers(index, line))
    return [place for place in range(len(index.rules)) if found >> place & 1]


def test_every_clause_must_be_met() -> None:
    index = index_of("s: {message|contains|all: [alpha, beta]}\ncondition: s", "s: {message: alpha}\ncondition: s")
    assert places(index, b"x alpha y") == [1]
    assert places(index, b"x beta y") == []
    assert places(index, b"beta ALPHA") == [0, 1]


def test_rules_for_events_that_lines_carry_are_found_by_their_log_source_and_tried_by_fields() -> None:
    """Windows events as JSON in syslog: no literals of their thousands of rules burden a log of another kind."""
    windows = "{product: windows, category: process_creation}"
    index = index_of("s: {Image|endswith: evil.exe}\ncondition: s", logsource=windows)
    assert not any(b"evil" in literal for literal in index.literals)
    event = b'{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Image":"C:\\\\evil.exe"}'
    assert places(index, b"Mar  2 08:14:07 pc1 agent[1]: " + event) == [0]
    assert places(index, b'Mar  2 08:14:07 web01 app[7]: {"Image":"C:\\\\evil.exe"}') == []


def naive(index: TypeIndex, data: bytes) -> list[tuple[int, int, int]]:
    """Each line by itself: where it begins and ends, and its rules."""
    found = [(start, end, index.candidates(numbers(index, data[start:end]))) for start, end in all_lines(data)]
    return [line for line in found if line[2]]


@given(st.lists(st.sampled_from([*WORDS, b"ALPHA", b"\n", b"\n", b"\r\n", b" ", b"\xff"])).map(b"".join))
def test_hits_are_grouped_by_line(data: bytes) -> None:
    index = INDEX
    hits = index.scanner.scan(data)
    assert list(index.lines(data, hits)) == naive(index, data)
    lines = [line for line in all_lines(data) if data[slice(*line)].strip(b"\r")]
    every = list(index.every_line(data, hits, 0b1000))
    assert [(start, end) for start, end, _ in every] == lines
    assert [rules for *_, rules in every] == [
        index.candidates(numbers(index, data[start:end])) | 0b1000 for start, end in lines
    ]


def test_a_block_of_one_long_line() -> None:
    data = b"x" * 1_000_000 + b"beta" + b"y" * 48_000 + b"\n"
    assert list(INDEX.lines(data, INDEX.scanner.scan(data))) == [(0, len(data) - 1, 0b010)]


def test_rules_for_a_line_are_those_of_its_log_sources() -> None:
    index = index_of("s: {message: alpha}\ncondition: s", "k: [alpha]\ncondition: k")
    both, searching = index.rules, index.rules[1:]
    assert index.rules_for(0b11, SYSLOG, {}) == both
    assert index.rules_for(0b11, SYSLOG, None) == searching
    assert index.rules_for(0b01, SYSLOG, None) == ()
    assert index.rules_for(0b11, (LogSource("", "windows"),), {}) == ()
    assert index.every_rule_for(SYSLOG, decoded=True) == both
    assert index.every_rule_for(SYSLOG, decoded=False) == searching


def test_of_many_rules_those_are_left_that_the_values_of_the_event_allow() -> None:
    index = index_of(*(f"s: {{user: u{number}}}\ncondition: s" for number in range(20)))
    assert index.rules_for(index.everything, SYSLOG, {"user": "u7"}) == (index.rules[7],)
    assert index.rules_for(index.everything & ~(1 << 7), SYSLOG, {"user": "u7"}) == ()
    assert index.rules_for(index.everything, SYSLOG, {"user": "x"}) == ()
    assert index.rules_for(index.everything, SYSLOG, None) == ()


def test_by_fields_only_words_without_a_field_are_looked_for_in_the_line() -> None:
    rules = [rule_of("s: {user: alpha}\ncondition: s"), rule_of("k: [beta]\ncondition: k", title="k")]
    index = TypeIndex([RunningRule(rule) for rule in rules], DECODERS, "syslog", by_fields=True)
    assert index.literals[0] == b"beta"
    assert b"alpha" not in index.literals
    assert index.always == 0b01


def test_rules_without_literals_are_always_candidates() -> None:
    index = index_of("s: {pid: 5}\ncondition: s", "s: {message: alpha}\ncondition: s")
    assert index.always == 0b01
    assert places(index, b"nothing") == [0]
    assert places(index, b"alpha") == [0, 1]


def test_a_rule_about_a_field_that_no_line_of_the_type_can_have_is_no_candidate() -> None:
    """Error logs hold no status. Absence is no such thing: it is what they have."""
    web = "{category: webserver}"
    for line_type in ("apache_error", "nginx_error"):
        index = index_of(
            "s: {sc-status: [401, 404]}\nt: {message: alpha}\ncondition: s and t",
            "s: {sc-status: null, severity: error}\ncondition: s",
            "s: {sc-status|exists: false}\ncondition: s",
            "s: [{sc-status|gt: 400}, {tid|gt: 5}]\ncondition: s",
            line_type=line_type,
            logsource=web,
        )
        assert places(index, b"alpha error") == [1, 2, 3]
        assert places(index, b"alpha") == [2, 3]
        assert index.sets_of(index.rules[0].info.id) is None
    access = index_of("s: {sc-status: 404}\ncondition: s", line_type="access", logsource=web)
    assert places(access, b'"GET / HTTP/1.1" 404 7') == [0]


def test_a_decoder_of_a_user_may_give_the_type_more_fields(tmp_path: Path) -> None:
    (tmp_path / "d.yml").write_text(
        "name: d\ndescription: D\nparent: apache_error\nfind: [x]\npatterns: [{match: '(?P<a>x)', constants: {b: c}}]\n"
        "rename: {a: sc-status}\naliases: {d: b}\n"
    )
    decoders = Decoders.load([tmp_path])
    assert decoders.problems == []
    rules = [
        RunningRule(rule_of(f"selection: {{{field}: 5}}", logsource="{category: webserver}", title=field))
        for field in ("sc-status", "b", "d", "e")
    ]
    index = TypeIndex(rules, decoders, "apache_error")
    assert index.always == 0b111
    assert places(index, b"anything") == [0, 1, 2]


def test_a_line_that_may_spell_letters_otherwise_concerns_every_rule() -> None:
    index = index_of("s: {f: alpha}\ncondition: s", line_type="json", logsource="{product: windows}")
    assert places(index, b'{"f": "\\u0061lpha"}') == [0]
    assert places(index, b'{"f": "x"}') == []


def test_only_rules_that_can_apply_to_the_type() -> None:
    assert len(index_of("s: {f: alpha}\ncondition: s", logsource="{product: macos}").rules) == 0
    assert len(index_of("s: {f: alpha}\ncondition: s", line_type="access").rules) == 0
    assert (
        len(index_of("s: {f: alpha}\ncondition: s", line_type="access", logsource="{category: webserver}").rules) == 1
    )


def test_rules_are_routed_by_log_source() -> None:
    rules = [
        RunningRule(rule_of("s: {f: 1}\ncondition: s", logsource=source))
        for source in ("{product: linux, service: sshd}", "{product: linux}", "{product: linux, service: sudo}")
    ]
    index = TypeIndex(rules, DECODERS, "syslog")
    assert index.rules_of(index.route((LogSource("", "linux", "sshd"), *SYSLOG))) == (rules[0], rules[1])
    assert index.rules_of(index.route(SYSLOG)) == (rules[1],)
    assert index.rules_of(index.route(())) == ()


def test_the_log_source_gives_a_literal_where_the_rule_has_none() -> None:
    index = index_of("s: {src_port: 5}\ncondition: s", logsource="{product: linux, service: sshd}")
    assert index.always == 0
    assert places(index, b"Nov 20 08:14:03 web01 sshd[7]: anything") == [0]
    assert places(index, b"Nov 20 08:14:03 web01 cron[7]: anything") == []


def test_not_for_rules_that_search_lines_nobody_can_decode() -> None:
    index = index_of("k: ['1']\ncondition: k", logsource="{product: zeek, service: http}", line_type="zeek")
    assert index.always == 1
    assert index.searching == 1


def test_what_comes_again_is_remembered() -> None:
    index = index_of("s: {message: alpha}\ncondition: s")
    first = index.rules_of(index.candidates(numbers(index, b"alpha")))
    assert index.rules_of(index.candidates(numbers(index, b"alpha"))) is first


def test_the_choice_of_literals_is_learnt_from_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in every line is no longer looked for where a rarer one is enough, once that has cost something."""
    monkeypatch.setattr(index_module, "_BUILD_US", 50.0)
    monkeypatch.setattr(index_module, "_LITERAL_US", 0.0)
    index = index_of("s: {message|contains|all: [a common phrase, rare]}\ncondition: s")
    triggers = list(index.spelling.triggers)
    assert index._literals == [b"a common phrase", b"rare", *triggers]
    block = b"a common phrase\n" * 50
    index.learn(index.scanner.scan(block), Counters(bytes=800, lines=50))
    assert index._literals == [b"a common phrase", b"rare", *triggers]
    index.learn(index.scanner.scan(block), Counters(bytes=800, lines=50))
    assert index._literals == [b"rare", *triggers]
    assert places(index, b"a common phrase") == []
    assert places(index, b"rare") == [0]


def test_what_stands_in_every_line_is_learnt_before_the_first_block_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index_module, "_BUILD_US", 50.0)
    monkeypatch.setattr(index_module, "_LITERAL_US", 0.0)
    index = index_of("s: {message|contains|all: [a common phrase, rare]}\ncondition: s", "selection: {message: x1}")
    block = b"a common phrase\n" * 500 + b"x1\na common phrase that is rare\n"
    assert b"a common phrase" in index.literals
    index.scan(block)
    hits = index.scan(block)
    assert b"a common phrase" not in index.literals
    assert [block[start:end] for start, end, _ in index.lines(block, hits)] == [b"x1", b"a common phrase that is rare"]
    assert index.scan(b"") == []


def test_a_few_hits_are_not_learnt_from() -> None:
    index = index_of("s: {message|contains|all: [a common phrase, rare]}\ncondition: s")
    before = index.scanner
    assert len(index.scan(b"a common phrase\n" * 50)) == 50
    assert index.scanner is before


def test_no_scanner_is_made_that_would_find_hardly_less(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BUILD_US", 0.0)
    monkeypatch.setattr(index_module, "_LITERAL_US", 0.0)
    index = index_of("s: {message: common}\ncondition: s")
    before = index.scanner
    index.learn(index.scanner.scan(b"common\n" * 9), Counters(bytes=63, lines=9))
    assert index.scanner is before
    assert places(index, b"common") == [0]
    assert places(index, b"other") == []


def test_a_log_in_which_nothing_is_found_is_not_learnt_from() -> None:
    index = index_of("s: {message|contains|all: [a common phrase, rare]}\ncondition: s")
    before = index.scanner
    for _ in range(100):
        index.learn([], Counters(bytes=1_000_000_000, lines=10_000_000))
    assert index.scanner is before


def test_an_index_tells_by_what_a_rule_is_looked_for() -> None:
    index = index_of("s: {message|contains|all: [alpha, betabeta]}\ncondition: s")
    rule_id = index.rules[0].info.id
    sets = index.sets_of(rule_id)
    assert sets is not None
    assert frozenset({b"betabeta"}) in sets
    assert {literal for literals in sets for literal in literals} <= set(index.literals)
    assert index.sets_of("no such rule") is None
    unlimited = index_of("s: {pid: 5}\ncondition: s")
    assert unlimited.sets_of(unlimited.rules[0].info.id) == ()


CHANGING = st.lists(
    st.sampled_from(
        [
            f"s: {{message|contains|all: [{a}, {b}]}}\ncondition: s"
            for a in ("alpha", "beta", "gamma")
            for b in ("alpha", "delta", "omega")
        ]
    ),
    min_size=1,
    max_size=6,
    unique=True,
)


@settings(deadline=None)
@given(
    CHANGING,
    CHANGING,
    st.lists(st.sampled_from([*WORDS, b"omega", b"\n", b" "]), max_size=30).map(b"".join),
    st.booleans(),
)
def test_an_index_that_takes_the_place_of_another_finds_what_a_new_one_finds(
    old: list[str], new: list[str], data: bytes, make_anew: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "_STALE", -1 if make_anew else 100)
        later, fresh = index_of(*new), index_of(*new)
        later = TypeIndex(later.rules, DECODERS, "syslog", before=index_of(*old))
    assert list(later.lines(data, later.scanner.scan(data))) == list(fresh.lines(data, fresh.scanner.scan(data)))


def test_a_database_is_used_again_until_much_of_it_is_out_of_place(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"s: {{message: word{number}}}\ncondition: s" for number in range(8)]
    first = index_of(*words[:4])
    second = TypeIndex(index_of(*words[1:5]).rules, DECODERS, "syslog", before=first)
    assert second._database is first._database
    assert [places(second, f"word{number}".encode()) for number in range(5)] == [[], [0], [1], [2], [3]]
    monkeypatch.setattr(index_module, "_STALE", 3)
    monkeypatch.setattr(index_module, "_STALE_SHARE", 0)
    third = TypeIndex(index_of(*words[4:]).rules, DECODERS, "syslog", before=second)
    assert third._database is not first._database
    assert not any(literal in third.literals for literal in first.literals if literal.startswith(b"word"))
    assert [places(third, f"word{number}".encode()) for number in range(3, 6)] == [[], [0], [1]]


def test_what_was_learnt_of_the_lines_is_not_forgotten_over_a_reload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "_BUILD_US", 50.0)
    monkeypatch.setattr(index_module, "_LITERAL_US", 0.0)
    rule = "s: {message|contains|all: [a common phrase, rare]}\ncondition: s"
    before = index_of(rule)
    for _ in range(2):
        before.learn(before.scanner.scan(b"a common phrase\n" * 50), Counters(bytes=800, lines=50))
    after = TypeIndex(before.rules, DECODERS, "syslog", before=before)
    assert after.literals == before.literals
    assert b"a common phrase" not in after.literals
