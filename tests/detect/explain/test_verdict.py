"""The prefilter's verdict is that of the index."""

import pytest

from soc_agent.detect.explain.verdict import LISTED, prefilter_verdict
from soc_agent.detect.prefilter.index import TypeIndex
from soc_agent.detect.prefilter.running import RunningRule
from soc_agent.model.explanation import Prefilter, Sought
from tests import product
from tests.detect.making import rule_of

DECODERS = product.decoders()


def verdict(
    detection: str, line: bytes, *, line_type: str = "syslog", logsource: str = "{product: linux}"
) -> Prefilter:
    running = RunningRule(rule_of(detection, logsource=logsource))
    index = TypeIndex([running], DECODERS, line_type)
    found = prefilter_verdict(running.info.id, line, index)
    if index.rules:
        numbers = tuple(dict.fromkeys(hit & 0xFFFFF for hit in index.scanner.scan(line)))
        tried = bool(index.always) or (bool(numbers) and bool(index.candidates(numbers)))
        assert found.passes == tried
    return found


def test_literals_that_stand_in_the_line() -> None:
    found = verdict("s: {message|contains: [alpha, beta]}\ncondition: s", b"x BETA y")
    assert found == Prefilter(passes=True, sets=((Sought("beta", True), Sought("alpha", False)),), left_out=(0,))


def test_one_of_each_set_must_stand_there() -> None:
    found = verdict("s: {message|contains|all: [alphaalpha, betabeta]}\ncondition: s", b"alphaalpha")
    assert not found.passes
    assert sorted(sought.found for literals in found.sets for sought in literals) == [False, True]


def test_a_rule_without_literals_is_always_tried() -> None:
    assert verdict("s: {pid: 5}\ncondition: s", b"anything") == Prefilter(passes=True, always=True)


def test_a_rule_is_not_looked_for_in_lines_of_another_type() -> None:
    assert verdict("s: {f: alpha}\ncondition: s", b"alpha", logsource="{product: macos}") == Prefilter(passes=False)


@pytest.mark.parametrize("line", [b'{"f": "\\u0061lpha"}', b'{"f": "x\\u00E9"}'])
def test_a_line_that_may_spell_letters_otherwise_is_tried(line: bytes) -> None:
    found = verdict("s: {f: alpha}\ncondition: s", line, line_type="json", logsource="{product: windows}")
    assert found.unspelled
    assert found.passes


def test_long_sets_are_cut() -> None:
    words = [f"word{number:03d}" for number in range(40)]
    found = verdict(f"s: {{message|contains: {words}}}\ncondition: s", b"word039")
    assert (len(found.sets[0]), found.left_out) == (LISTED, (40 - LISTED,))
    assert found.sets[0][0] == Sought("word039", True)
