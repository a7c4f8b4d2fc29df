r"""The Sigma specification 2.1, section by section: what it says of rules and modifiers, this engine does.

*Rules* is ``sigma-rules-specification``, *Modifiers* is ``sigma-appendix-modifiers``. A selection stands beside the
value of its field ``f`` (or an event), and whether it matches.
"""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sigma.modifiers import modifier_mapping

from soc_agent.detect import ir
from soc_agent.detect.evaluate.leaf import compile_test
from soc_agent.detect.evaluate.predicate import compile_item
from soc_agent.detect.load.collection import expand_actions
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import parse_document
from soc_agent.model import Level
from tests.detect.making import item, matches, parse, problem_of, rule_of, rule_text, view_of

MODIFIERS = [
    "all",
    "startswith",
    "endswith",
    "contains",
    "exists",
    "cased",
    "neq",
    "windash",
    "re",
    "i",
    "m",
    "s",
    "base64",
    "base64offset",
    "utf16le",
    "utf16be",
    "utf16",
    "wide",
    "lt",
    "lte",
    "gt",
    "gte",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "cidr",
    "expand",
    "fieldref",
]


def test_every_modifier_of_the_appendix_is_known() -> None:
    assert set(MODIFIERS) <= set(modifier_mapping)
    assert set(modifier_mapping) - set(MODIFIERS) == {"dotall", "ignorecase", "multiline"}


@pytest.mark.parametrize(
    ("line", "value", "expected"),
    [
        # Rules, General: all values are treated as case-insensitive strings
        ("f: EVIL", "evil", True),
        ("f: evil", "EVIL ", False),
        ("f: ĐĂNG", "đăng", True),
        ("f: 4625", 4625, True),
        ("f: 4625", "4625", True),
        ("f: '4625'", 4625, True),
        ("f: 4625", 4625.0, True),
        ("f: 4625", "04625", False),
        ("f: -7", -7, True),
        ("f: -7", "-7", True),
        ("f: 1.5", 1.5, True),
        ("f: -0.25", "-0.25", True),
        ("f: 0x1f", 31, True),
        ("f: '0x1f'", 31, False),
        ("f: 9007199254740993", 9007199254740993, True),
        ("f: 9007199254740993", "9007199254740993", True),
        ("f: 9007199254740993", 9007199254740992, False),
        ("f: [1, 18446744073709551615]", 18446744073709551615, True),
        ("f: -9223372036854775808", -9223372036854775808, True),
        ("f: true", True, True),
        ("f: true", "TRUE", True),
        ("f: 'true'", True, True),
        ("f: true", 1, False),
        ("f: false", False, True),
        ("f: false", None, False),
        # Rules, String Wildcard
        ("f: 'prog?.exe'", "progA.exe", True),
        ("f: 'prog?.exe'", "prog.exe", False),
        ("f: 'prog?.exe'", "progAB.exe", False),
        ("f: 'antivirus_V*.exe'", "antivirus_V21.2.1.exe", True),
        ("f: 'antivirus_V*.exe'", "antivirus_V.exe", True),
        ("f: 'antivirus_V*.exe'", "xantivirus_V1.exe", False),
        ("f: '*'", "", True),
        ("f: '*'", None, False),
        ("f: '?'", "", False),
        ("f: '?*'", "x", True),
        ("f: '*a*b*'", "xaxbx", True),
        ("f: '*a*b*'", "ba", False),
        ("f: 'a*b'", "a\nb", True),
        ("f: 'a?b'", "a\nb", True),
        ("f: 'a?b'", "ađb", True),
        ("f: 'a?b'", "a😀b", True),
        ("f: 'a.b'", "axb", False),
        ("f: 'a%b'", "axb", False),
        ("f: 'a_b'", "axb", False),
        ("f: '[ab]'", "a", False),
        # Rules, Escaping: a plain backslash not followed by a wildcard, single or double
        (r"f: 'C:\a'", "C:\\a", True),
        (r"f: 'C:\\a'", "C:\\a", True),
        (r"f: 'C:\a'", "C:\\\\a", False),
        # a wildcard has to be escaped to be handled as a plain character
        (r"f: 'a\*'", "a*", True),
        (r"f: 'a\*'", "ab", False),
        (r"f: 'a\?'", "a?", True),
        (r"f: 'a\?'", "ab", False),
        # the backslash before a wildcard has to be escaped
        (r"f: 'a\\*'", "a\\bc", True),
        (r"f: 'a\\*'", "abc", False),
        (r"f: 'a\\?'", "a\\b", True),
        # three backslashes escape both
        (r"f: 'a\\\*'", "a\\*", True),
        (r"f: 'a\\\*'", "a\\b", False),
        # three or four are handled as two
        (r"f: 'a\\\b'", r"a\\b", True),
        (r"f: 'a\\\\b'", r"a\\b", True),
        (r"f: 'a\\\\*'", r"a\\bc", True),
        # at the end
        ("f: 'a\\'", "a\\", True),
        ("f: 'a\\\\'", "a\\", True),
        ("f|endswith: '\\'", "C:\\", True),
        ("f|endswith: '\\*'", "C:*", True),
        ("f|startswith: '\\\\'", "\\x", True),
        ("f|contains: '\\\\'", "a\\b", True),
        ("f|contains: '\\?'", "a?b", True),
        # Rules, Special Field Values
        ("f: ''", "", True),
        ("f: ''", " ", False),
        ("f: ''", None, False),
        ("f: null", None, True),
        ("f: null", "null", False),
        ("f: null", "", False),
        ("f: [null, x]", None, True),
        ("f: [null, x]", "X", True),
        ("f: []", None, True),
        ("f: []", "x", False),
        # Rules, Field Existence; Modifiers, exists: the presence of a field, not its value, be it empty or null
        ("f|exists: true", "", True),
        ("f|exists: true", None, True),
        ("f|exists: true", [], True),
        ("f|exists: false", None, False),
        ("g|exists: false", "x", True),
        ("g|exists: true", "x", False),
        ("g|exists|neq: true", "x", True),
        # Rules, Lists: an item of the event's own list is enough
        ("f: b", ["a", "b"], True),
        ("f: 7", ["a", 7], True),
        ("f|contains|all: [a, b]", ["xa", "xb"], True),
        ("f|neq: b", ["a", "b"], False),
        # Modifiers, Generic
        ("f: [a, b]", "b", True),
        ("f|contains|all: [a, b]", "b a", True),
        ("f|contains|all: [a, b]", "b", False),
        ("f|all|contains: [a, b]", "ab", True),
        ("f|all: [a, b]", "a", False),
        ("f|all: [a*, '*b']", "axb", True),
        ("f|startswith: adm", "ADMin", True),
        ("f|startswith: adm", "xadm", False),
        ("f|startswith: [a, b]", "bx", True),
        (r"f|endswith: \cmd.exe", r"C:\CMD.EXE", True),
        (r"f|endswith: \cmd.exe", "cmd.exe", False),
        ("f|contains: adm", "xADMx", True),
        ("f|contains: a*b", "xaxxbx", True),
        ("f|contains: '*a*'", "xax", True),
        ("f|contains: ''", "x", True),
        ("f|contains: ''", None, False),
        ("f|startswith: ''", "", True),
        ("f|startswith|endswith: a", "xax", True),
        ("f|cased: Evil", "Evil", True),
        ("f|cased: Evil", "evil", False),
        ("f|contains|cased: Evil", "xEvilx", True),
        ("f|cased|contains: Evil", "xevilx", False),
        ("f|cased|startswith: 'E?i'", "Evil", True),
        ("f|cased|endswith|all: ['*L', 'iL']", "eviL", True),
        ("f|neq: a", "b", True),
        ("f|neq: a", "A", False),
        ("f|neq: 7", 8, True),
        ("f|neq: 7", "7", False),
        ("f|neq: [a, b]", "c", True),
        ("f|neq: [a, b]", "b", False),
        ("f|contains|neq: a", "xbx", True),
        ("f|contains|all|neq: [a, b]", "xa", True),
        ("f|contains|all|neq: [a, b]", "ba", False),
        ("f|neq: null", "x", True),
        ("f|neq: null", None, False),
        ("f|re|neq: ^a", "ba", True),
        ("f|cidr|neq: 10.0.0.0/8", "11.0.0.1", True),
        ("g|neq: a", "x", True),
        # Modifiers, String: all permutations of the five dashes
        *(("f|windash: ' -a'", f" {dash}a", True) for dash in "-/\u2013\u2014\u2015"),
        *(("f|windash: ' /a'", f" {dash}a", True) for dash in "-/\u2013\u2014\u2015"),
        ("f|windash|contains: ' -a /b'", "x /a \u2014b x", True),
        ("f|windash: ' -a-b'", " /a/b", False),
        ("f|windash|contains|all: [' -a', ' -b']", "x /a \u2013b", True),
        ("f|contains|windash|all: [' -a', ' -b']", "x /a", False),
        ("f|windash: ' -a'", " a", False),
        # Modifiers, Regular Expression
        ("f|re: e.il", "xevilx", True),
        ("f|re: ^e.il$", "evil", True),
        ("f|re: ^e.il$", "xevil", False),
        ("f|re: evil", "EVIL", False),
        ("f|re|i: evil", "EVIL", True),
        ("f|re: a.b", "a\nb", False),
        ("f|re|s: a.b", "a\nb", True),
        ("f|re: ^b", "a\nb", False),
        ("f|re|m: ^b$", "a\nb\nc", True),
        ("f|re|i|m|s: ^B.c", "a\nb\nc", True),
        ("f|re|ignorecase|multiline|dotall: ^B.c", "a\nb\nc", True),
        ("f|re: 'a{2,3}'", "xaax", True),
        ("f|re: '^(a|b)+[^c]?$'", "abab", True),
        ("f|re: ^46", 4625, True),
        ("f|re: 25", 4625, True),
        (r"f|re: '\\\*'", "\\*", True),
        ("f|re: [a, ^b]", "xbax", True),
        ("f|re|all: [a, ^b]", "ba", True),
        ("f|re|all: [a, ^b]", "ab", False),
        ("f|re|contains: 'a|b'", "xb", True),
        ("f|re|startswith: '^a|^b'", "bx", True),
        ("f|re: a$", "a\n", True),
        # Modifiers, Encoding
        ("f|base64: foo", "Zm9v", True),
        ("f|base64: foo", "xZm9vx", False),
        ("f|base64|contains: foo", "xZm9vx", True),
        ("f|base64|cased: foo", "zm9v", False),
        ("f|base64offset|contains: foobar", b64encode(b"x foobar y").decode(), True),
        ("f|utf16le|base64: cmd", b64encode(b"c\0m\0d\0").decode(), True),
        ("f|wide|base64: cmd", b64encode(b"c\0m\0d\0").decode(), True),
        ("f|utf16be|base64: cmd", b64encode(b"\0c\0m\0d").decode(), True),
        ("f|utf16|base64: cmd", b64encode(b"\xff\xfec\0m\0d\0").decode(), True),
        ("f|wide: cmd", "c\0m\0d\0", True),
        ("f|base64|base64: foo", b64encode(b"Zm9v").decode(), True),
        # Modifiers, Numeric
        ("f|lt: 5", 4, True),
        ("f|lt: 5", 5, False),
        ("f|lte: 5", "5", True),
        ("f|gt: 5", 5.5, True),
        ("f|gt: -5", -4, True),
        ("f|gte: 5", 5, True),
        ("f|gte: 1.5", "1.5", True),
        ("f|gt: 5", "many", False),
        ("f|gt: 5", "", False),
        ("f|gt: 5", None, False),
        ("f|gt: 5", [1, 9], True),
        ("f|gt|all: [5, 7]", 6, False),
        # Modifiers, Time
        ("f|minute: 14", "2026-11-20T08:14:03Z", True),
        ("f|hour: 8", "2026-11-20 08:14:03", True),
        ("f|hour: [7, 8]", "2026-11-20T08:14:03+07:00", True),
        ("f|day: 20", "2026-11-20", True),
        ("f|week: 47", "2026-11-20T08:14:03Z", True),
        ("f|month: 11", "2026-11-20T08:14:03.123456Z", True),
        ("f|year: 2026", "2026-11-20T08:14:03Z", True),
        ("f|year: 2026", 1_795_000_000, True),
        ("f|year: 2026", 1_795_000_000_000, True),
        ("f|hour|gte: 20", "2026-11-20T22:14:03Z", True),
        ("f|hour|lt: 6", "2026-11-20T22:14:03Z", False),
        ("f|hour|gt: 6", "no time", False),
        ("f|hour|neq: 8", "2026-11-20T09:14:03Z", True),
        ("f|hour: 8", "no time", False),
        # Modifiers, IP
        ("f|cidr: 10.0.0.0/8", "10.1.2.3", True),
        ("f|cidr: 10.0.0.0/8", "11.1.2.3", False),
        ("f|cidr: 192.168.14.0/23", "192.168.15.255", True),
        ("f|cidr: 203.0.113.7", "203.0.113.7", True),
        ("f|cidr: 0.0.0.0/0", "203.0.113.7", True),
        ("f|cidr: 0.0.0.0/0", "host", False),
        ("f|cidr: 2001:db8::/32", "2001:0DB8:0:0::1", True),
        ("f|cidr: fe80::/10", "fe80::1%eth0", True),
        ("f|cidr: '::1/128'", "0:0:0:0:0:0:0:1", True),
        ("f|cidr: 10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("f|cidr: 10.0.0.0/8", "2001:db8::1", False),
        ("f|cidr: [10.0.0.0/8, 'fe80::/10']", "fe80::1", True),
    ],
)
def test_a_field(line: str, value: Any, expected: bool) -> None:
    assert item(line, value) == expected


@pytest.mark.parametrize(
    ("detection", "event", "expected"),
    [
        # Modifiers, Specific: fieldref
        ("selection: {f|fieldref: g}", {"f": "Root", "g": "rOOT"}, True),
        ("selection: {f|fieldref: g}", {"f": "7", "g": 7}, True),
        ("selection: {f|fieldref: g}", {"f": "root", "g": "user"}, False),
        ("selection: {f|fieldref: g}", {"f": "root"}, False),
        ("selection: {f|fieldref: g}", {}, False),
        ("selection: {f|fieldref|startswith: g}", {"f": "rootkit", "g": "root"}, True),
        ("selection: {f|fieldref|endswith: g}", {"f": "a.ROOT", "g": "root"}, True),
        ("selection: {f|fieldref|contains: g}", {"f": "a root b", "g": "root"}, True),
        ("selection: {f|fieldref|contains: g}", {"f": "a ro%t b", "g": "r*t"}, False),
        ("selection: {f|fieldref|neq: g}", {"f": "root", "g": "user"}, True),
        ("selection: {f|fieldref|neq: g}", {"f": "root", "g": "ROOT"}, False),
        ("selection: {f|fieldref: [g, h]}", {"f": "x", "h": "x"}, True),
        ("selection: {f|fieldref|all: [g, h]}", {"f": "x", "g": "y", "h": "x"}, False),
        # Rules, Maps: all elements of a map are joined with AND
        ("selection: {f: a, g: b}", {"f": "a", "g": "b"}, True),
        ("selection: {f: a, g: b}", {"f": "a"}, False),
        ("selection: {f|contains: a, f|endswith: b}", {"f": "ab"}, True),
        ("selection: {F: a}", {"f": "a"}, False),
        ("selection: {'a b.c|contains': x}", {"a b.c": "xx"}, True),
        # Rules, Lists: all map items of a list are linked with OR
        ("selection: [{f: a}, {g: b}]", {"g": "b"}, True),
        ("selection: [{f: a, g: b}, {g: c}]", {"f": "a", "g": "c"}, True),
        ("selection: [{f: a, g: b}, {g: d}]", {"f": "a", "g": "c"}, False),
        ("selection: [{f: a}, word]", {"f": "x y word"}, True),
        ("selection: [[{f: a}], {g: b}]", {"f": "a"}, True),
        # Rules, Special Field Values: not null is another selection, negated
        ("selection: {id: 1}\nfilter: {f: null}\ncondition: selection and not filter", {"id": 1, "f": "x"}, True),
        ("selection: {id: 1}\nfilter: {f: null}\ncondition: selection and not filter", {"id": 1}, False),
        # what an event lacks is false, and its negation true
        ("selection: {id: 1}\nfilter: {f: x}\ncondition: selection and not filter", {"id": 1}, True),
        ("selection: {id: 1}\nfilter: {f|re: x}\ncondition: not (selection and filter)", {}, True),
        ("selection: {id: 1}\nfilter: {f|gt: 5}\ncondition: selection and not filter", {"id": 1, "f": None}, True),
    ],
)
def test_an_event(detection: str, event: dict[str, Any], expected: bool) -> None:
    assert matches(detection, event) == expected


@pytest.mark.parametrize(
    ("detection", "text", "expected"),
    [
        # Rules, Lists and Keywords search: strings are applied to the full log message and linked with OR
        ("selection: ['EVILSERVICE', 'svchost.exe -n evil']", "xx evilservice xx", True),
        ("selection: ['EVILSERVICE', 'svchost.exe -n evil']", "svchost.exe -n good", False),
        (
            "selection: {'|all': ['OabVirtualDirectory', ' -ExternalUrl ']}",
            "a oabvirtualdirectory -externalurl b",
            True,
        ),
        ("selection: {'|all': ['OabVirtualDirectory', ' -ExternalUrl ']}", "oabvirtualdirectory", False),
        ("selection: evil", "an EVIL word", True),
        ("selection: {'': evil}", "an EVIL word", True),
        ("selection: {'|contains': evil}", "an EVIL word", True),
        ("selection: {'|cased': Evil}", "an EVIL word", False),
        ("selection: {'|re': '^an? e'}", "an evil word", True),
        ("selection: {'|re|i': '^AN? E'}", "an evil word", True),
        ("selection: {'|re|all': ['^an', 'd$']}", "an evil word", True),
        ("selection: {'|base64offset|contains': evil}", b64encode(b"an evil word").decode(), True),
        ("selection: {'|windash': ' -enc'}", "x /enc y", True),
        ("selection: {'|neq': evil}", "good", True),
        ("selection: [4625]", "event 4625 came", True),
        ("selection: [-7, 1.5]", "it is 1.5", True),
        ("selection: [true]", "it is True", True),
        ("selection: ['a*z']", "xx a to z xx", True),
        ("selection: ['a\\*z']", "xx a*z xx", True),
        ("selection: ['a\\*z']", "xx a to z xx", False),
        ("selection: ['?vil']", "vil", False),
    ],
)
def test_keywords(detection: str, text: str, expected: bool) -> None:
    assert matches(detection, {}, text) == expected


def test_keywords_are_searched_across_the_entire_event() -> None:
    assert matches("selection: [evil]", {"g": ["x", "an Evil word"]}, "")
    assert not matches("selection: [evil]", {"evil": "the name of a field is no text of the event"}, "")


@pytest.mark.parametrize(
    ("condition", "true_for"),
    [
        # of the events a, b, ab and none, those that match
        ("sa and sb", "ab"),
        ("sa or sb", "a b ab"),
        ("not sa", "b none"),
        ("not not sa", "a ab"),
        ("sa and not sb", "a"),
        ("1 of them", "a b ab"),
        ("any of them", "a b ab"),
        ("all of them", "ab"),
        ("1 of s*", "a b ab"),
        ("all of s*", "ab"),
        ("any of *b", "b ab"),
        ("1 of s*a", "a ab"),
        ("all of *", "ab"),
        ("not 1 of s*", "none"),
        ("not all of them", "a b none"),
        # those that begin with an underscore only when asked for so
        ("1 of _*", "none a b ab"),
        ("_always", "none a b ab"),
        ("all of them and _always", "ab"),
        # precedence, from least to most binding: or, and, not, x of, ( )
        ("sa or sb and not _always", "a ab"),
        ("(sa or sb) and not _always", ""),
        ("sb and sa or sa and not sb", "a ab"),
        ("not sa and sb", "b"),
        ("not (sa and sb)", "a b none"),
        ("not 1 of s* or sa and sb", "none ab"),
        ("not sa or not sb", "a b none"),
        # a list of conditions is linked with OR
        ("[sa and sb, not sa]", "ab b none"),
        ("[sa]", "a ab"),
    ],
)
def test_conditions(condition: str, true_for: str) -> None:
    detection = f"sa: {{f|contains: a}}\nsb: {{f|contains: b}}\n_always: {{f: '*'}}\ncondition: {condition}"
    events = {"a": "xa", "b": "xb", "ab": "ab", "none": "x"}
    found = {name for name, value in events.items() if matches(detection, {"f": value})}
    assert found == set(true_for.split())


def test_names_that_begin_as_operators_do() -> None:
    assert matches("notsel: {f: a}\norb-1: {g: b}\ncondition: notsel and orb-1", {"f": "a", "g": "b"})


@pytest.mark.parametrize(
    ("detection", "code"),
    [
        # there is 1, any and all: the specification has no other number
        ("s1: {f: a}\ns2: {g: b}\ncondition: 2 of s*", "rule.condition"),
        ("s1: {f: a}\ncondition: s1 AND s1", "rule.condition"),
        ("s1: {f: a}\ncondition: s1 or s2", "rule.condition"),
        ("s1: {f: a}\ncondition: 1 of t*", "rule.condition"),
        ("s1: {f: a}\ncondition: s1 | count() > 5", "rule.condition"),
        ("s1: {f: a}\ncondition: ''", "rule.condition"),
        ("s1: {f: a}\ncondition: (s1", "rule.condition"),
        ("s1: {f: a}\ncondition: []", "rule.invalid"),
        ("selection: {}", "rule.invalid"),
        ("selection: []", "rule.invalid"),
        ("selection: {'|all': []}", "rule.invalid"),
        ("selection: [null]", "rule.invalid"),
        ("selection: {'': null}", "rule.invalid"),
        ("selection: {'|exists': true}", "rule.invalid"),
        ("selection: {'|fieldref': g}", "rule.invalid"),
        ("selection: {'|gt': 7}", "rule.invalid"),
        ("selection: {f|foo: a}", "rule.modifier"),
        ("selection: {'f||contains': a}", "rule.modifier"),
        ("selection: {f|lt: '5'}", "rule.invalid"),
        ("selection: {f|gte: true}", "rule.invalid"),
        ("selection: {f|contains: 5}", "rule.invalid"),
        ("selection: {f|hour: x}", "rule.invalid"),
        ("selection: {f|exists: 'yes'}", "rule.invalid"),
        ("selection: {f|cidr: 10.0.0.1/8}", "rule.invalid"),
        ("selection: {f|cidr: 10.0.0.0/33}", "rule.invalid"),
        ("selection: {f|base64: 'a*'}", "rule.invalid"),
        ("selection: {f|fieldref: 'a*'}", "rule.invalid"),
        ("selection: {f|wide: é}", "rule.invalid"),
        ("selection: {f|contains|re: a}", "rule.invalid"),
        ("selection: {f|i|re: a}", "rule.invalid"),
        ("selection: {f|re: null}", "rule.invalid"),
        ("selection: {f|re: '('}", "rule.regex"),
        ("selection: {f|windash: ' -a -b -c -d'}", "rule.invalid"),
        ("selection: {f|expand: '%servers%'}", "rule.placeholder"),
        ("selection: {f: {a: b}}", "rule.invalid"),
        ("selection: {f: 2026-11-20}", "rule.invalid"),
    ],
)
def test_what_is_refused_has_a_name(detection: str, code: str) -> None:
    assert problem_of(detection).code == code


def test_placeholders_are_filled_only_with_expand() -> None:
    """Rules, Placeholders: without the modifier a percent sign is one."""
    assert item("f: '%servers%'", "%SERVERS%")
    document = next(iter(documents_of(rule_text("selection: {f|expand: '%servers%-x'}").encode(), "x.yml")))
    assert isinstance(document, Document)
    parsed = parse_document(document, "x.yml", lambda name: ("srv1", "srv2") if name == "servers" else ())
    assert parsed.rule is not None
    assert parsed.rule.selections["selection"].tests == (  # type: ignore[union-attr]
        ir.AnyOf((ir.Text(("srv1-x",)), ir.Text(("srv2-x",)))),
    )


def collection(text: str) -> list[Any]:
    found = [
        parse_document(document, "x.yml") if isinstance(document, Document) else document
        for document in expand_actions(documents_of(text.encode(), "x.yml"), "x.yml")
    ]
    return [parsed.rule for parsed in found]  # type: ignore[union-attr]


def test_collections_with_actions() -> None:
    """Rule collections: global is laid over what follows, repeat over what went before, reset ends it."""
    head = "action: global\nlogsource: {product: linux}\ndetection: {condition: s}\nlevel: high\n---\n"
    one = "title: A\ndetection: {s: {f: a}}\n---\n"
    two = "action: repeat\ntitle: B\ndetection: {s: {f: b}}\n---\n"
    last = "action: reset\n---\ntitle: C\nlogsource: {product: x}\ndetection: {s: {f: c}, condition: s}\n"
    first, second, third = collection(head + one + two + last)
    assert (first.info.title, first.log_source.product, first.info.level) == ("A", "linux", Level.HIGH)
    assert (second.info.title, second.log_source.product, second.info.level) == ("B", "linux", Level.HIGH)
    assert second.selections["s"].tests == (ir.Text(("b",)),)
    assert (third.info.title, third.log_source.product) == ("C", "x")
    assert third.info.level != Level.HIGH


@given(st.binary(max_size=9), st.text("abc XYZ09-_/\\é", min_size=3, max_size=12), st.binary(max_size=9))
def test_base64offset_finds_a_text_wherever_it_stands(before: bytes, text: str, after: bytes) -> None:
    """Modifiers, Encoding: three variants, for each shift."""
    escaped = text.replace("\\", "\\\\")
    rule = rule_of(f"selection:\n  f|base64offset|contains|cased: '{escaped}'")
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": b64encode(before + text.encode() + after).decode()}))


@pytest.mark.parametrize(
    ("modifier", "encoding"), [("utf16le", "utf-16-le"), ("wide", "utf-16-le"), ("utf16be", "utf-16-be")]
)
@given(before=st.text("xyz", max_size=5), text=st.text("abcXYZ 09-", min_size=2, max_size=9))
def test_wide_texts_are_found_in_base64(modifier: str, encoding: str, before: str, text: str) -> None:
    rule = rule_of(f"selection:\n  f|{modifier}|base64offset|contains|cased: '{text}'")
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": b64encode((before + text + "end").encode(encoding)).decode()}))


values = st.one_of(st.text("aAbB*?%\\é.7", max_size=5), st.integers(-9, 99), st.booleans(), st.none(), st.floats(-9, 9))
single_tests = st.one_of(
    st.builds(
        ir.Text,
        st.lists(st.one_of(st.sampled_from(["a", "B", "7", "\\"]), st.sampled_from([ir.ANY, ir.ONE])), max_size=4).map(
            tuple
        ),
        st.booleans(),
    ),
    st.builds(ir.Regex, st.sampled_from(["a", "^B", "7$", "[aé]."]), st.sampled_from(["", "i"])),
    st.builds(ir.Compare, st.sampled_from(["lt", "gte"]), st.integers(-5, 50)),
    st.just(ir.Network("10.0.0.0/8")),
)


@given(single_tests, st.lists(values, min_size=1, max_size=4))
def test_a_list_in_an_event_passes_when_one_of_its_values_does(test: ir.Test, found: list[Any]) -> None:
    predicate = compile_test("f", test)
    assert predicate(view_of({"f": found})) == any(predicate(view_of({"f": value})) for value in found)


def test_a_very_long_list() -> None:
    detection = "selection:\n  f|contains:\n" + "".join(f"    - evil{number:x}z\n" for number in range(5_000))
    rule = parse(rule_text(detection)).rule
    assert rule is not None
    found = compile_item(rule.selections["selection"])  # type: ignore[arg-type]
    assert found(view_of({"f": "xx EVIL1387Z xx"}))
    assert not found(view_of({"f": "xx EVIL1388Z xx"}))
