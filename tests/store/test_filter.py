from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.errors import FilterError
from soc_agent.model import ENTITY_FIELDS
from soc_agent.store.filter import FILTER_KEYS, AlertFilter, Operator, Term
from soc_agent.text import say


def terms(text: str) -> tuple[Term, ...]:
    return AlertFilter.parse(text, timezone=UTC).terms


def test_the_empty_filter_has_no_terms() -> None:
    assert terms("") == terms("   ") == ()


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("level>=high", Term("level", Operator.AT_LEAST, (3,))),
        ("LEVEL=Low,critical", Term("level", Operator.IS, (1, 4))),
        ("layer=2", Term("layer", Operator.IS, (2,))),
        ("layer<national", Term("layer", Operator.LESS, (4,))),
        ("status=open", Term("status", Operator.IS, ("new", "acknowledged"))),
        ("status!=closed", Term("status", Operator.IS, ("closed",), negated=True)),
        ("-status!=closed", Term("status", Operator.IS, ("closed",))),
        ("tier=Network", Term("tier", Operator.IS, ("network",))),
        ("count>10", Term("count", Operator.MORE, (10,))),
        ("-host=web01", Term("host", Operator.IS, ("web01",), negated=True)),
        ('rule="dò mật khẩu",x', Term("rule", Operator.IS, ("dò mật khẩu", "x"))),
        ('user="a,b"', Term("user", Operator.IS, ("a,b",))),
        ("owner=none", Term("owner", Operator.IS, ("",))),
        ("owner=", Term("owner", Operator.IS, ("",))),
        ("src_ip=10.0.0.0/8", Term("src_ip", Operator.IS, ("10.0.0.0/8",))),
        ("url=/a?b=c", Term("url", Operator.IS, ("/a?b=c",))),
        ("since=24h", Term("since", Operator.IS, (86_400 * 10**9,), ago=True)),
        ("until=90s", Term("until", Operator.IS, (90 * 10**9,), ago=True)),
        ("since=1970-01-02", Term("since", Operator.IS, (86_400 * 10**9,))),
        ("until=1970-01-01", Term("until", Operator.IS, (86_400 * 10**9 - 1000,))),
        ("since=1970-01-01T01:00:00+01:00", Term("since", Operator.IS, (0,))),
        ("since=1970-01-01T00:00:01Z", Term("since", Operator.IS, (10**9,))),
        ("words", Term("", Operator.IS, ("words",))),
        ("-words", Term("", Operator.IS, ("words",), negated=True)),
        ('"two words"', Term("", Operator.IS, ("two words",))),
        ('"id=1 or 1=1"', Term("", Operator.IS, ("id=1 or 1=1",))),
        ("/login?id=1", Term("", Operator.IS, ("/login?id=1",))),
        ("10.0.0.1:22", Term("", Operator.IS, ("10.0.0.1:22",))),
    ],
)
def test_a_term_is_understood(text: str, term: Term) -> None:
    assert terms(text) == (term,)


def test_terms_are_separated_by_spaces_outside_quotes() -> None:
    assert [term.values for term in terms('  a  "b c"\t-d host=e\n')] == [("a",), ("b c",), ("d",), ("e",)]


def test_a_time_without_zone_is_in_the_given_one() -> None:
    (term,) = AlertFilter.parse("since=2026-11-21T07:00", timezone=ZoneInfo("Asia/Ho_Chi_Minh")).terms
    assert term.values == (int(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * 10**9,)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("hosst=a", "filter.unknown_key", "`host`"),
        ("zzzzz=a", "filter.unknown_key_list", "src_ip"),
        ("level=sever", "filter.bad_value", "critical"),
        ("layer=5", "filter.bad_value", "national"),
        ("status=done", "filter.bad_value", "false_positive"),
        ("tier=cloud", "filter.bad_value", "endpoint"),
        ("host>=a", "filter.not_ordered", ">="),
        ("since>=1h", "filter.not_ordered", "since="),
        ("level>=low,high", "filter.one_value", "level>="),
        ("count=many", "filter.not_a_number", "many"),
        ("count=-1", "filter.not_a_number", "-1"),
        ("host=", "filter.no_value", "host"),
        ("src_ip=10.0.0.0/99", "filter.not_a_network", "10.0.0.0/99"),
        ("since=yesterday", "filter.bad_time", "yesterday"),
        ("since=9999999999h", "filter.bad_time", "9999999999h"),
        ('host="web', "filter.open_quote", '"web'),
        ('"', "filter.open_quote", '"'),
        ("x" * 3000, "filter.too_long", "2000"),
    ],
)
def test_what_is_not_understood_is_named_with_the_remedy(text: str, code: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        AlertFilter.parse(text)
    assert caught.value.problem.code == code
    assert said in str(caught.value)


@given(st.text(max_size=80) | st.from_regex(r'-?(\w+(=|>=|!=)[\w".,*/:-]*\s*)+', fullmatch=True))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        understood = AlertFilter.parse(text)
    except FilterError:
        return
    assert understood.text == text


def test_every_key_and_every_kind_of_entity_is_explained() -> None:
    assert set(ENTITY_FIELDS) <= set(FILTER_KEYS)
    for key in FILTER_KEYS:
        for language in ("en", "vi"):
            assert say(f"filter.key.{key}", language=language)
