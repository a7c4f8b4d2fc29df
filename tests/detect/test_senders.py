"""Lines of several senders in one block: each event says who sent it, and no line can say otherwise."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from soc_agent.decode import Context
from soc_agent.detect import Engine, load_rules
from soc_agent.detect.senders import Contexts
from soc_agent.model import Block, Sender
from tests import product

RULE = """
title: A line of the firewall
id: 6f1c3b55-5d0a-4c0a-9f57-4d1d6f0a7c11
status: test
description: For the test.
logsource: {product: linux, service: syslog}
detection: {it: {sender_ip: 192.0.2.7}, condition: it}
level: low
"""
FIREWALL, OTHER = Sender("192.0.2.7", "", "udp"), Sender("192.0.2.8", "web01.example", "tls")
LINES = (
    b"<13>Nov 22 01:00:00 fw01 kernel: one\n"
    b"<13>Nov 22 01:00:00 fw01 kernel: two sender_ip=192.0.2.7\n"
    b'<13>1 2026-11-22T01:00:00Z - app - - [sender_ip sender_ip="192.0.2.7"] three\n'
)
CONTEXT = Context("net", "syslog", ZoneInfo("UTC"), 1_795_305_600_000_000_000)


def block(senders: tuple[tuple[int, Sender], ...], data: bytes = LINES, line_type: str = "syslog") -> Block:
    return Block("net", "listener", "a:b", line_type, data, senders=senders)


@pytest.mark.parametrize("prefilter", [True, False])
def test_a_rule_asks_for_the_sender_that_no_line_can_forge(tmp_path: Path, prefilter: bool) -> None:
    (tmp_path / "rule.yml").write_text(RULE, "utf-8")
    rules = load_rules([tmp_path])
    assert not rules.problems
    engine = Engine(rules, product.decoders(), prefilter=prefilter)
    second = LINES.index(b"\n") + 1
    result = engine.run(block(((0, FIREWALL), (second, OTHER))), CONTEXT)
    assert [detection.raw for detection in result.detections] == [LINES[: second - 1]]


def test_each_line_has_the_context_of_its_sender() -> None:
    second = LINES.index(b"\n") + 1
    contexts = Contexts(block(((0, FIREWALL), (second, OTHER))), CONTEXT)
    assert contexts.at(0).sender == FIREWALL
    assert contexts.at(second).sender == contexts.at(second + 50).sender == OTHER
    assert contexts.at(0).host == "192.0.2.7"
    assert contexts.at(second).host == "web01.example"


def test_what_a_line_claims_is_kept_under_another_name() -> None:
    decoders = product.decoders()
    context = Contexts(block(((0, OTHER),)), CONTEXT).at(0)
    line = b'{"host":"dc01","sender_ip":"10.0.0.1","sender_name":"dc01"}'
    event = decoders.decode(line, Context("net", "json", ZoneInfo("UTC"), 0, "", context.sender))
    assert event.fields["sender_ip"] == "192.0.2.8"
    assert event.fields["sender_name"] == "web01.example"
    assert event.fields["claimed_sender_ip"] == "10.0.0.1"
    assert event.host == "dc01"


def test_a_sender_without_certificate_has_no_name_even_if_the_line_brings_one() -> None:
    event = product.decoders().decode(
        b'{"sender_name":"dc01"}', Context("net", "json", ZoneInfo("UTC"), 0, "", Sender("192.0.2.9"))
    )
    assert "sender_name" not in event.fields
    assert event.fields["claimed_sender_name"] == "dc01"


def test_a_line_that_names_no_host_has_that_of_its_sender() -> None:
    context = Contexts(block(((0, FIREWALL),)), CONTEXT).at(0)
    assert product.decoders().decode(b"<13>something without header", context).host == "192.0.2.7"
