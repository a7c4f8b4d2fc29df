"""What the options of a scan say, and what is refused."""

import pytest

from soc_agent.config import WatchSource, parse_config
from soc_agent.errors import ConfigError


def test_paths_are_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: watch, name: web, paths: [/var/www]}]").sources
    assert isinstance(source, WatchSource)
    assert (source.recursive, source.scan_existing, source.rescan_s) == (True, False, 0)


@pytest.mark.parametrize("text", ["size_cap_bytes: 0", "timeout_s: 0", "rescan_s: -1", "interval_s: 5"])
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"sources: [{{kind: watch, name: web, paths: [/var/www], {text}}}]".encode())
