"""The law of the prefilter: with it and without it, the same detections on the same input."""

import json
import re
from collections.abc import Callable
from math import inf
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from soc_agent.decode import Context
from soc_agent.detect import Engine, RuleSet, ir
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.evaluate.view import plain_text
from soc_agent.detect.prefilter import index as index_module
from soc_agent.detect.prefilter.scanner import Backend, available_backend
from soc_agent.model import Detection, LogSource, RuleInfo
from tests import product
from tests.detect.making import block_of, context_of

DECODERS = product.decoders()
BACKENDS: tuple[Backend, ...] = ("hyperscan", "ahocorasick") if available_backend() == "hyperscan" else ("ahocorasick",)

# words that meet what encodings do to them: escapes, quotes, slashes, letters beyond ASCII, numbers, odd folds of case
WORDS = (
    r"""
evil
EVIL root
a/b/c
C:\Temp\x
say "hi"
it's
k=v
p|q
x]y
đăng
Kelvin K
task ſK
404
200
4.04e2
%2e%2e
?cmd=1
<x>
a, b
[z] {q}
sshd
Failed password
""".strip()
    .replace("\\u212a", "\u212a")
    .replace("\\u017f", "\u017f")
    .splitlines()
)
# what each of these formats escapes with a backslash
QUOTED = '\\"'
CEF = "\\|="
FIELDS = {
    "syslog": "message program pid user src_ip outcome facility x@1.f f f.g",
    "syslog_json": "message program pid user src_ip outcome facility x@1.f f f.g n relay_ip",
    "access": "c-uri cs-uri-query cs-user-agent sc-status sc-bytes cs-method cs-username c-ip extra severity",
    "json": "f f.g g n EventID Channel",
    "eventxml": "f g param1 EventID Channel Provider_Name",
    "kv": "f g message",
    "auditd": "type f comm exe a0 CommandLine key",
    "cef": "Name msg message user",
    "zeek_log": "_path uri c-uri user_agent tags AA",
    "eve": "event_type c-uri http.url cs-user-agent sc-status dns.rrname query alert.signature",
    "zeek": "_path uri c-uri user_agent sc-status query id.orig_h",
    "nginx_error": "message c-uri cs-host severity pid sc-status cs-uri-query",
    "plain": "f",
}


def json_line(words: list[str]) -> bytes:
    head, *rest = words
    tree = {"f": head, "g": rest, "EventID": 7, "Channel": "Security", "inner": {"g": head}, "lists": [rest, [1]]}
    tree["f"] = {"g": head} if len(rest) == 1 else head
    text = json.dumps(tree, ensure_ascii=len(rest) == 2)[:-1] + ', "n": 4.04e2}'
    # encoders may spell any letter by its number, and any slash with a backslash
    return text.replace("<", "\\u003c").replace("=", "\\u003D").replace("a/", "a\\/").encode()


def xml_line(words: list[str]) -> bytes:
    first, *rest = map(xml_text, words)
    named = "".join(f"<Data Name='g'>{text}</Data>" for text in rest)
    system = f"<System><Provider Name='{first}'/><EventID>7</EventID><Channel>Security</Channel></System>"
    return f"<Event xmlns='x'>{system}<EventData><Data Name='f'>{first}</Data>{named}</EventData></Event>".encode()


def xml_text(text: str) -> str:
    # writers may spell any letter by its number
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;").replace("Z", "&#x5A;")
    return escaped.replace("=", "&#61;")


def syslog_line(words: list[str]) -> bytes:
    text = " ".join(words)
    shapes = [
        f"Nov 20 08:14:03 web01 sshd[7]: Failed password for {words[0]} from 192.0.2.1 port 5 ssh2",
        f"Nov 20 08:14:03 web01 sshd(pam_unix)[7]: authentication failure; rhost=192.0.2.1 user={text}",
        f'<34>1 2026-11-20T08:14:03Z web01 app 7 - [x@1 f="{words[0]}"] {text}',
        f"<13>Nov 20 08:14:03 web01 app[7]: {text}",
        f"Nov 20 08:14:03 web01 app[7]: {json_line(words).decode()}",
        f"Nov 20 08:14:03 web01 app[7]: {xml_line(words).decode()}",
        f"Nov 20 08:14:03 web01 sudo: an : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND={text}",
        text,
    ]
    return shapes[len(text) % len(shapes)].encode()


def syslog_json_line(words: list[str]) -> bytes:
    line = syslog_line(words).decode()
    shapes = [
        {"message": line, "file": "/var/log/syslog", "f": words[0]},
        {"appname": "sshd", "procid": 7, "message": f"Failed password for {words[0]} from 192.0.2.1 port 5 ssh2"},
        {"SYSLOG_IDENTIFIER": words[-1], "PRIORITY": "6", "MESSAGE": line, "f": {"g": words[0]}},
        {"log": line + "\n", "stream": "stdout", "source_ip": "192.0.2.7", "source_type": "syslog"},
    ]
    if len(words) == 2:
        return json_line(words)
    text = json.dumps(shapes[len(line) % len(shapes)], ensure_ascii=len(words) == 3)
    return text.replace("<", "\\u003c").replace("a/", "a\\/").encode()


def access_line(words: list[str]) -> bytes:
    status = 404 if len(words) % 2 else 200
    frame = '192.0.2.1 - {} [20/Nov/2026:10:05:03 +0700] "GET /{} HTTP/1.1" {} 404 "-" "Mozilla {}"'
    return frame.format(
        words[0].replace(" ", ""), words[-1].replace('"', '\\"'), status, words[0].replace('"', "\\x22")
    ).encode()


def zeek_line(words: list[str]) -> bytes:
    tree = {"_path": "http", "ts": 1795000000.5, "id.orig_h": "192.0.2.1", "uri": words[0], "user_agent": words[-1]}
    if len(words) == 1:
        del tree["_path"]
    if len(words) == 3:
        return " ".join(words).encode()
    return json.dumps(tree | {"status_code": 404, "method": "GET"}).encode()


ZEEK_HEADER = (
    b"#separator \\x09\n#path\thttp\n#fields\tts\tid.orig_h\turi\tuser_agent\ttags\tAA\tn\n"
    b"#types\ttime\taddr\tstring\tstring\tset[string]\tbool\tdouble\n"
)


def context_for(line_type: str) -> Context:
    """Give what lines of a type do not say themselves, and what columns stand under."""
    return replace(context_of(line_type), header=ZEEK_HEADER if line_type == "zeek_log" else b"")


def zeek_log_line(words: list[str]) -> bytes:
    if len(words) == 2:
        tree = {"ts": 1795000000.5, "uri": words[0], "user_agent": words[-1], "AA": True}
        return json.dumps(tree).replace("a/", "a\\/").encode()
    first, *_ = texts = [word.replace("\\", "\\\\").replace(",", "\\x2c") for word in words]
    wide = "".join(c if c.isascii() else "".join(f"\\x{byte:02x}" for byte in c.encode()) for c in texts[-1])
    return "\t".join(["1795000000.5", "192.0.2.1", first, wide, ",".join(texts), "T", "4.04e2"]).encode()


def eve_line(words: list[str]) -> bytes:
    first, *rest = words
    tree: dict[str, object] = {"timestamp": "2026-11-20T10:00:00.1+0700", "event_type": "http", "dest_ip": "192.0.2.1"}
    tree["http"] = {"url": first, "http_user_agent": words[-1], "status": 404}
    if len(words) == 1:
        tree |= {"event_type": "dns", "dns": {"rrname": first}, "alert": {"signature": first}}
    return json.dumps(tree, ensure_ascii=len(rest) == 2).replace("a/", "a\\/").encode()


def escaped(text: str, characters: str) -> str:
    return "".join(f"\\{c}" if c in characters else c for c in text)


LINES: dict[str, Callable[[list[str]], bytes]] = {
    "syslog": syslog_line,
    "syslog_json": syslog_json_line,
    "access": access_line,
    "json": json_line,
    "eventxml": xml_line,
    "auditd": lambda words: (
        f'type=EXECVE msg=audit(1772414047.579:2995): a0="{words[0]}" a1={words[-1].encode().hex()} f={words[-1]}'
    ).encode(),
    "kv": lambda words: f'before f="{escaped(words[0], QUOTED)}" g={words[-1]} n=404'.encode(),
    "cef": lambda words: (
        f"CEF:0|V|P|1|7|{escaped(words[0], CEF)}|5|src=192.0.2.1 msg={escaped(words[-1], CEF)}".encode()
    ),
    "eve": eve_line,
    "zeek_log": zeek_log_line,
    "zeek": zeek_line,
    "nginx_error": lambda words: (
        f'2026/11/20 08:14:03 [error] 7#7: {words[0]}, client: 192.0.2.1, request: "GET /{words[-1]} HTTP/1.1"'.encode()
    ),
    "plain": lambda words: " ".join(words).encode(),
}

words = st.sampled_from(WORDS)
pieces = st.one_of(words, words.map(lambda word: word[:3]), words.map(lambda word: word[1:]), words.map(str.upper))
wildcards = st.sampled_from([ir.ANY, ir.ANY, ir.ONE])
parts = st.one_of(
    pieces.map(lambda piece: (ir.ANY, piece, ir.ANY)),
    pieces.map(lambda piece: (piece,)),
    st.lists(st.one_of(pieces, wildcards), max_size=4).map(tuple),
)
expressions = st.sampled_from(
    ["evil", "e.il", "(?i)ASK", "[Rr]oot|sshd", r"a/b/?", r"C:\\Temp", "k", r"\d{3}", "x*", "^evil$"]
)
tests: st.SearchStrategy[ir.Test] = st.recursive(
    st.one_of(
        st.builds(ir.Text, parts, st.booleans()),
        st.builds(ir.Regex, expressions, st.sampled_from(["", "i", "s"])),
        st.sampled_from(["192.0.2.0/24", "10.0.0.0/8"]).map(ir.Network),
        st.builds(ir.Compare, st.sampled_from(["gt", "lte"]), st.integers(0, 500)),
        st.just(ir.Null()),
        st.booleans().map(ir.Exists),
    ),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(lambda found: ir.AnyOf(tuple(found))),
    max_leaves=3,
)


def items_for(line_type: str) -> st.SearchStrategy[ir.Item]:
    """Items of any kind; hardly ever do they match."""
    fields = st.one_of(st.sampled_from(FIELDS[line_type].split()), st.just(""))
    some = st.lists(tests, min_size=1, max_size=3).map(tuple)
    return st.builds(ir.Item, fields, st.just(""), some, st.booleans()).filter(_is_valid)


def _is_valid(item: ir.Item) -> bool:
    return item.field != "" or all(isinstance(test, (ir.Text, ir.Regex)) for test in item.tests)


@st.composite
def matching_items(draw: st.DrawFn, line: bytes, line_type: str) -> ir.Item:
    """An item that matches this line: what one of its fields says, as a whole or in part, in another case."""
    event = DECODERS.decode(line, context_for(line_type))
    values = [(field, text) for field, value in event.fields.items() for text in _texts(value)]
    field, text = draw(st.sampled_from([("", event.text), *values]))
    start = draw(st.integers(0, max(len(text) - 1, 0)))
    part = text[start : draw(st.integers(start, len(text)))] or text
    swapped = draw(st.sampled_from([part, part.upper(), part.lower()]))
    same = part if fold(swapped) != fold(part) else swapped
    choices: list[ir.Test] = [
        ir.Text((ir.ANY, same, ir.ANY)),
        ir.Text((ir.ANY, part, ir.ANY), cased=True),
        ir.Text((ir.ANY, *(part[:1], ir.ONE, part[2:]), ir.ANY)) if len(part) > 2 else ir.Text((ir.ANY, same, ir.ANY)),
        ir.Regex(re.escape(part)),
        ir.Regex(re.escape(same), "i"),
        ir.Regex(f"(?i)x*{re.escape(part.replace(chr(0x212A), 'k').replace(chr(0x17F), 's'))}"),
        ir.Text((text,)),
    ]
    return ir.Item(field, "", (draw(st.sampled_from(choices)),))


def _texts(value: object) -> list[str]:
    found = plain_text(value)
    return [] if found is None else [found] if isinstance(found, str) else list(found)


def rules_for(line_type: str, lines: list[bytes]) -> st.SearchStrategy[list[ir.Rule]]:
    """Rules of which many match some of the lines."""
    matching = st.sampled_from(lines).flatmap(lambda line: matching_items(line, line_type))
    nodes: st.SearchStrategy[ir.Node] = st.recursive(
        st.one_of(matching, matching, items_for(line_type)),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2).map(lambda found: ir.And(tuple(found))),
            st.lists(inner, min_size=1, max_size=2).map(lambda found: ir.Or(tuple(found))),
            inner.map(ir.Not),
        ),
        max_leaves=3,
    )
    any_source = st.just(LogSource())
    sources = st.one_of(any_source, any_source, st.sampled_from(sorted(DECODERS.log_sources(line_type), key=str)))
    built = st.builds(lambda node, source: ir.Rule(RuleInfo("", "T"), source, {"s": node}, ir.Ref("s")), nodes, sources)
    return st.lists(built, min_size=1, max_size=6)


def run(rules: RuleSet, data: bytes, line_type: str, **options: object) -> list[Detection]:
    engine = Engine(rules, DECODERS, **options)  # type: ignore[arg-type]
    result = engine.run(block_of(data, line_type), context_for(line_type))
    assert engine.problems() == []
    return result.detections


@pytest.mark.parametrize("line_type", LINES)
@settings(max_examples=100)
@given(data=st.data())
def test_the_same_detections_with_and_without_the_prefilter(line_type: str, data: st.DataObject) -> None:
    drawn_words = data.draw(st.lists(st.lists(words, min_size=1, max_size=3), min_size=1, max_size=6))
    lines = [LINES[line_type](found).replace(b"\n", b" ") for found in drawn_words]
    drawn = data.draw(rules_for(line_type, lines))
    named = tuple(
        ir.Rule(RuleInfo(f"r{number}", "T"), rule.log_source, rule.selections, rule.condition)
        for number, rule in enumerate(drawn)
    )
    rules = RuleSet(rules=named, infos={rule.info.id: rule.info for rule in named})
    block = b"".join(line + b"\n" for line in lines)
    expected = run(rules, block, line_type, prefilter=False)
    for backend in BACKENDS:
        assert run(rules, block, line_type, backend=backend) == expected
    engine = Engine(rules, DECODERS)
    for _ in range(3):  # what is learnt from a block changes what is looked for in the next
        engine._index(line_type)._learn_at_us = 0
        with patch.object(index_module, "_BUILD_US", -inf):
            result = engine.run(block_of(block, line_type), context_for(line_type))
        assert result.detections == expected


@pytest.mark.parametrize("line_type", LINES)
@given(data=st.data())
def test_rules_made_from_a_line_match_it(line_type: str, data: st.DataObject) -> None:
    """The property above would say nothing if its rules never matched."""
    line = LINES[line_type](data.draw(st.lists(words, min_size=1, max_size=3)))
    item = data.draw(matching_items(line, line_type).filter(lambda found: not isinstance(found.tests[0], ir.Regex)))
    rule = ir.Rule(RuleInfo("r", "T"), LogSource(), {"s": item}, ir.Ref("s"))
    rules = RuleSet(rules=(rule,), infos={"r": rule.info})
    assert len(run(rules, line + b"\n", line_type)) == 1
