"""The context of an alert reads in both languages, whatever of it is known."""

from typing import Any

import pytest

from soc_agent.text import use_language
from soc_agent.text.context import context_rows

CONTEXT: dict[str, Any] = {
    "host": {"name": "web01.tinh.vn", "asset": "web01", "system": "portal", "system_level": 3, "owner": "UBND"},
    "src_ip": [
        {"address": "203.0.113.9", "internal": False, "country": "VN", "asn": 7552, "as_org": "Viettel"},
        {"address": "10.0.0.1", "internal": True, "network": "lan"},
    ],
    "system_level": 3,
}


def test_all_that_is_known_is_told() -> None:
    use_language("en")
    assert context_rows(CONTEXT) == [
        ("host", ["web01.tinh.vn", "asset web01", "system portal", "level 3", "owner UBND"]),
        ("source", ["203.0.113.9", "outside", "VN", "AS7552 Viettel"]),
        ("source", ["10.0.0.1", "inside", "network lan"]),
    ]


def test_it_speaks_vietnamese() -> None:
    use_language("vi")
    assert context_rows(CONTEXT)[0] == (
        "máy",
        ["web01.tinh.vn", "tài sản web01", "hệ thống portal", "cấp độ 3", "chủ quản UBND"],
    )


def test_an_asset_that_is_called_as_its_host_is_told_once() -> None:
    use_language("en")
    assert context_rows({"host": {"name": "WEB01", "asset": "web01"}}) == [("host", ["WEB01"])]


@pytest.mark.parametrize(
    "context",
    [{}, {"system_level": 3}, {"host": None}, {"src_ip": [None, 7]}, {"src_ip": "x"}, {"host": {}}, {"dst_ip": [{}]}],
)
def test_what_another_version_wrote_does_not_make_it_fail(context: dict[str, Any]) -> None:
    for _, words in context_rows(context):
        assert words
