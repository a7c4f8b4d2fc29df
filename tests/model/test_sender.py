"""Who sent a line."""

from soc_agent.model import SENDER_FIELDS, Sender


def test_a_sender_is_best_named_by_its_certificate() -> None:
    assert Sender("192.0.2.1", "web01.example", "tls").identity == "web01.example"
    assert Sender("192.0.2.1", "", "udp").identity == "192.0.2.1"


def test_every_part_of_a_sender_has_a_field() -> None:
    assert len(SENDER_FIELDS) == len(Sender.__struct_fields__)
