"""Explanations read well in both languages, and never by colour alone."""

from datetime import date

import pytest
from msgspec import structs

from soc_agent.model import LogSource, RuleInfo
from soc_agent.model.explanation import (
    Branch,
    CorrelationExplanation,
    Counting,
    LaidOver,
    Part,
    Pattern,
    Prefilter,
    Reason,
    RuleExplanation,
    Sought,
)
from soc_agent.text import LANGUAGES, use_language
from soc_agent.text.explanation import rows_of, sentence, source_words

ITEM = Branch(
    "item", False, "f|contains", field="f", values=("xyz",), tests=(Pattern(" a ", False), Pattern("b", False))
)
REASON = Reason(
    "explain.not_value",
    {
        "selection": "s",
        "clause": "f|contains",
        "field": "f",
        "value": "xyz",
        "pattern": " a ",
        "patterns": 2,
        "more": 3,
        "alternatives": 4,
    },
)
RULE = RuleExplanation(
    rule=RuleInfo("id-1", "A rule", title_vi="Một luật"),
    line_type="syslog",
    decoder="sshd",
    decoded=True,
    wants=LogSource("", "linux", "sshd"),
    has=(LogSource("", "linux", "syslog"),),
    applies=False,
    condition=Branch(
        "all", False, children=(Branch("selection", False, "s", (ITEM,)), Branch("not", True, children=(ITEM,)))
    ),
    prefilter=Prefilter(passes=False, sets=((Sought(" a ", False), Sought("b", True)),), left_out=(7,)),
    matches=False,
    conclusion=REASON,
)
CORRELATION = CorrelationExplanation(
    rule=RuleInfo("id-2", "Many"),
    kind="event_count",
    condition="gte 5",
    timespan_s=60.0,
    countings=(Counting(RULE, (Part("src", "src_ip", "192.0.2.1"), Part("user", "user", None))),),
    matches=False,
    conclusion=Reason("explain.not_counted_one", {"title": "A rule", "reason": REASON}),
)


def text_of(explanation: RuleExplanation | CorrelationExplanation) -> str:
    return "\n".join(" " * row.indent + "".join(piece.text for piece in row.pieces) for row in rows_of(explanation))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole(language: str) -> None:
    use_language(language)
    try:
        text = text_of(RULE) + text_of(CORRELATION)
    finally:
        use_language("en")
    assert "{" not in text
    assert "explain." not in text


def test_a_conclusion_is_a_sentence() -> None:
    assert sentence(REASON) == (
        "Does not match, because f is “xyz”, and `f|contains` wants “ a ” or the one other (`s`); that is the nearest "
        "of 4 alternatives; 3 more do not hold either."
    )
    one = Reason(REASON.code, {**REASON.values, "more": 1})
    assert sentence(one).endswith("; one more does not hold either.")
    assert sentence(CORRELATION.conclusion).startswith(
        "Not counted, because the rule that is counted does not match it"
    )


def test_a_word_in_the_line_is_told_as_one() -> None:
    values = {"selection": "keywords", "clause": "", "field": "", "value": "a line", "pattern": "evil", "more": 0}
    assert sentence(Reason("explain.matches", values)) == "Matches, because “evil” stands in the line (`keywords`)."


def test_true_and_false_are_words_and_signs() -> None:
    text = text_of(RULE)
    assert "✗ false  A" not in text
    assert "✗ false  s" in text
    assert "✓ true   not" in text
    for row in rows_of(RULE):
        for piece in row.pieces:
            if piece.role in ("ok", "bad"):
                assert piece.text[0] in "✓✗" or piece.text.strip()


def test_a_value_that_must_differ_is_true_where_it_does() -> None:
    item = Branch("item", False, "f|neq", field="f", values=("xyz",), tests=(Pattern("a", False), Pattern("b", False)))
    shown = text_of(structs.replace(RULE, condition=Branch("not", True, children=(item,))))
    assert "✓ true   f|neq  each of 2" in shown
    assert "✓ a" in shown
    assert "✗ false  f|neq" not in shown


def test_a_source_that_nobody_knows_is_said_in_words() -> None:
    shown = text_of(structs.replace(RULE, has=(LogSource(),), wants=LogSource()))
    assert "log source  not known" in shown
    assert "the rule wants  any" in shown


def test_filters_say_who_why_and_until_when() -> None:
    filters = (LaidOver("Backup", "lan", "nightly", expires=date(2099, 1, 1)), LaidOver("Bare"))
    shown = text_of(structs.replace(RULE, filters=filters))
    assert "  Backup  nightly · by lan · until 2099-01-01" in shown
    assert "Filters in it" not in text_of(RULE)


def test_the_edges_of_a_pattern_can_be_seen() -> None:
    text = text_of(RULE)
    assert "✗ “ a ”" in text
    assert "✓ b  in the line" in text
    assert "… and 7 more" in text


def test_the_conclusion_comes_first_and_everything_is_there() -> None:
    rows = text_of(RULE).splitlines()
    assert rows[0].startswith("A rule  id-1")
    assert rows[1].startswith("✗ false  Does not match")
    assert "  log source  product linux, service syslog" in rows
    assert any(row.strip() == "is xyz" for row in rows)


def test_a_correlation_shows_its_group() -> None:
    text = text_of(CORRELATION)
    assert "event_count  gte 5 within 60 s" in text
    assert "group  src (src_ip) = 192.0.2.1" in text
    assert "group  user = the line has none" in text


def test_log_sources_in_words() -> None:
    assert source_words(LogSource()) == "*"
    assert source_words(LogSource("webserver", "", "apache")) == "category webserver, service apache"


def test_the_rules_that_a_correlation_counts_are_named_in_the_language_in_use() -> None:
    use_language("vi")
    assert "Một luật" in text_of(CORRELATION)
