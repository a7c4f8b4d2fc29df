"""What the options of the people say, and what is refused."""

from datetime import date

import pytest

from soc_agent.config import parse_config
from soc_agent.errors import ConfigError


def test_nothing_leaves_by_default() -> None:
    config = parse_config(b"organisation: {name: SOC}")
    assert config.national.mode == ""


def test_a_contact_has_a_day_on_which_it_was_checked() -> None:
    config = parse_config(b"organisation: {contacts: [{name: An, role: lead, checked: 2026-01-31}]}")
    assert config.organisation.contacts[0].checked == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    ["national: {mode: live}", "organisation: {contacts: [{name: An, role: boss}]}", "assessment: {interval_days: 0}"],
)
def test_what_is_no_option_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(text.encode())


@pytest.mark.parametrize("text", ["begin: '7:00'", "end: '25:00'", "days: [monday]", "holidays: [tet]"])
def test_hours_that_no_clock_shows_are_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"organisation: {{working_hours: {{{text}}}}}".encode())


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(b"organisation: {working_hours: {begin: '22:00', end: '06:00'}}")
    assert caught.value.problem.code == "config.hours_backwards"
