"""Hosts are found in the register by name, short or full, and by address."""

import pytest

from soc_agent.config import AssetOptions, SystemOptions
from soc_agent.enrich.prefixes import address_of
from soc_agent.enrich.register import Entry, Register

REGISTER = Register(
    [
        AssetOptions(name="Web01", addresses=("192.0.2.10", "2001:db8::10"), system="portal"),
        AssetOptions(name="db01.so-tttt.vn", addresses=("10.0.0.0/24",), system="portal", owner="STTTT"),
        AssetOptions(name="mail.a.vn"),
        AssetOptions(name="mail.b.vn", addresses=("10.0.0.9",)),
        AssetOptions(name="192.0.2.254", system="gone"),
    ],
    [SystemOptions(name="portal", level=3, owner="UBND")],
)


@pytest.mark.parametrize(
    ("host", "asset"),
    [
        ("web01", "Web01"),
        ("WEB01.tinh.vn.", "Web01"),
        ("db01", "db01.so-tttt.vn"),
        ("DB01.SO-TTTT.VN", "db01.so-tttt.vn"),
        ("mail.a.vn", "mail.a.vn"),
        ("192.0.2.10", "Web01"),
        ("::ffff:192.0.2.10", "Web01"),
        ("192.0.2.254", "192.0.2.254"),
    ],
)
def test_a_host_is_found_by_any_of_its_names(host: str, asset: str) -> None:
    found = REGISTER.of_host(host)
    assert found is not None
    assert found.asset == asset


@pytest.mark.parametrize("host", ["", ".", "web", "web012", "db01.other.vn", "mail", "10.1.0.1"])
def test_another_host_is_not_found(host: str) -> None:
    """Two full names that differ are two hosts; a label that two assets share names neither."""
    assert REGISTER.of_host(host) is None


def test_of_several_assets_the_narrowest_range_counts() -> None:
    inner, outer = address_of("10.0.0.9"), address_of("10.0.0.8")
    assert inner is not None
    assert outer is not None
    assert REGISTER.of_address(inner) == Entry("mail.b.vn")
    assert REGISTER.of_address(outer) == Entry("db01.so-tttt.vn", "portal", 3, "STTTT")


def test_an_asset_without_an_owner_has_that_of_its_system() -> None:
    assert REGISTER.of_host("web01") == Entry("Web01", "portal", 3, "UBND")


def test_a_system_that_is_not_there_says_nothing() -> None:
    assert REGISTER.of_host("192.0.2.254") == Entry("192.0.2.254")
    assert REGISTER.of_system("") == Entry()
