"""Options of the source that watches over the integrity of files."""

import pytest

from soc_agent.config import IntegritySource, parse_config
from soc_agent.errors import ConfigError


def test_paths_are_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: integrity, name: system, paths: [/etc, /usr/bin]}]").sources
    assert isinstance(source, IntegritySource)
    assert source.audit_logs == ("/var/log/audit/audit.log",)
    assert source.packages


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(ConfigError):
        parse_config(b"sources: [{kind: integrity, name: system, paths: [/etc], baseline: x}]")
