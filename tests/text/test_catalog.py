"""The message catalogues: both languages say the same."""

import string
import threading

import pytest

from soc_agent.text import current_language, detect_language, say, use_language
from soc_agent.text.catalog import catalogue


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_keys() -> None:
    """No sentence exists in one language only."""
    assert set(catalogue("vi")) == set(catalogue("en"))


def test_both_languages_have_the_same_placeholders() -> None:
    """A sentence says the same things in both languages."""
    vietnamese, english = catalogue("vi"), catalogue("en")
    different = {key for key in english if placeholders(english[key]) != placeholders(vietnamese[key])}
    assert different == set()


def test_every_problem_has_its_remedy() -> None:
    """A key with a remedy is a problem; its remedy is not empty."""
    assert all(text.strip() for key, text in catalogue("en").items() if key.endswith(".remedy"))


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "vi_VN", "LC_ALL": "en_US"}, "en"),
        ({"SOC_AGENT_LANG": "vi", "LC_ALL": "C"}, "vi"),
        ({}, "en"),
    ],
)
def test_language_of_the_environment(environment: dict[str, str], language: str) -> None:
    """The usual variables decide, ours first."""
    assert detect_language(environment) == language


def test_language_can_be_switched() -> None:
    """`say` speaks the language in use; an unknown one is refused."""
    use_language("vi")
    assert "UTF-8" in say("config.not_utf8.remedy")
    assert say("config.not_utf8.remedy") != say("config.not_utf8.remedy", language="en")
    with pytest.raises(ValueError, match="fr"):
        use_language("fr")


def test_the_language_is_that_of_the_whole_process() -> None:
    """A thread speaks the language that was chosen after it began."""
    chosen = threading.Event()
    heard: list[str] = []

    def listen() -> None:
        chosen.wait(10)
        heard.append(current_language())

    thread = threading.Thread(target=listen)
    thread.start()
    use_language("vi")
    chosen.set()
    thread.join()
    assert heard == ["vi"]
