"""What the options of packets say, and what is refused."""

import pytest

from soc_agent.config import PacketSource, parse_config
from soc_agent.errors import ConfigError


def test_an_interface_is_all_that_is_needed() -> None:
    (source,) = parse_config(b"sources: [{kind: packets, name: wire, interface: eth0}]").sources
    assert isinstance(source, PacketSource)
    assert source.payloads
    assert source.evidence_mb > 0


@pytest.mark.parametrize("text", ["interface: eth0, paths: [/x.pcap]", "filter: ip"])
def test_packets_come_from_one_place(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(f"sources: [{{kind: packets, name: wire, {text}}}]".encode())
    assert caught.value.problem.code == "config.interface_or_paths"


def test_a_table_of_no_flows_is_refused() -> None:
    with pytest.raises(ConfigError):
        parse_config(b"sources: [{kind: packets, name: wire, interface: eth0, max_flows: 0}]")
