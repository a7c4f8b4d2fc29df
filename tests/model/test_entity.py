"""Entities are found whatever a source calls the field."""

from collections import Counter

from soc_agent.model import ENTITY_FIELDS, entities_of


def test_fields_of_different_sources_are_the_same_entity() -> None:
    for field in ("src_ip", "c-ip", "id.orig_h", "SourceIp", "IpAddress"):
        assert entities_of({field: "192.0.2.1"}) == {"src_ip": ("192.0.2.1",)}


def test_empty_values_and_repeats_are_left_out() -> None:
    fields = {"user": "-", "cs-username": "lan", "User": "lan", "src_ip": None, "path": "", "USER": "N/A"}
    assert entities_of(fields) == {"user": ("lan",)}


def test_lists_give_each_value_once() -> None:
    assert entities_of({"query": ["a.example", "b.example", "a.example"]}) == {"domain": ("a.example", "b.example")}


def test_a_field_name_stands_once() -> None:
    names = Counter(name for names in ENTITY_FIELDS.values() for name in names)
    assert [name for name, count in names.items() if count > 1] == []


def test_an_address_is_written_in_one_way() -> None:
    assert entities_of({"src_ip": "192.0.2.1", "IpAddress": "::ffff:192.0.2.1"}) == {"src_ip": ("192.0.2.1",)}
    assert entities_of({"src_ip": "2001:db8::1"}) == {"src_ip": ("2001:db8::1",)}


def test_who_did_it_is_named_beside_whom_it_was_done_to() -> None:
    assert entities_of({"TargetUserName": "an", "SubjectUserName": "minh"}) == {"user": ("an", "minh")}
    assert entities_of({"SourceImage": "C:\\a.exe"}) == {"process": ("C:\\a.exe",)}
    for field in ("ImageLoaded", "ImagePath", "ServiceFileName", "ActionName"):
        assert entities_of({field: "C:\\a.exe"}) == {"file": ("C:\\a.exe",)}


def test_an_address_is_no_name() -> None:
    assert entities_of({"src_ip": "192.0.2.1", "src_host": "192.0.2.1"}) == {"src_ip": ("192.0.2.1",)}
    assert entities_of({"src_host": "pc.example"}) == {"src_host": ("pc.example",)}
