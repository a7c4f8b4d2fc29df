"""The law of the prefilter on hostile lines: whatever encodings, line endings and bytes, the same detections.

Texts are written as encoders are allowed to write them, character by character: JSON with any letter by its number, any
slash escaped and surrogate pairs; URLs percent-encoded once and twice, with ``+``; CEF with its escapes; audit records
in hexadecimal. Rules are made from what the decoders read back, with every kind of test, so that most of them match.
"""

import ipaddress
import json
import re
from collections.abc import Callable
from random import Random
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soc_agent.detect import Engine, RuleSet, ir
from soc_agent.detect.evaluate.leaf import compile_test
from soc_agent.detect.evaluate.match import fold
from soc_agent.model import Detection, LogSource, RuleInfo
from tests.detect.making import block_of, context_of, view_of
from tests.detect.test_law import BACKENDS, DECODERS, _texts

# what encodings treat in their own way, letters whose case is odd, and words that rules look for
CHARACTERS = (
    "aAkKsSiI019 .,:;=|/\\\"'<>&%+?*#()[]{}-_$^~\t\x1b\x7f\xa0\xad" + "éÉđĐßſİıΣς\u212a\u2028\u200b\ufeff😀𐐀\u202e"
)
WORDS = r"""
evil
Mimikatz
C:\Windows\System32
/etc/passwd
../../
%2e%2e%2f
<script>
union select
a=b
x||y
\\host\share
cmd.exe /c
-enc
192.0.2.7
2001:db8::1
::ffff:192.0.2.7
4625
0x1f4
1e3
-7
true
null
2026-11-20T08:14:03Z
1795000000
đăng nhập
ĐĂNG
😀
ſK
`id`
${jndi:ldap}
\u0041
\/
say "hi" to \'an\'
it's
"x"
&#x41;
""".strip().splitlines()

characters = st.one_of(st.sampled_from(CHARACTERS), st.sampled_from(CHARACTERS[:20]), st.characters(codec="utf-8"))
values = st.one_of(
    st.sampled_from(WORDS),
    st.lists(st.one_of(st.sampled_from(WORDS), characters), min_size=1, max_size=5).map("".join),
)


@st.composite
def json_strings(draw: st.DrawFn, text: str) -> str:
    """A JSON string as any encoder may write it."""
    short = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    style = draw(st.sampled_from(["plain", "ascii", "mixed"]))
    pieces = []
    for character in text:
        must = character in '"\\' or character < " "
        how = draw(st.sampled_from(["raw", "short", "number", "NUMBER"])) if style == "mixed" else "raw"
        if style == "ascii" and not character.isascii():
            how = "number"
        if how == "raw" and must:
            how = "short"
        if how == "short" and character not in short:
            how = "number" if must else "raw"
        if how == "raw":
            pieces.append(character)
        elif how == "short":
            pieces.append(short[character])
        else:
            units = character.encode("utf-16-be").hex()
            units = units.upper() if how == "NUMBER" else units
            pieces.extend(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
    return f'"{"".join(pieces)}"'


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    one, two, three = draw(values), draw(values), draw(values)
    spelled = [draw(json_strings(text)) for text in (one, two, three)]
    number = draw(st.sampled_from(["7", "-7", "4.04e2", "1E3", "0.5", "18446744073709551616", "404"]))
    shape = draw(
        st.sampled_from(
            [
                '{{"f": {0}, "g": {1}, "n": {n}}}',
                '{{"f": [{0}, {1}, null, true], "n": {n}}}',
                '{{"f": {{"g": {0}, "h": [{{"i": {1}}}, {{"i": {2}}}]}}}}',
                '{{"EventID": 7, "Channel": "Security", "EventData": {{"f": {0}, "g": {1}}}, "Event": {{"n": {n}}}}}',
                '{{"f": {0}, "g": null, "b": false, "e": "", "l": [], "n": {n}}}',
                '{{ "f" : {0} ,"\\u0067":{1},\t"n":{n} }}',
            ]
        )
    )
    return shape.format(*spelled, n=number).encode("utf-8", "surrogatepass")


@st.composite
def xml_strings(draw: st.DrawFn, text: str) -> str:
    """A text of XML as any writer may write it: what must be by name or number, anything else too, and in parts."""
    named = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
    style = draw(st.sampled_from(["plain", "named", "mixed", "mixed"]))
    pieces: list[str] = []
    for character in text:
        must = character in "&<" or (character == ">" and pieces[-1:] == ["]"])
        how = draw(st.sampled_from(["raw", "raw", "name", "10", "16", "XV", "016"])) if style == "mixed" else "raw"
        if how == "name" or must or (style == "named" and character in named):
            pieces.append(named.get(character, character))
        elif how == "raw":
            pieces.append(character)
        else:
            code = ord(character)
            numbers = {"10": f"{code}", "16": f"x{code:x}", "XV": f"x{code:X}", "016": f"x0{code:x}"}
            pieces.append(f"&#{numbers[how]};")
        if style == "mixed" and draw(st.integers(0, 30)) == 0:
            pieces.append(draw(st.sampled_from(["<!-- x -->", "<![CDATA[<&]]>", "<![CDATA[]]>", "&#13;&#10;", "&#9;"])))
    return "".join(pieces)


@st.composite
def xml_lines(draw: st.DrawFn) -> bytes:
    one, two, three = (draw(xml_strings(draw(values))) for _ in range(3))
    quoted = draw(xml_strings(draw(st.sampled_from(["Evil Provider", "it's", "a\tb", "k K"])))).replace(
        "<!-- x -->", ""
    )
    quoted = re.sub(r"<!\[CDATA\[.*?\]\]>", "", quoted).replace('"', "&quot;")
    system = f'<System><Provider Name="{quoted}"/><EventID>{{0}}</EventID><Channel>{{1}}</Channel></System>'
    number = draw(st.sampled_from(["7", "4625", "&#55;", "x"]))
    channel = draw(st.sampled_from(["Security", "", "S&#101;curity"]))
    shape = draw(
        st.sampled_from(
            [
                "{system}<EventData><Data Name='f'>{one}</Data><Data Name=\"g\" >{two}</Data></EventData>",
                "{system}<EventData><Data>{one}</Data><Data>{two}</Data><Data/></EventData>",
                "{system}<UserData><x:L xmlns:x='u'><f>{one}</f><x:g><h>{two}</h><h>{three}</h></x:g></x:L></UserData>",
                "{system}<EventData/><RenderingInfo Culture='en-US'><Message>{one} {two}</Message></RenderingInfo>",
                "<EventID>{number}</EventID><Channel>Security</Channel><f>{one}</f><g>{two}</g>",
                "{system}<EventData>{one}<Data Name='f'>{two}</Data>{three}</EventData>",
            ]
        )
    )
    inner = shape.format(system=system.format(number, channel), one=one, two=two, three=three, number=number)
    before = draw(st.sampled_from(["", "", "<?xml version='1.0' encoding='utf-16'?>", "x "]))
    return f"{before}<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>{inner}</Event>".encode()


@st.composite
def urls(draw: st.DrawFn) -> str:
    """A path with a query, encoded in one of the ways of clients."""
    path, key, value = draw(values), draw(values), draw(values)
    how = draw(st.sampled_from(["", "/", "/?&=+", "all"]))

    def encoded(text: str) -> str:
        done = "".join(f"%{byte:02x}" for byte in text.encode()) if how == "all" else quote(text, safe=how)
        done = done.replace("%20", "+") if draw(st.booleans()) else done
        done = re.sub("%..", lambda match: match[0].lower(), done) if draw(st.booleans()) else done
        return done.replace("%", "%25") if draw(st.booleans()) else done

    raw = draw(st.booleans())
    parts = (path, key, value) if raw else (encoded(path), encoded(key), encoded(value))
    return "/{}?{}={}".format(*parts).replace(" ", "%20").replace("\n", "%0a").replace("\r", "%0d")


@st.composite
def access_lines(draw: st.DrawFn) -> bytes:
    url, agent = draw(urls()), draw(values)
    quoted = agent.replace("\\", "\\\\").replace('"', draw(st.sampled_from(['\\"', "\\x22", '"'])))
    status = draw(st.sampled_from(["200", "404", "500", "-"]))
    line = f'192.0.2.1 - - [20/Nov/2026:10:05:03 +0700] "GET {url} HTTP/1.1" {status} 404 "-" "{quoted}"'
    return line.encode("utf-8", "replace")


@st.composite
def cef_lines(draw: st.DrawFn) -> bytes:
    def escaped(text: str, characters: str) -> str:
        text = re.sub(f"([{re.escape(characters)}])", r"\\\1", text)
        return text.replace("\n", "\\n").replace("\r", "\\r")

    name, message, extra = draw(values), draw(values), draw(values)
    head = draw(st.sampled_from(["", "Nov 20 08:14:03 web01 ", "<134>Nov 20 08:14:03 web01 "]))
    bare = draw(st.booleans())
    extension = message if bare else escaped(message, "\\=")
    line = (
        f"{head}CEF:0|Vendor|Product|1|7|{escaped(name, chr(92) + '|')}|5|"
        f"src=192.0.2.1 spt=4625 msg={extension} cs1={escaped(extra, chr(92) + '=')} cs1Label=f g"
    )
    return line.encode("utf-8", "replace")


@st.composite
def audit_lines(draw: st.DrawFn) -> bytes:
    one, two = draw(values), draw(values)

    def argument(text: str) -> str:
        plain = text.isascii() and text.isprintable() and '"' not in text and " " not in text
        coded = text.encode("utf-8", "replace").hex()
        return f'"{text}"' if plain and draw(st.booleans()) else coded.upper() if draw(st.booleans()) else coded

    joined = "\0".join((one, two)).encode("utf-8", "replace").hex().upper()
    stamp = "msg=audit(1772414047.579:2995):"
    return draw(
        st.sampled_from(
            [
                f"type=EXECVE {stamp} argc=2 a0={argument(one)} a1={argument(two)}",
                f"type=PROCTITLE {stamp} proctitle={joined}",
                f"node=web01 type=PATH {stamp} item=0 name={argument(one)} inode=7 nametype=NORMAL",
                f"type=USER_CMD {stamp} pid=7 uid=0 msg='cwd=\"/\" cmd={argument(one)} res=success'",
            ]
        )
    ).encode("utf-8", "replace")


@st.composite
def syslog_lines(draw: st.DrawFn) -> bytes:
    text, other = draw(values), draw(values)
    data = re.sub(r'(["\\\]])', r"\\\1", text)
    shapes = [
        f"Nov 20 08:14:03 web01 sshd[7]: Failed password for invalid user {text} from 192.0.2.1 port 5 ssh2".encode(),
        f'<34>1 2026-11-20T08:14:03Z web01 app 7 - [x@1 f="{data}"] {other}'.encode(),
        f"<13>Nov 20 08:14:03 web01 app[7]: {text} {other}".encode(),
        b"<13>Nov 20 08:14:03 web01 app[7]: " + draw(json_lines()),
        b"<13>Nov 20 08:14:03 web01 app[7]: " + draw(xml_lines()),
        b"Nov 20 08:14:03 web01 audispd: " + draw(audit_lines()),
        b"Nov 20 08:14:03 web01 fw: " + draw(cef_lines()),
        b"Nov 20 08:14:03 web01 httpd[7]: " + draw(access_lines()),
        f"Nov 20 08:14:03 web01 sudo: an : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={text}".encode(),
    ]
    return draw(st.sampled_from(shapes))


@st.composite
def keyvalue_lines(draw: st.DrawFn) -> bytes:
    one, two = draw(values), draw(values)
    quoted = re.sub(r'(["\\])', r"\\\1", one).replace("\n", "\\n")
    return f"level=info f=\"{quoted}\" g={two} n=404 msg='{two}'".encode()


@st.composite
def zeek_lines(draw: st.DrawFn) -> bytes:
    agent, url = draw(json_strings(draw(values))), json.dumps(draw(urls()))
    tree = f'"ts": 1795000000.5, "id.orig_h": "192.0.2.1", "uri": {url}, "user_agent": {agent}, "status_code": 404'
    return f'{{"_path": "http", {tree}}}'.encode()


LINES: dict[str, Callable[[], st.SearchStrategy[bytes]]] = {
    "json": json_lines,
    "eventxml": xml_lines,
    "access": access_lines,
    "cef": cef_lines,
    "kv": lambda: st.one_of(audit_lines(), keyvalue_lines()),
    "syslog": syslog_lines,
    "zeek": zeek_lines,
    "nginx_error": lambda: st.builds(
        lambda text, url: (
            f'2026/11/20 08:14:03 [error] 7#7: *1 {text}, client: 192.0.2.1, request: "GET {url} HTTP/1.1"'.encode()
        ),
        values,
        urls(),
    ),
    "plain": lambda: values.map(str.encode),
}


@st.composite
def damaged(draw: st.DrawFn, line: bytes) -> bytes:
    """The line as it is, or with bytes in it that no text has."""
    line = re.sub(rb"[\r\n]", b" ", line)
    what = draw(st.sampled_from(["", "", "", "nul", "latin", "cut", "overlong", "half"]))
    at = draw(st.integers(0, len(line)))
    extra = {"nul": b"\0", "latin": b"\xe9", "overlong": b"\xc0\xaf", "half": b"\xed\xa0\xbd"}
    return line[:at] if what == "cut" else line[:at] + extra.get(what, b"") + line[at:]


@st.composite
def blocks(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    """The lines with every kind of ending, empty lines between, and perhaps none at the end."""
    ends = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n", b" \n", b"\r\r\n"])
    block = b"".join(line + draw(ends) for line in lines)
    return block.rstrip(b"\r\n") if draw(st.booleans()) else block


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
