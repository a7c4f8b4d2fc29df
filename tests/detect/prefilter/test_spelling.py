"""How the text of a field stands in the raw line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import Decoders
from soc_agent.detect.evaluate.match import fold
from soc_agent.detect.prefilter.spelling import Alternatives, Spelling, is_caseless, spelling_of
from tests import product
from tests.detect.making import context_of

DECODERS = product.decoders()


def spell(line_type: str, text: str, field: str = "f") -> list[Alternatives]:
    return Spelling(line_type, frozenset({line_type}), frozenset({"made"})).of_field(field, text)


def words(*texts: str) -> list[Alternatives]:
    return [frozenset({text.encode()}) for text in texts]


@pytest.mark.parametrize(
    ("line_type", "field", "text", "expected"),
    [
        ("syslog", "message", 'say "hi" C:\\x', words('say "hi" C:\\x')),
        ("syslog", "f", 'say "hi" C:\\x (now)', words("say ", "hi", " C", "x ", "now")),
        ("access", "c-uri", '/a?b="c"\\d', words("/a?b=", "c", "d")),
        ("cef", "f", "a|b=c\\d e", words("a", "b", "c", "d e")),
        ("kv", "f", 'it\'s "x"', words("it", "s ", "x")),
        ("plain", "f", 'a"b', words('a"b')),
        ("eventxml", "f", "a&b <c> 'd'", words("a", "b ", "c", " ", "d")),
        ("eventxml", "f", "x\u202e", [frozenset({b"x"}), frozenset({b"\xe2\x80\xae", b"&#8238", b"&#x202e"})]),
        ("json", "f", "C:\\Temp", words("C:\\\\Temp")),
        ("json", "f", 'a"b', words('a\\"b')),
        ("json", "f", "a?b", words("a", "b")),
        ("json", "f", "a/b", [frozenset({b"a/b", b"a\\/b"})]),
        ("syslog", "message", "mật khẩu sai", words("m", "t kh", "u sai")),
        ("syslog", "message", "a\tb", words("a", "b")),
    ],
)
def test_spellings(line_type: str, field: str, text: str, expected: list[Alternatives]) -> None:
    assert spell(line_type, text, field) == expected


def test_signs_without_case_stand_alone() -> None:
    assert spell("plain", "a\U0001f600b\u202e") == words("a", "b", "\U0001f600", "\u202e")
    assert spell("json", "\U0001f600") == [frozenset({"\U0001f600".encode(), b"\\ud83d\\ude00"})]
    assert spell("json", "\u202e") == [frozenset({"\u202e".encode(), b"\\u202e"})]
    assert spell("plain", "\ufffd\ud800") == []


def test_nothing_else_is_folded_to_a_sign_without_case() -> None:
    every = (chr(code) for code in range(0x80, 0x110000))
    assert [c for c in every if fold(c) != c and is_caseless(fold(c))] == []


def test_of_many_slashes_the_longest_part_is_kept() -> None:
    (found,) = spell("json", "a/b/longer/longest/c")
    assert found == {b"b/longer/longest", b"b\\/longer/longest", b"b/longer\\/longest", b"b\\/longer\\/longest"}


@pytest.mark.parametrize("text", ["404", "1.5", "10.", "-3", "1e5", ""])
def test_a_number_may_be_written_in_many_ways(text: str) -> None:
    assert spell("json", text) == spell("syslog", text, "message") == []


def test_an_address_is_no_number() -> None:
    assert spell("json", "192.168.1.") == words("192.168.1.")


def test_what_the_decoder_makes_does_not_stand_in_the_line() -> None:
    assert spell("syslog", "failure", "made") == []


def test_the_status_of_an_access_log_is_written_in_one_way() -> None:
    access = Spelling("access", frozenset({"access"}))
    assert access.of_value("sc-status", "404") == words('" 404')
    assert access.of_value("sc-status", "7") == words('" 007')
    assert access.of_value("sc-bytes", "404") == []
    assert access.of_field("sc-status", "404") == []
    assert Spelling("access", frozenset({"access", "json"})).of_value("sc-status", "404") == []


def test_a_keyword_may_stand_raw_or_as_its_field_is_encoded() -> None:
    found = Spelling("json", frozenset({"json"})).of_keyword("a\\b")
    assert found == [frozenset({b"a\\b", b"a\\\\b"})]


def test_a_line_may_be_written_in_the_encoding_of_a_payload() -> None:
    found = Spelling("syslog", frozenset({"syslog", "json"})).of_field("message", 'x\\y "z"')
    assert found == [frozenset({b'x\\y "z"', b'x\\\\y \\"z\\"'})]


def test_of_a_text_that_one_encoding_cuts_any_piece_may_be_looked_for() -> None:
    found = Spelling("nginx_error", frozenset({"nginx_error", "raw"})).of_field("f", "think\\request")
    assert set(found) == {frozenset({b"think\\request", b"request"}), frozenset({b"think\\request", b"think"})}


def test_what_is_cut_away_in_one_encoding_leaves_nothing() -> None:
    assert Spelling("x", frozenset({"kv", "plain"})).of_field("f", '"') == []


def test_of_a_type_that_is_not_known_hardly_anything_is_sure() -> None:
    assert spelling_of(DECODERS, "unheard-of").of_field("f", 'a/b?c="d",[e]') == words("a", "b", "c", "d", "e")


def test_json_says_when_letters_may_be_spelled_otherwise() -> None:
    assert spelling_of(DECODERS, "json").triggers == {b"\\u00"}
    assert Spelling("access", frozenset({"access"})).triggers == frozenset()


def test_xml_says_when_letters_may_be_spelled_otherwise() -> None:
    triggers = Spelling("eventxml", frozenset({"eventxml"})).triggers
    forms = [
        form for code in range(0x20, 0x7F) for form in (f"&#{code};", f"&#0{code};", f"&#x{code:x};", f"&#x0{code:X};")
    ]
    forms += ["a<!-- x -->b", "<![CDATA[x]]>"]
    assert [form for form in forms if not any(trigger in form.lower().encode() for trigger in triggers)] == []
    assert not any(trigger in b"&#13;&#xD;&#xA;&#x9;&amp;&lt;<Data>" for trigger in triggers)
    assert triggers <= Spelling("syslog", frozenset({"syslog", "json", "eventxml"})).triggers


def test_wide_letters_of_expressions_that_ignore_case() -> None:
    plain = Spelling("plain", frozenset({"plain"}))
    assert plain.of_wide_folds(["mask"]) == {"\u212a".encode(), "\u017f".encode()}
    assert plain.of_wide_folds(["abc"]) == frozenset()
    assert b"&#x212a" in Spelling("eventxml", frozenset({"eventxml"})).of_wide_folds(["k"])
    assert b"\\u212a" in Spelling("json", frozenset({"json"})).of_wide_folds(["k"])


def test_what_the_syslog_decoder_puts_together_is_cut() -> None:
    assert Spelling("syslog", frozenset({"syslog"})).of_subject("pam_unix(sshd: x") == words("pam_unix", "sshd", "x")
    assert Spelling("json", frozenset({"json"})).of_subject('{"a') == words('{"a')


def test_a_vietnamese_word_is_looked_for_in_each_case_of_its_letters() -> None:
    (spelled,) = Spelling("plain", frozenset({"plain"})).of_subject("ật khẩu")
    assert spelled == {text.encode() for text in ("ật khẩu", "Ật khẩu", "ật khẨu", "Ật khẨu")}
    many = Spelling("plain", frozenset({"plain"})).of_subject("đăng nhập không được từ")
    assert all(piece.isascii() for pieces in many for piece in pieces), "too many forms: its plain parts are enough"


def test_payloads_of_decoders_are_known(tmp_path: Path) -> None:
    (tmp_path / "d.yml").write_text(
        "name: d\ndescription: D\nfind: [x]\nparent: [access]\npayload: [json]\npatterns: [{match: 'x'}]\n"
    )
    decoders = Decoders.load([tmp_path])
    assert decoders.problems == []
    assert spelling_of(decoders, "access").encodings == {"access", "json", "raw"}
    assert spelling_of(decoders, "json").encodings == {"json"}


def holds(line: bytes, clauses: list[Alternatives]) -> bool:
    return all(any(literal.lower() in line.lower() for literal in clause) for clause in clauses)


NASTY = st.text(
    alphabet=st.sampled_from(list("aK/\\\"'=|]([{,?:; \tđ\u212a\u2028\x1f0.e5\U0001f600")), min_size=1, max_size=12
)


@given(NASTY, st.booleans())
def test_json_lines_hold_what_is_promised(text: str, ascii_only: bool) -> None:
    spelling = spelling_of(DECODERS, "json")
    line = json.dumps({"f": text}, ensure_ascii=ascii_only).encode()
    assert DECODERS.decode(line, context_of("json")).fields["f"] == text
    spelled_otherwise = any(trigger in line.lower() for trigger in spelling.triggers)
    assert spelled_otherwise or holds(line, spelling.of_field("f", text))


@given(NASTY)
def test_json_lines_with_escaped_slashes_hold_what_is_promised(text: str) -> None:
    spelling = spelling_of(DECODERS, "json")
    line = json.dumps({"f": text}).replace("/", "\\/").encode()
    assert any(trigger in line for trigger in spelling.triggers) or holds(line, spelling.of_field("f", text))


@pytest.mark.parametrize(
    ("line_type", "frame"),
    [
        ("access", '192.0.2.1 - - [20/Nov/2026:10:05:03 +0700] "GET /{} HTTP/1.1" 404 166 "-" "Mozilla/5.0 {}"'),
        ("syslog", "Nov 20 08:14:03 web01 app[7]: {}"),
        ("syslog", '<34>1 2026-11-20T08:14:03Z web01 app 7 - [x@1 f="{}"] {}'),
        ("syslog", "Nov 20 08:14:03 web01 sshd[7]: Failed password for {} from 192.0.2.1 port 5 ssh2"),
        ("syslog", "Nov 20 08:14:03 web01 sshd(pam_unix)[7]: authentication failure; rhost=x user={}"),
        ("syslog", 'Nov 20 08:14:03 web01 app[7]: {{"f": "{}"}}'),
        ("kv", 'a=1 b="{}" c={}'),
        ("cef", "CEF:0|V|P|1|7|{}|5|src=192.0.2.1 msg={} act=x"),
        ("plain", "some {} line"),
        (
            "nginx_error",
            '2026/11/20 08:14:03 [error] 7#7: *1 open() "/x/{}" failed, client: 192.0.2.1, request: "GET /{} HTTP/1.1"',
        ),
        ("zeek", '{{"_path":"http","uri":"/{}","method":"GET"}}'),
    ],
)
@given(text=st.text(alphabet=st.sampled_from(list("aK/\\\"'=|]([:; đ0.")), max_size=10))
def test_lines_hold_what_is_promised_of_every_text_in_them(line_type: str, frame: str, text: str) -> None:
    """Whatever a decoder makes of a line: each text of a field is found in it, as its spelling says."""
    spelling = spelling_of(DECODERS, line_type)
    line = frame.format(text, text).encode()
    event = DECODERS.decode(line, context_of(line_type))
    if any(trigger in line.lower() for trigger in spelling.triggers):
        return
    for field, value in event.fields.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                assert holds(line, spelling.of_field(field, item)), (field, item)
                assert field in spelling.derived or holds(line, spelling.of_keyword(item)), (field, item)
            elif isinstance(item, int):
                assert holds(line, spelling.of_value(field, str(item))), (field, item)


def test_what_access_logs_hold_more_often_than_not_is_known() -> None:
    access = spelling_of(product.decoders(), "access")
    (answered,) = access.of_value("sc-status", "200")
    assert all(access.common[literal] > 0.5 for literal in answered)
    (asked,) = access.of_value("cs-method", "GET")
    assert all(access.common[literal.lower()] > 0.5 for literal in asked)
    assert spelling_of(product.decoders(), "syslog").common == {}
