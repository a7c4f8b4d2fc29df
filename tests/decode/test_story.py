"""What is told of a line is what happened to it."""

import pytest

from soc_agent.decode.story import tell
from tests.decode.samples import all_decoders, make_context

SSHD = b"Mar  2 08:14:07 web01 sshd[7]: Failed password for root from 192.0.2.10 port 22 ssh2"


def test_the_decoder_and_the_pattern_are_named() -> None:
    story = tell(all_decoders(), SSHD, make_context("syslog"))
    (asked,) = story.asked
    assert (story.line_type, story.is_guessed, story.is_of_type, story.program) == ("syslog", False, True, "sshd")
    assert (asked.name, asked.because) == ("sshd", "sshd")
    assert isinstance(asked.taken_by, int)
    assert "Failed" in asked.match
    assert asked.path.endswith("sshd.yml")


def test_a_decoder_that_was_asked_in_vain_is_named_too() -> None:
    story = tell(all_decoders(), b"Mar  2 08:14:07 web01 sshd[7]: something new", make_context("syslog"))
    assert [(asked.name, asked.taken_by) for asked in story.asked] == [("sshd", None)]
    assert story.event.type == "sshd"


def test_a_message_that_is_written_as_another_type_is_told() -> None:
    line = b'Mar  2 08:14:07 web01 app[7]: {"message": "x", "level": "info"}'
    (asked,) = [each for each in tell(all_decoders(), line, make_context("syslog")).asked if each.taken_by]
    assert (asked.name, asked.taken_by) == ("json_syslog", "json")


def test_a_type_that_nobody_named_is_guessed() -> None:
    assert tell(all_decoders(), SSHD, make_context("auto")).is_guessed


def test_a_line_that_is_not_of_its_type_has_no_decoders() -> None:
    story = tell(all_decoders(), b"odd", make_context("json"))
    assert (story.is_of_type, story.asked, story.event.decoded) == (False, (), False)


def _samples() -> list[tuple[str, str, str]]:
    return [
        (decoder.name, sample.type or decoder.definition.parent, sample.line)
        for decoder in all_decoders().data_driven
        for sample in decoder.definition.samples
        if isinstance(decoder.definition.parent, str)
    ]


@pytest.mark.parametrize(("name", "line_type", "line"), _samples())
def test_the_event_is_that_of_whoever_took_the_line(name: str, line_type: str, line: str) -> None:
    """The law: who is told to have taken a line is who gave its event, and nobody is told where nobody did."""
    story = tell(all_decoders(), line.encode(), make_context(line_type))
    taken = [asked for asked in story.asked if asked.taken_by is not None]
    assert story.asked[-1:] == tuple(taken)[-1:] or not taken
    if taken and isinstance(taken[0].taken_by, int) and story.asked[0] == taken[0]:
        assert story.event.type == taken[0].name
    assert story.event == all_decoders().decode(line.encode(), make_context(line_type))
