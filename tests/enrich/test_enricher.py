"""Fields for correlations and context for alerts: from the register, the networks and the databases."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.config import AssetOptions, Config, EnrichmentOptions, NetworkOptions, SystemOptions
from soc_agent.enrich import KNOWN_FIELDS, PLACE_FIELDS, Enricher, Networks, Place, PlaceTable, Register
from soc_agent.enrich.enricher import SHOWN
from tests.enrich.making import MAXMIND_CITY, event, write_database

CONFIG = Config(
    systems=(SystemOptions(name="portal", level=3, owner="UBND"), SystemOptions(name="dmz", level=4)),
    assets=(AssetOptions(name="web01", addresses=("192.0.2.10",), system="portal"),),
    networks=(
        NetworkOptions(name="public", cidrs=("192.0.2.0/24",), system="dmz"),
        NetworkOptions(name="partner", cidrs=("10.9.0.0/16",), internal=False),
    ),
)
PLACES = PlaceTable({"203.0.113.9": Place("VN", 7552, "Viettel", 21.0, 105.8), "203.0.113.10": Place("RU")})


@pytest.fixture
def enricher() -> Enricher:
    return Enricher(Register(CONFIG.assets, CONFIG.systems), Networks(CONFIG.networks), PLACES)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("src_ip.internal", "false"),
        ("src_ip.external", "203.0.113.9"),
        ("src_ip.network", None),
        ("src_ip.asset", None),
        ("src_ip.country", "VN"),
        ("src_ip.asn", 7552),
        ("src_ip.as_org", "Viettel"),
        ("src_ip.latitude", 21.0),
        ("src_ip.longitude", 105.8),
        ("dst_ip.internal", "true"),
        ("dst_ip.external", None),
        ("dst_ip.network", "public"),
        ("dst_ip.asset", "web01"),
        ("dst_ip.system", "portal"),
        ("dst_ip.system_level", 3),
        ("dst_ip.country", None),
        ("host.asset", "web01"),
        ("host.system", "portal"),
        ("host.system_level", 3),
        ("host.owner", "UBND"),
        ("src_ip.nonsense", None),
        ("host.country", None),
        ("src_ip", None),
        ("user.country", None),
    ],
)
def test_each_field_has_its_value(enricher: Enricher, field: str, value: object) -> None:
    assert enricher.value(event("WEB01.tinh.vn", src_ip="203.0.113.9", dst_ip="192.0.2.10"), field) == value


def test_every_known_field_is_answered(enricher: Enricher) -> None:
    """What is said to be known has a value for some event."""
    told = event("web01", src_ip="203.0.113.9", dst_ip="192.0.2.10")
    turned = event("web01", src_ip="192.0.2.10", dst_ip="203.0.113.9")
    late = replace(told, time_ns=1_772_420_400_000_000_000 + 12 * 3600 * 1_000_000_000)
    for field in KNOWN_FIELDS:
        assert any(enricher.value(each, field) is not None for each in (told, turned, late)), field


@pytest.mark.parametrize("name", ["src_ip", "SourceIp", "c-ip", "id.orig_h", "IpAddress"])
def test_an_address_is_found_whatever_its_source_calls_it(enricher: Enricher, name: str) -> None:
    assert enricher.value(event(**{name: "203.0.113.10"}), "src_ip.country") == "RU"


def test_what_is_no_address_has_no_values(enricher: Enricher) -> None:
    for text in ("-", "", "web01", "0.0.0.0", None, 7):
        assert enricher.value(event(src_ip=text), "src_ip.internal") is None


def test_several_addresses_give_several_values(enricher: Enricher) -> None:
    several = event(src_ip=["203.0.113.9", "203.0.113.10", "203.0.113.11", "203.0.113.9"])
    assert enricher.value(several, "src_ip.country") == ["VN", "RU"]
    assert enricher.value(several, "src_ip.internal") == "false"


def test_an_address_of_a_network_has_the_system_of_the_network(enricher: Enricher) -> None:
    assert enricher.value(event(src_ip="192.0.2.99"), "src_ip.system") == "dmz"
    assert enricher.value(event(src_ip="192.0.2.99"), "src_ip.system_level") == 4
    assert enricher.value(event(src_ip="10.9.0.1"), "src_ip.internal") == "false"


def test_each_event_is_asked_anew(enricher: Enricher) -> None:
    first, second = event(src_ip="203.0.113.9"), event(src_ip="203.0.113.10")
    seen = [enricher.value(each, "src_ip.country") for each in (first, second, first)]
    assert seen == ["VN", "RU", "VN"]


def test_the_context_tells_what_is_known(enricher: Enricher) -> None:
    entities = {"src_ip": ("203.0.113.9", "10.1.1.1", "no address"), "dst_ip": ("192.0.2.10",), "user": ("root",)}
    assert enricher.context(event("web01"), entities) == {
        "host": {"name": "web01", "asset": "web01", "system": "portal", "system_level": 3, "owner": "UBND"},
        "src_ip": [
            {"address": "203.0.113.9", "internal": False, "country": "VN", "asn": 7552, "as_org": "Viettel"},
            {"address": "10.1.1.1", "internal": True},
        ],
        "dst_ip": [
            {
                "address": "192.0.2.10",
                "internal": True,
                "network": "public",
                "asset": "web01",
                "system": "portal",
                "system_level": 3,
                "owner": "UBND",
            }
        ],
        "system_level": 3,
    }


def test_the_context_of_what_nobody_knows_is_empty(enricher: Enricher) -> None:
    assert enricher.context(event("other"), {"user": ("root",)}) == {}
    assert enricher.context(event(""), {}) == {}


def test_the_highest_level_of_all_systems_concerned_counts(enricher: Enricher) -> None:
    context = enricher.context(event("web01"), {"src_ip": ("192.0.2.77",)})
    assert context["system_level"] == 4


def test_the_context_is_bounded(enricher: Enricher) -> None:
    many = tuple(f"203.0.113.{n}" for n in range(200))
    assert len(enricher.context(event("other"), {"src_ip": many})["src_ip"]) == SHOWN


def test_hostile_texts_are_neither_addresses_nor_remembered(enricher: Enricher) -> None:
    for number in range(20):
        text = f"203.0.113.9%{number}" + "x" * 100_000
        assert enricher.value(event(text, src_ip=text), "src_ip.country") is None
        assert enricher.value(event(text, src_ip=[text]), "host.asset") is None
        assert enricher.context(event(text), {"src_ip": (text,)}) == {}
    assert enricher._remembered.cache_info().currsize == 0
    assert enricher._remembered_host.cache_info().currsize == 0


def test_a_configuration_makes_an_enricher(tmp_path: Path) -> None:
    write_database(tmp_path / "city.mmdb", {"1.52.0.0/14": MAXMIND_CITY})
    config = Config(enrichment=EnrichmentOptions(city_mmdb="city.mmdb", asn_mmdb="none.mmdb"))
    enricher = Enricher.of(config, tmp_path)
    assert enricher.value(event(src_ip="1.52.1.1"), "src_ip.country") == "VN"
    assert [problem.code for problem in enricher.problems()] == ["enrich.unreadable"]
    assert enricher.unknowable == frozenset()


def test_without_a_configuration_private_ranges_are_known(tmp_path: Path) -> None:
    enricher = Enricher.of(Config(), tmp_path)
    assert enricher.value(event(src_ip="10.0.0.1"), "src_ip.internal") == "true"
    assert enricher.value(event(src_ip="1.52.1.1"), "src_ip.country") is None
    assert enricher.unknowable == PLACE_FIELDS
    assert enricher.problems() == []


def test_the_day_of_an_event_outside_the_working_hours_is_known() -> None:
    enricher = Enricher.of(Config(), Path())
    monday_ten = 1_772_420_400_000_000_000
    at_ten = replace(event("web01"), time_ns=monday_ten)
    assert enricher.value(at_ten, "time.off_hours") is None
    at_night = replace(at_ten, time_ns=monday_ten + 12 * 3600 * 1_000_000_000)
    assert enricher.value(at_night, "time.off_hours") == "2026-03-02"
    assert "time.off_hours" in Enricher.known
