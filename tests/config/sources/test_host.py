"""What the options of the host itself say, and what is refused."""

import pytest

from soc_agent.config import HostSource, parse_config
from soc_agent.errors import ConfigError


def test_a_name_is_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: host, name: here}]").sources
    assert isinstance(source, HostSource)
    assert (source.root, source.ignore) == ("/", ())


@pytest.mark.parametrize("text", ["disk_percent: 101", "ignore: [weather]", "paths: [/etc]"])
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"sources: [{{kind: host, name: here, {text}}}]".encode())
