"""The options are closed: what is not known is refused, and nothing can be changed after reading."""

import msgspec
import pytest

from soc_agent.config import Config, FileSource


def test_options_cannot_be_changed() -> None:
    config = Config()
    with pytest.raises(AttributeError):
        setattr(config, "timezone", "UTC")  # noqa: B010 - the type checker would refuse the plain form


def test_a_source_is_told_by_its_kind() -> None:
    config = msgspec.convert({"sources": [{"kind": "file", "name": "a", "paths": ["/x"]}]}, Config)
    assert isinstance(config.sources[0], FileSource)


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"kind": "file", "name": name, "paths": ["/x"]}, FileSource)
