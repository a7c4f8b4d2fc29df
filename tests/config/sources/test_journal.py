"""What the options of a journal say, and what does not go together."""

import pytest

from soc_agent.config import JournalSource, parse_config
from soc_agent.errors import ConfigError


def test_a_journal_needs_nothing_but_a_name() -> None:
    (source,) = parse_config(b"sources: [{kind: journal, name: journal}]").sources
    assert isinstance(source, JournalSource)
    assert (source.program, source.start, source.priority) == ("journalctl", "end", "")


def test_a_namespace_is_of_this_host_alone() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(b"sources: [{kind: journal, name: j, directory: /srv/j, namespace: web}]")
    assert caught.value.problem.code == "journal.namespace_of_folder"
    assert caught.value.problem.where.line == 1


@pytest.mark.parametrize("text", ["priority: loud", "units: ['']", "paths: [/var]"])
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"sources: [{{kind: journal, name: j, {text}}}]".encode())
