"""The whole configuration: each source is told by its kind, and nothing is needed."""

import msgspec
import pytest

from soc_agent.config import Config, FileSource


def test_nothing_is_needed() -> None:
    assert msgspec.convert({}, Config) == Config()


def test_a_source_is_told_by_its_kind() -> None:
    config = msgspec.convert({"sources": [{"kind": "file", "name": "a", "paths": ["/x"]}]}, Config)
    assert isinstance(config.sources[0], FileSource)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="telepathy"):
        msgspec.convert({"sources": [{"kind": "telepathy", "name": "a"}]}, Config)
