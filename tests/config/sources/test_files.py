"""What the options of a log file say, and what is refused."""

import pytest

from soc_agent.config import FileSource, parse_config
from soc_agent.errors import ConfigError


def test_paths_are_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: file, name: auth, paths: [/var/log/auth.log]}]").sources
    assert isinstance(source, FileSource)
    assert (source.start, source.type, source.multiline.by) == ("end", "auto", "")


@pytest.mark.parametrize(
    "text", ["start: middle", "line_cap_bytes: 0", "multiline: {by: blank}", "multiline: {max_lines: 1}"]
)
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"sources: [{{kind: file, name: a, paths: [/x], {text}}}]".encode())


def test_a_source_without_paths_is_refused_at_its_place() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(b"sources:\n  - {kind: file, name: a, paths: []}")
    assert caught.value.problem.code == "config.no_paths"
    assert caught.value.problem.where.line == 2
