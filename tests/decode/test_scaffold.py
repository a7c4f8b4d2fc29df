"""A decoder made of sample lines takes them all, and splits them where they differ."""

import msgspec
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.definition import DecoderDefinition
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.decode.scaffold import Scaffold, scaffold, trial
from tests.decode.samples import make_context

HEAD = "Mar  2 08:14:07 web01 qlvb[7]: "


def made_of(*messages: str, head: str = HEAD) -> Scaffold:
    return scaffold("qlvb", [head + message for message in messages], make_context("auto"))


def decoders_of(made: Scaffold) -> Decoders:
    return Decoders([CompiledDecoder(msgspec.convert(made.tree, DecoderDefinition), LINE_TYPES)])


def test_what_differs_becomes_a_field_with_a_guessed_name() -> None:
    made = made_of(
        "login failed for user an from 192.0.2.1 port 4711",
        "login failed for user binh from 192.0.2.77 port 12",
        "login failed for user 007 from 2001:db8::1 port 9",
    )
    assert made.tree["programs"] == ["qlvb"]
    assert len(made.tree["patterns"]) == 1
    line = (HEAD + "login failed for user chi from 198.51.100.3 port 80").encode()
    event = decoders_of(made).decode(line, make_context("syslog"))
    assert event.type == "qlvb"
    assert {name: event.fields[name] for name in ("user", "src_ip", "src_port")} == {
        "user": "chi",
        "src_ip": "198.51.100.3",
        "src_port": 80,
    }


def test_a_value_that_is_a_number_only_sometimes_is_no_number() -> None:
    made = made_of("user 007 left", "user an left")
    assert made.tree.get("casts", {}) == {}
    assert [event.fields["user"] for event in trial(made, make_context("syslog"))] == ["007", "an"]


def test_messages_of_other_shapes_are_other_patterns() -> None:
    made = made_of("user an came in", "user binh came in", "disk full: 98 percent")
    assert len(made.tree["patterns"]) == 2


def test_lines_without_a_program_are_found_by_a_word_they_share() -> None:
    made = made_of("ung-dung: khoa an", "ung-dung: khoa binh", head="2026-03-02 08:14:07 ")
    assert made.tree["parent"] == "plain"
    assert made.tree["find"]
    assert all(event.type == "qlvb" for event in trial(made, make_context("plain")))


def test_messages_written_in_a_known_type_need_no_patterns() -> None:
    made = made_of('{"user": "an", "ok": true}', '{"user": "binh"}')
    assert made.tree["payload"] == ["json"]
    assert "patterns" not in made.tree


def test_a_line_of_another_type_is_named() -> None:
    lines = [HEAD + "a b c"] * 5 + ["\x00\x01"] + [HEAD + "a b d"]
    assert scaffold("qlvb", lines, make_context("auto")).strange == (6,)


WORDS = st.one_of(
    st.sampled_from(
        ["user", "from", "to", "port", "failed", "=", "[", "]", "(", "\\", "|", '"', "'", ":", "%", "*", "?"]
    ),
    st.ip_addresses().map(str),
    st.integers(0, 99_999).map(str),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=8),
)
MESSAGES = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), min_size=1, max_size=12)


@settings(max_examples=300)
@given(MESSAGES, st.sampled_from([HEAD, "", "2026-03-02 08:14:07 "]))
def test_what_is_made_takes_every_line_that_it_was_made_of(messages: list[str], head: str) -> None:
    """The law; and the file reads back as what was made."""
    made = made_of(*messages, head=head)
    if not made.samples:
        return
    assert yaml.safe_load(yaml.safe_dump(made.tree, allow_unicode=True)) == made.tree
    context = make_context(made.line_type)
    decoders = decoders_of(made)
    for number, message in enumerate(messages, 1):
        parsed = LINE_TYPES[made.line_type].decode(head + message, context)
        if number not in made.strange and parsed is not None and parsed.subject:
            assert decoders.decode((head + message).encode(), context).type == "qlvb", message
