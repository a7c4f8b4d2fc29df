"""What each modifier of the Sigma specification 2.1 means for one field, and keywords for the whole event."""

from typing import Any

import pytest

from soc_agent.detect.evaluate.leaf import compile_test
from soc_agent.detect.ir import ANY, ONE, Text
from tests.detect.making import item, matches, problem_of, view_of

B64_OF_FOO = "Zm9v"


@pytest.mark.parametrize(
    ("line", "value", "expected"),
    [
        # no modifier: the whole value, without regard to case
        ("f: abc", "ABC", True),
        ("f: abc", "abcd", False),
        ("f: abc", "xabc", False),
        ("f: ĐĂNG", "đăng", True),
        ("f: k", "\u212a", False),
        # wildcards and their escapes
        ("f: 'a*c'", "axxxc", True),
        ("f: 'a*c'", "ac", True),
        ("f: 'a*c'", "acd", False),
        ("f: 'a?c'", "abc", True),
        ("f: 'a?c'", "ac", False),
        ("f: 'a?c'", "a\nc", True),
        (r"f: 'a\*c'", "a*c", True),
        (r"f: 'a\*c'", "abc", False),
        (r"f: 'a\?c'", "a?c", True),
        (r"f: 'a\?c'", "abc", False),
        (r"f: 'a\\*'", "a\\bc", True),
        (r"f: 'C:\Windows\\*'", "c:\\windows\\x", True),
        (r"f: '\\host\share'", "\\host\\share", True),
        (r"f: '\\\\host\share'", "\\\\host\\share", True),
        ("f: '*'", "anything", True),
        ("f: '*'", "", True),
        ("f: '?*'", "", False),
        ("f: '?*'", "x", True),
        # contains, startswith, endswith
        ("f|contains: b", "aBc", True),
        ("f|contains: b", "ac", False),
        ("f|contains: 'b*d'", "abcde", True),
        ("f|contains: 'b?d'", "abcde", True),
        ("f|contains: ''", "", True),
        ("f|startswith: ab", "ABc", True),
        ("f|startswith: b", "abc", False),
        ("f|endswith: bc", "aBC", True),
        ("f|endswith: b", "abc", False),
        (r"f|endswith: '\cmd.exe'", "C:\\Windows\\CMD.EXE", True),
        # lists: any, or all
        ("f: [a, b]", "b", True),
        ("f: [a, b]", "c", False),
        ("f|contains: [a, b]", "xbx", True),
        ("f|contains|all: [a, b]", "xbx", False),
        ("f|contains|all: [a, b]", "ba", True),
        ("f|startswith: [a, b]", "bx", True),
        ("f|endswith: [a, b]", "xb", True),
        ("f: ['x', '*y', 'z*', '*w*', 'q?']", "awa", True),
        ("f: ['x', '*y', 'z*', '*w*', 'q?']", "qq", True),
        # cased
        ("f|cased: aB", "aB", True),
        ("f|cased: aB", "ab", False),
        ("f|contains|cased: aB", "xaBx", True),
        ("f|contains|cased: aB", "xABx", False),
        ("f|startswith|cased: [A, b]", "bx", True),
        ("f|startswith|cased: [A, b]", "Bx", False),
        ("f|cased: 'a*C'", "abC", True),
        # regular expressions
        ("f|re: b+", "abbc", True),
        ("f|re: ^b", "abbc", False),
        ("f|re: ABBC", "abbc", False),
        ("f|re|i: ABBC", "abbc", True),
        ("f|re|m: ^c$", "b\nc\nd", True),
        ("f|re|s: b.c", "b\nc", True),
        ("f|re|i|s: B.C", "b\nc", True),
        (r"f|re: '\d{3}'", 404, True),
        ("f|re: a|b", "xb", True),
        # windash
        ("f|windash|contains: ' -enc '", "x /ENC y", True),
        ("f|windash|contains: ' -enc '", "x -enc y", True),
        ("f|windash|contains: ' -enc '", "x \u2013enc y", True),
        ("f|windash|contains: ' -enc '", "x =enc y", False),
        ("f|contains|all|windash: [' -a', ' -b']", "x /b -a", True),
        ("f|contains|all|windash: [' -a', ' -b']", "x /b", False),
        # base64 and the encodings before it
        ("f|base64: foo", B64_OF_FOO, True),
        ("f|base64|contains: foo", f"x {B64_OF_FOO} y", True),
        ("f|base64offset|contains: foobar", "eGZvb2Jhcg==", True),
        ("f|base64offset|contains: foobar", "eHhmb29iYXI=", True),
        ("f|base64offset|contains: foobar", "YmFyZm9v", False),
        ("f|wide|base64offset|contains: cmd", "YwBtAGQA", True),
        ("f|utf16|base64offset|contains: cmd", "//5jAG0AZAA=", True),
        ("f|utf16be|base64offset|contains: cmd", "AGMAbQBk", True),
        # CIDR
        ("f|cidr: 10.0.0.0/8", "10.255.0.1", True),
        ("f|cidr: 10.0.0.0/8", "11.0.0.1", False),
        ("f|cidr: 10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("f|cidr: 2001:db8::/32", "2001:DB8::1", True),
        ("f|cidr: 2001:db8::/32", "[2001:db8::1]", True),
        ("f|cidr: 2001:db8::/32", "2001:db9::1", False),
        ("f|cidr: ['10.0.0.0/8', '192.168.0.0/16']", "192.168.3.4", True),
        ("f|cidr: 10.0.0.0/8", "10.0.0.x", False),
        ("f|cidr: 0.0.0.0/0", "::1", False),
        # numbers
        ("f: 4624", 4624, True),
        ("f: 4624", "4624", True),
        ("f: 4624", 4624.0, True),
        ("f: 4624", 46240, False),
        ("f: '4624'", 4624, True),
        ("f: [1, 2]", 2, True),
        ("f: 1.5", 1.5, True),
        ("f: 1", True, False),
        ("f|contains: '62'", 4624, True),
        ("f|lt: 5", 4, True),
        ("f|lt: 5", 5, False),
        ("f|lte: 5", "5", True),
        ("f|gt: 5", "5.5", True),
        ("f|gt: 5", " 6 ", True),
        ("f|gte: 5", 5, True),
        ("f|gte: 5", "five", False),
        ("f|gt: 5", "1_0", False),
        ("f|gt: 5", "٩", False),
        ("f|gt: 9007199254740992", 9007199254740993, True),
        ("f|gt: 5", "nan", False),
        ("f|lt: 5", -3, True),
        # booleans
        ("f: true", True, True),
        ("f: true", "True", True),
        ("f: true", False, False),
        ("f: false", False, True),
        # null, empty, exists
        ("f: null", None, True),
        ("f: null", [], True),
        ("f: null", "", False),
        ("f: ''", "", True),
        ("f: ''", "x", False),
        ("f: ''", None, False),
        ("f: [null, '']", "", True),
        ("f|exists: true", "x", True),
        ("f|exists: true", "", True),
        ("f|exists: true", None, True),
        ("f|exists: false", None, False),
        ("f|exists: false", "x", False),
        # not equal
        ("f|neq: a", "b", True),
        ("f|neq: a", "A", False),
        ("f|contains|neq: [a, b]", "xbx", False),
        # parts of times
        ("f|hour: 8", "2026-11-21T08:14:03Z", True),
        ("f|hour: 9", "2026-11-21T08:14:03Z", False),
        ("f|year: 2026", "2026-11-21T08:14:03Z", True),
        ("f|day: 21", "no time", False),
        # fields that hold several values
        ("f: b", ["a", "B"], True),
        ("f: c", ["a", "b"], False),
        ("f|contains|all: [a, b]", ["xa", "bx"], True),
        ("f|startswith: [x, y]", ["a", "yb"], True),
        ("f|endswith: b", ["ab", None], True),
        ("f|contains: b", ["a", "abc"], True),
        ("f: 2", [1, 2], True),
        ("f|re: ^b", ["a", "b"], True),
        ("f|cased: B", ["a", "B"], True),
        ("f|cidr: 10.0.0.0/8", ["x", "10.1.1.1"], True),
        ("f|neq: b", ["a", "b"], False),
        ("f: '*'", ["a"], True),
    ],
)
def test_modifiers(line: str, value: Any, expected: bool) -> None:
    assert item(line, value) is expected


@pytest.mark.parametrize(
    "line",
    [
        "f: a",
        "f|contains: a",
        "f|startswith: a",
        "f|endswith: a",
        "f: 'a*b'",
        "f|re: a",
        "f|cidr: 10.0.0.0/8",
        "f|gt: 1",
        "f|cased: a",
        "f|fieldref: g",
        "f: '*'",
        "f|hour: 1",
        "f|exists: true",
    ],
)
def test_nothing_matches_a_field_that_is_not_there(line: str) -> None:
    assert not matches(f"selection:\n  {line}", {"other": "a"})


@pytest.mark.parametrize(
    ("line", "fields", "expected"),
    [
        ("f|fieldref: g", {"f": "A", "g": "a"}, True),
        ("f|fieldref: g", {"f": "a", "g": "b"}, False),
        ("f|fieldref: g", {"f": "a"}, False),
        ("f|fieldref: g", {"g": "a"}, False),
        ("f|fieldref|startswith: g", {"f": "abc", "g": "AB"}, True),
        ("f|fieldref|endswith: g", {"f": "abc", "g": "bc"}, True),
        ("f|fieldref|endswith: g", {"f": "abc", "g": "ab"}, False),
        ("f|fieldref|contains: g", {"f": "abc", "g": "b"}, True),
        ("f|fieldref: g", {"f": 5, "g": "5"}, True),
        ("f|fieldref: g", {"f": ["a", "b"], "g": ["c", "b"]}, True),
    ],
)
def test_fields_are_compared_with_each_other(line: str, fields: dict[str, Any], expected: bool) -> None:
    assert matches(f"selection:\n  {line}", fields) is expected


@pytest.mark.parametrize(
    ("keywords", "fields", "text", "expected"),
    [
        ("[evil]", {}, "some EVIL line", True),
        ("[evil]", {"f": "so evil"}, "", True),
        ("[evil]", {"f": ["good", "evil!"]}, "", True),
        ("[evil]", {"f": 5}, "good", False),
        ("[a b, c]", {}, "xa bx", True),
        ("['ev*il']", {}, "an ev -- il line", True),
        ("['ev?l']", {}, "an evil line", True),
        (r"['a\*b']", {}, "xa*bx", True),
        ("[404]", {}, "status 404", True),
        ("{'|all': [a, b]}", {}, "b and a", True),
        ("{'|all': [a, b]}", {"f": "a"}, "b", True),
        ("{'|all': [ab, bc]}", {}, "ab", False),
        ("{'|re': '^err'}", {"f": "error"}, "an error", True),
        ("{'|re': '^err'}", {}, "an error", False),
        ("{'|contains': [evil]}", {}, "devilish", True),
        ("{'|contains|cased': [Evil]}", {}, "an Evil line", True),
        ("{'|contains|cased': [Evil]}", {}, "an evil line", False),
        ("{'|windash': ' -x'}", {}, "cmd /x", True),
        ("['*']", {}, "", True),
        ("{'': [evil]}", {}, "evil", True),
    ],
)
def test_keywords_are_looked_for_in_the_whole_event(
    keywords: str, fields: dict[str, Any], text: str, expected: bool
) -> None:
    assert matches(f"keywords: {keywords}\ncondition: keywords", fields, text) is expected


@pytest.mark.parametrize("value", ["null", "{'|gt': 5}", "{'|fieldref': g}", "{'|exists': true}"])
def test_what_needs_a_field_is_no_keyword(value: str) -> None:
    assert problem_of(f"keywords: {value}\ncondition: keywords").code == "rule.invalid"


@pytest.mark.parametrize("count", [1, 15, 16, 500])
def test_one_of_many_texts(count: int) -> None:
    texts = [f"word{number:03d}" for number in range(count)]
    assert item(f"f|contains: {texts}", f"x{texts[-1].upper()}y")
    assert item(f"f|contains: {[*texts, '']}", "anything")
    assert not item(f"f|contains: {texts}", "word")
    assert matches(f"k: {texts}\ncondition: k", {}, f"đ {texts[-1]}")


def test_wildcards_in_a_long_value_take_linear_time() -> None:
    """With a backtracking matcher this would not end."""
    parts = [part for _ in range(40) for part in ("a", ONE, ANY)]
    assert not compile_test("f", Text((*parts, "b")))(view_of({"f": "a" * 200_000}))


@pytest.mark.parametrize("count", [2, 40])
def test_of_many_keywords_one_is_enough(count: int) -> None:
    words = ", ".join(["'a*b?'", "'[x]'", *(f"word{number}end" for number in range(count))])
    rule = f"keywords: [{words}]\ncondition: keywords"
    assert matches(rule, {"f": f"a Word{count - 1}END b"}, "")
    assert matches(rule, {}, "some a and bc")
    assert matches(rule, {}, "some [X]")
    assert not matches(rule, {"f": f"word{count}end", "g": "wor", "h": "d1end"}, "a or b")
