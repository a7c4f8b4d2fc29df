"""A finding says what, why it matters and what to type, in both languages."""

import re
from pathlib import Path

import pytest

from soc_agent.cli.doctor.check import Verdict, error, ok, warn
from soc_agent.text import use_language
from soc_agent.text.catalog import catalogue

SOURCE = Path(__file__).resolve().parents[3] / "soc_agent" / "cli" / "doctor"


def test_what_is_well_needs_no_word_more() -> None:
    check = ok("python", "3.11")
    assert (check.what, check.why, check.remedy, check.text) == ("3.11", "", "", "3.11")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_is_wrong_is_told_in_three_parts(language: str) -> None:
    use_language(language)
    check = error("interface", "doctor.interface_down", interface="eth9")
    assert check.verdict is Verdict.ERROR
    assert "eth9" in check.what
    assert check.remedy == "ip link set eth9 up"
    assert check.why == catalogue(language)["doctor.why.interface"]
    assert check.remedy in check.text


def test_a_place_stands_before_what_was_found() -> None:
    assert warn("store", "cli.doctor.little_space", "/srv", free=3).what.startswith("/srv: ")


def test_every_check_has_its_name_and_its_reason() -> None:
    """Every name and code in the source stands in the catalogues, with a remedy."""
    text = "".join(path.read_text("utf-8") for path in SOURCE.glob("*.py"))
    named = set(re.findall(r'\b(?:ok|warn|error|Check)\(\s*"(\w+)"', text))
    assert len(named) > 20
    keys = catalogue("en").keys()
    assert [name for name in named if f"doctor.name.{name}" not in keys or f"doctor.why.{name}" not in keys] == []
    codes = set(re.findall(r'\b(?:warn|error)\(\s*"\w+",\s*"([\w.]+)"', text))
    assert len(codes) > 25
    assert [code for code in codes if f"{code}.remedy" not in keys] == []
