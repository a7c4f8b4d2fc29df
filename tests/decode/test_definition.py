import msgspec
import pytest

from soc_agent.decode.definition import DecoderDefinition, LogSourceName, texts
from soc_agent.model import LogSource

LEAST = {"name": "x", "description": "d", "programs": ["x"]}


def test_one_text_or_some_are_taken_alike() -> None:
    assert texts("a") == ("a",)
    assert texts(["a", "b"]) == ("a", "b")


def test_what_is_left_out_has_its_default() -> None:
    definition = msgspec.convert(LEAST, DecoderDefinition)
    assert definition.parent == "syslog"
    assert definition.patterns == ()


def test_a_log_source_is_named_in_parts() -> None:
    assert LogSourceName(product="linux", service="sshd").as_model() == LogSource("", "linux", "sshd")


@pytest.mark.parametrize(
    "change",
    [
        {"name": "With Space"},
        {"description": ""},
        {"unknown": 1},
        {"casts": {"a": "float"}},
        {"patterns": [{"match": ""}]},
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**LEAST, **change}, DecoderDefinition)
