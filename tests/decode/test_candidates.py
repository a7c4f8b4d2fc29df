"""A line comes to the decoders of its program, then to those whose literals it holds."""

import msgspec
import pytest

from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.definition import DecoderDefinition
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.model import LogSource
from tests.decode.test_datadriven import LOGIN, make, refine


@pytest.mark.parametrize("program", ["prog", "PROG", "/usr/sbin/prog", "prog/part", "prog-in/part", "prog-in/a/part"])
def test_a_program_is_known_in_any_case_and_folder(program: str) -> None:
    assert refine([make(programs=["prog"])], "anything", program).type == "x"


def test_a_program_names_the_event_though_no_pattern_matches() -> None:
    decoder = make(programs=["prog"], log_sources=[{"product": "p"}], constants={"k": "v"}, patterns=[LOGIN])
    parsed = refine([decoder], "something else")
    assert (parsed.type, parsed.log_sources) == ("x", (LogSource("", "p", ""),))
    assert "k" not in parsed.fields, "what it would mean is not known"


def test_literals_pick_a_decoder_whatever_the_program() -> None:
    decoder = make(find=["needle"], patterns=[{"match": ".*(?P<n>needle).*"}])
    assert refine([decoder], "hay needle hay", "other").type == "x"
    assert refine([decoder], "hay", "other").type == "syslog"


def test_a_literal_alone_does_not_name_an_event() -> None:
    decoder = make(find=["needle"], patterns=[{"match": "never"}])
    assert refine([decoder], "hay needle hay", "other").type == "syslog"


def test_the_program_names_what_a_decoder_by_literal_took() -> None:
    by_program = make(programs=["prog"], log_sources=[{"service": "prog"}])
    by_literal = CompiledDecoder(
        msgspec.convert(
            {
                "name": "y",
                "description": "d",
                "find": ["needle"],
                "log_sources": [{"service": "y"}],
                "patterns": [{"match": ".*", "constants": {"n": 1}}],
            },
            DecoderDefinition,
        ),
        LINE_TYPES,
    )
    parsed = refine([by_program, by_literal], "a needle")
    assert (parsed.type, parsed.fields["n"]) == ("x", 1)
    assert parsed.log_sources == (LogSource("", "", "prog"), LogSource("", "", "y"))
