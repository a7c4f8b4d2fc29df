"""The law of the prefilter on hostile lines: whatever encodings, line endings and bytes, the same detections.

Texts are written as encoders are allowed to write them, character by character: JSON with any letter by its number, any
slash escaped and surrogate pairs; URLs percent-encoded once and twice, with ``+``; CEF with its escapes; audit records
in hexadecimal. Rules are made from what the decoders read back, with every kind of test, so that most of them match.
"""

import ipaddress
import re
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc_agent.detect import Engine, RuleSet, ir
from soc_agent.detect.evaluate.leaf import compile_test
from soc_agent.detect.evaluate.match import fold
from soc_agent.model import Detection, LogSource, RuleInfo
from tests.detect.encodings import LINES, blocks, damaged, json_lines
from tests.detect.making import block_of, context_of, view_of
from tests.detect.test_law import BACKENDS, DECODERS, _texts


def _swapped(text: str, how: int) -> str:
    """The text in another case, where that is the same to rules."""
    other = (text, text.upper(), text.lower(), text.swapcase())[how]
    return other if fold(other) == fold(text) else text


@st.composite
def fitting_tests(draw: st.DrawFn, text: str, fields: dict[str, object]) -> ir.Test:
    """A test that is likely to hold for a value."""
    start = draw(st.integers(0, max(len(text) - 1, 0)))
    stop = draw(st.integers(start, len(text)))
    same = _swapped(text, draw(st.integers(0, 3)))
    part = same[start:stop] or same
    middle = part[1:-1]
    choices: list[ir.Test] = [
        ir.Text((same,)),
        ir.Text((same[:stop], ir.ANY)),
        ir.Text((ir.ANY, same[start:])),
        ir.Text((ir.ANY, part, ir.ANY)),
        ir.Text((ir.ANY, text[start:stop], ir.ANY), cased=True),
        ir.Text((ir.ANY, same[:start][-3:], ir.ANY, same[stop:][:3], ir.ANY)),
        ir.Text((ir.ANY, part[:1], *(ir.ONE for _ in middle), part[-1:] if len(part) > 1 else "", ir.ANY)),
        ir.Regex(re.escape(text[start:stop])),
        ir.Regex(re.escape(part), "i"),
        ir.Regex(f"^{re.escape(text)}$", "s"),
        ir.Regex(f"(?:zz|{re.escape(text[start:stop])}|yy)+", "m"),
        ir.Regex(f"[{re.escape(text[:1])}z]{re.escape(text[1:stop])}.*") if text else ir.Regex("^$"),
        ir.Regex(rf"{re.escape(text[start:stop])}(?!\d{{9}})"),
        ir.AnyOf((ir.Text((ir.ANY, "zzzz", ir.ANY)), ir.Text((ir.ANY, part, ir.ANY)))),
        ir.AnyOf((ir.Text((same,)), ir.Regex("yyyy"))),
        ir.Exists(True),
        ir.Exists(False),
        ir.Null(),
        ir.FieldRef(
            draw(st.sampled_from(sorted(fields) or ["f"])), starts=draw(st.booleans()), ends=draw(st.booleans())
        ),
        ir.Network(_network(text)),
        ir.Compare(
            draw(st.sampled_from(["lt", "lte", "gt", "gte", "neq"])), draw(st.sampled_from([7, 404, -1, 1000.5]))
        ),
        ir.TimePart(draw(st.sampled_from(["minute", "hour", "day", "week", "month", "year"])), 14),
    ]
    # the texts and expressions, of which the literals come, more often than the rest
    return draw(st.one_of(st.sampled_from(choices[:15]), st.sampled_from(choices[:7]), st.sampled_from(choices)))


def _network(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "2001:db8::/32"
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


@st.composite
def fitting_items(draw: st.DrawFn, line: bytes, line_type: str) -> ir.Item:
    """An item that a line is likely to fulfil; words that are looked for anywhere are of texts and expressions only."""
    event = DECODERS.decode(line, context_of(line_type))
    found = [(field, text) for field, value in event.fields.items() for text in _texts(value) or [""]]
    field, text = draw(st.sampled_from([("", event.text), *found]))
    tests = [draw(fitting_tests(text, event.fields)) for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3])))]
    if field == "":
        tests = [test for test in tests if isinstance(test, (ir.Text, ir.Regex))] or [ir.Text((text[:9],))]
    return ir.Item(field, field, tuple(map(_runnable, tests)), draw(st.booleans()))


def _runnable(test: ir.Test) -> ir.Test:
    """The test, or another where its expression is refused (a character that UTF-8 cannot hold)."""
    try:
        compile_test("f", test)
    except ValueError:
        return ir.Regex("evil")
    return test


@st.composite
def fitting_rules(draw: st.DrawFn, lines: list[bytes], line_type: str) -> RuleSet:
    items = st.sampled_from(lines).flatmap(lambda line: fitting_items(line, line_type))
    nodes: st.SearchStrategy[ir.Node] = st.recursive(
        items,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda found: ir.And(tuple(found))),
            st.lists(inner, min_size=1, max_size=3).map(lambda found: ir.Or(tuple(found))),
            inner.map(ir.Not),
        ),
        max_leaves=4,
    )
    one, two = ir.Ref("a"), ir.Ref("b")
    shapes: list[ir.Node] = [
        one,
        ir.Or((one, two)),
        ir.And((one, ir.Not(two))),
        ir.And((one, ir.Or((two, ir.Not(one))))),
    ]
    conditions = st.sampled_from(shapes)
    sources = st.sampled_from([LogSource(), LogSource(), *sorted(DECODERS.log_sources(line_type), key=str)])
    rules = []
    for number in range(draw(st.integers(2, 8))):
        # what asks for one thing alone leans most on its literals
        simple = number % 3 != 2
        selections = {"a": draw(items if simple else nodes), "b": draw(items)}
        condition = one if simple else draw(conditions)
        rules.append(ir.Rule(RuleInfo(f"r{number}", "T"), draw(sources), selections, condition))
    return rule_set(*rules)


def rule_set(*rules: ir.Rule) -> RuleSet:
    return RuleSet(rules=rules, infos={rule.info.id: rule.info for rule in rules})


def run(engine: Engine, block: bytes, line_type: str) -> list[Detection]:
    detections = engine.run(block_of(block, line_type), context_of(line_type)).detections
    assert engine.problems() == []
    return detections


def plain_rules(lines: list[bytes], line_type: str, random: Random) -> list[ir.Rule]:
    """Rules of one test each, for parts of all that the lines hold: every one matches, and leans on its literals."""
    rules: list[ir.Rule] = []
    for line in lines:
        event = DECODERS.decode(line, context_of(line_type))
        found = [(field, text) for field, value in event.fields.items() for text in _texts(value) if text]
        for field, text in [*random.sample(found, min(len(found), 9)), ("", event.text)]:
            for _ in range(3):
                start = random.randrange(len(text) or 1)
                part = text[start : start + random.choice([2, 4, 6, 9, 30])]
                same = _swapped(part, random.randrange(4))
                tests: list[ir.Test] = [
                    ir.Text((ir.ANY, same, ir.ANY)),
                    ir.Text((ir.ANY, same, ir.ANY)),
                    ir.Text((ir.ANY, part, ir.ANY), cased=True),
                    ir.Text((text,)) if field else ir.Text((part,)),
                    ir.Text((ir.ANY, _swapped(text[start:], 1))),
                    ir.Text((_swapped(text[: start + 4], 2), ir.ANY)),
                    ir.Regex(re.escape(part)),
                    ir.Regex(f"x?{re.escape(same)}", "i"),
                    ir.AnyOf((ir.Text((ir.ANY, part, ir.ANY)), ir.Text(("zzzz",)))),
                ]
                node = ir.Item(field, field, (_runnable(random.choice(tests)),))
                rules.append(ir.Rule(RuleInfo(f"p{len(rules)}", "T"), LogSource(), {"s": node}, ir.Ref("s")))
    return rules


@pytest.mark.parametrize("line_type", LINES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_hostile_lines_lose_no_detection(line_type: str, data: st.DataObject) -> None:
    lines = data.draw(st.lists(LINES[line_type]().flatmap(damaged), min_size=2, max_size=5))
    random = data.draw(st.randoms(use_true_random=False).map(lambda drawn: Random(drawn.random())))
    drawn = data.draw(fitting_rules(lines, line_type))
    rules = rule_set(*drawn.rules, *plain_rules(lines, line_type, random))
    block = data.draw(blocks(lines))
    expected = run(Engine(rules, DECODERS, prefilter=False), block, line_type)
    for backend in BACKENDS:
        # lines are candidates by their literals, or (as those of telemetry are) by their fields
        for telemetry in (False, True):
            engine = Engine(rules, DECODERS, backend=backend)
            engine._is_telemetry["test", line_type] = telemetry
            assert run(engine, block, line_type) == expected
            if not telemetry:
                choose_anew(engine, line_type, random)
                assert run(engine, block, line_type) == expected


def choose_anew(engine: Engine, line_type: str, random: Random) -> None:
    """Choose other literals to look for, as if logs had taught which are rare. Any choice finds the same."""
    index = engine.index_for(context_of(line_type))
    literals = sorted({literal for clauses in index._clauses for clause in clauses for literal in clause})
    index._frequency = {literal: random.random() ** 9 for literal in literals}
    index._build(index._choose())


@pytest.mark.parametrize("line_type", LINES)
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(data=st.data())
def test_a_block_gives_what_its_lines_give_one_by_one(line_type: str, data: st.DataObject) -> None:
    """Where lines begin and end, and what stands beside them, changes nothing."""
    lines = data.draw(st.lists(LINES[line_type]().flatmap(damaged), min_size=2, max_size=5))
    rules = data.draw(fitting_rules(lines, line_type))
    engine = Engine(rules, DECODERS)
    together = run(engine, b"\r\n".join(lines), line_type)
    alone = [found for line in lines for found in run(engine, line, line_type)]
    assert [(d.rule.id, d.raw) for d in together] == [(d.rule.id, d.raw) for d in alone]


def test_the_rules_of_these_tests_match() -> None:
    """The properties above would say nothing if hardly a rule matched."""
    matched = tried = 0

    @settings(max_examples=40, database=None, derandomize=True, deadline=None)
    @given(data=st.data())
    def count(data: st.DataObject) -> None:
        nonlocal matched, tried
        line = data.draw(json_lines())
        event = DECODERS.decode(line, context_of("json"))
        for field, text in ((field, text) for field, value in event.fields.items() for text in _texts(value)):
            test = _runnable(data.draw(fitting_tests(text, event.fields)))
            matched += compile_test(field, test)(view_of(event.fields))
            tried += 1

    count()
    assert matched * 2 > tried > 40
