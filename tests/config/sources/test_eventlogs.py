"""What the options of exported event logs say, and what is refused."""

import pytest

from soc_agent.config import EventLogSource, parse_config
from soc_agent.errors import ConfigError


def test_paths_are_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: eventlogs, name: dc, paths: [/srv/evtx]}]").sources
    assert isinstance(source, EventLogSource)
    assert source.settle_s < source.incomplete_s


@pytest.mark.parametrize("text", ["settle_s: 0", "size_cap_bytes: 0", "start: end"])
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"sources: [{{kind: eventlogs, name: dc, paths: [/srv/evtx], {text}}}]".encode())
