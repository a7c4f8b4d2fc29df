import pytest

from soc_agent.decode.keyvalue import decode_keyvalue, is_keyvalue, pairs
from tests.decode.samples import at, make_context


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("a=1 b=two c=", {"a": "1", "b": "two", "c": ""}),
        ('a="x y" b=\'p q\' c="say \\"hi\\"\\n"', {"a": "x y", "b": "p q", "c": 'say "hi"\n'}),
        ("a=1, b=2; c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=1 a=2 a=3", {"a": ["1", "2", "3"]}),
        ("url=http://x/?p=1&q=2 n=1", {"url": "http://x/?p=1&q=2", "n": "1"}),
        ('a="never closed b=1', {"a": '"never', "b": "1"}),
        ("x.y-z/w[0]=1 @t=2", {"x.y-z/w[0]": "1", "@t": "2"}),
        ("no pairs at all", {}),
        ('a=1,b="x, y=z",c=two words,d=', {"a": "1", "b": "x, y=z", "c": "two words", "d": ""}),
        ("box Block: a=FWD|b=|c=10.0.0.1", {"a": "FWD", "b": "", "c": "10.0.0.1"}),
        ("-a=1; b(1003)=two words;c(7)=3;", {"a": "1", "b": "two words", "c": "3"}),
        ('a=1 b="/x,c=2;d=3"', {"a": "1", "b": "/x,c=2;d=3"}),
        ("a=/x?p=1,src=9 n=1", {"a": "/x?p=1,src=9", "n": "1"}),
    ],
)
def test_pairs_are_read_with_their_quotes(line: str, fields: dict[str, object]) -> None:
    assert pairs(line) == fields


@pytest.mark.parametrize(
    ("line", "time"),
    [
        ("ts=2026-03-02T01:14:07Z level=info", "2026-03-02T01:14:07"),
        ("type=SYSCALL msg=audit(1772414047.579:2995): arch=c000003e", "2026-03-02T01:14:07.579"),
        ('date=2026-03-02 time=08:14:07 devname="FGT" tz="+0700"', "2026-03-02T01:14:07"),
        ("2026-03-02 08:14:07 level=info user=an", "2026-03-02T01:14:07"),
        ('<30>date=2026-03-02 time=08:14:07 timezone="+09" device_name="XG"', "2026-03-01T23:14:07"),
        ('date=2026-03-02 time=08:14:07 timezone="ICT" device_name="XG"', "2026-03-02T01:14:07"),
    ],
)
def test_the_time_is_found_in_pairs_or_in_front_of_them(line: str, time: str) -> None:
    parsed = decode_keyvalue(line, make_context("kv"))
    assert parsed is not None
    assert parsed.time_ns == at(time)


def test_text_in_front_is_the_message() -> None:
    parsed = decode_keyvalue("login denied user=an src=192.0.2.10", make_context("kv"))
    assert parsed is not None
    assert parsed.fields == {"user": "an", "src": "192.0.2.10", "message": "login denied"}


def test_a_device_is_the_host() -> None:
    parsed = decode_keyvalue('devname="FGT" a=1', make_context("kv"))
    assert parsed is not None
    assert parsed.host == "FGT"


def test_only_lines_made_of_pairs_are_guessed_to_be_so() -> None:
    assert is_keyvalue('level=info ts=1 msg="hello there"')
    assert not is_keyvalue("a=1 b=2")
    assert not is_keyvalue("a long sentence about many things in which a=1 and b=2 and c=3 stand somewhere in between")


def test_lines_without_pairs_are_none_and_hostile_ones_take_no_time() -> None:
    assert decode_keyvalue("text", make_context("kv")) is None
    assert len(pairs("k=v " * 100_000)) == 1
    decode_keyvalue("a" * 1_000_000, make_context("kv"))
    decode_keyvalue('a="' * 100_000, make_context("kv"))
    decode_keyvalue('a="\\' * 100_000, make_context("kv"))
