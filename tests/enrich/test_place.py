"""Records of every kind of database are understood; what is hostile or missing is not known."""

from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.enrich.place import NOWHERE, Place, PlaceTable, place_of
from soc_agent.enrich.prefixes import address_of
from tests.enrich.making import MAXMIND_ASN, MAXMIND_CITY


@pytest.mark.parametrize(
    ("record", "place"),
    [
        (MAXMIND_CITY, Place("VN", latitude=21.03, longitude=105.85)),
        (MAXMIND_ASN, Place(asn=7552, as_org="Viettel Group")),
        (
            {"traits": {"autonomous_system_number": 45899, "autonomous_system_organization": "VNPT Corp"}},
            Place(asn=45899, as_org="VNPT Corp"),
        ),
        (
            {"country": "Vietnam", "country_code": "VN", "asn": "AS7552", "as_name": "Viettel Group"},
            Place("VN", 7552, "Viettel Group"),
        ),
        ({"country": "vn", "country_name": "Vietnam", "asn": "AS7552"}, Place("VN", 7552)),
        ({"country": "VN", "lat": "21.03", "lng": "105.85"}, Place("VN", latitude=21.03, longitude=105.85)),
        ({"country_code": "VN", "latitude": 21, "longitude": 105.85}, Place("VN", latitude=21.0, longitude=105.85)),
        ({"asn": "AS4134", "name": "CHINANET-BACKBONE", "country": "CN"}, Place("CN", 4134, "CHINANET-BACKBONE")),
        (
            {
                "country": {
                    "iso_code": "BE",
                    "AutonomousSystemNumber": "49677",
                    "AutonomousSystemOrganization": "MAEHDROS-AS",
                }
            },
            Place("BE", 49677, "MAEHDROS-AS"),
        ),
    ],
)
def test_every_layout_is_understood(record: Any, place: Place) -> None:
    assert place_of(record) == place


@pytest.mark.parametrize(
    "record",
    [
        None,
        "VN",
        [],
        {"country": {"iso_code": 704}},
        {"country": "Vietnam"},
        {"country_code": "VNM"},
        {"country_code": "ĐV"},
        {"asn": "AS99999999999", "as_name": "too large"},
        {"asn": -1},
        {"asn": True},
        {"asn": "seven"},
        {"as_name": "of no number"},
        {"lat": "91", "lng": "0"},
        {"lat": 1.0},
        {"lat": "nan", "lng": "nan"},
        {"lat": "north", "lng": True},
        {"location": 7},
    ],
)
def test_what_is_not_what_it_should_be_is_not_known(record: Any) -> None:
    assert place_of(record) == NOWHERE


def test_a_long_name_is_cut() -> None:
    assert len(place_of({"asn": 1, "as_name": "x" * 10_000}).as_org) == 200


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["country", "iso_code", "asn", "location", "latitude", "lat", "lng"]), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_no_record_makes_it_fail(record: Any) -> None:
    place = place_of(record)
    assert len(place.country) in (0, 2)
    assert 0 <= place.asn < 2**32


def test_what_one_database_does_not_know_another_may() -> None:
    city, asn = place_of(MAXMIND_CITY), place_of(MAXMIND_ASN)
    assert city.over(asn) == Place("VN", 7552, "Viettel Group", 21.03, 105.85)
    assert Place("US", 1, "", 1.0, 1.0).over(city.over(asn)) == Place("US", 1, "", 1.0, 1.0)


def test_a_table_knows_what_is_written_in_it() -> None:
    table = PlaceTable({"192.0.2.1": Place("VN"), "2001:DB8:0::1": Place("LA")})
    known, other = address_of("192.0.2.1"), address_of("192.0.2.2")
    assert known is not None
    assert other is not None
    assert table.find(known).country == "VN"
    assert table.find(ip_address("2001:db8::1")).country == "LA"
    assert table.find(other) == NOWHERE
    assert table.problems() == []
