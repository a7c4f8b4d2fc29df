"""Names that are too wide to be indicators."""

import pytest

from soc_agent.detect.indicators.suffixes import is_local, is_suffix


@pytest.mark.parametrize("name", ["com", "vn", "gov.vn", "com.vn", "edu.vn", "co.uk", "github.io", "duckdns.org"])
def test_public_suffixes_are_told(name: str) -> None:
    assert is_suffix(name)


@pytest.mark.parametrize("name", ["evil.com", "tinh.gov.vn", "x.co", "a.github.io", "com.example.org", "co.com"])
def test_names_below_them_are_none(name: str) -> None:
    assert not is_suffix(name)


def test_names_of_networks_are_local() -> None:
    assert is_local("dc01.tinh.local")
    assert is_local("9.113.0.203.in-addr.arpa")
    assert not is_local("evil.onion")
