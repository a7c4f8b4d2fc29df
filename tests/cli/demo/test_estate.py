"""The demo's estate is a configuration that loads, with addresses reserved for documentation."""

import ipaddress
from pathlib import Path

from soc_agent.cli.demo import estate as described
from soc_agent.cli.demo.estate import HOSTS, Estate
from soc_agent.config import FileSource, load_config

DOCUMENTATION = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")


def test_the_configuration_loads_and_covers_every_host(tmp_path: Path) -> None:
    made = Estate(tmp_path)
    made.build("vi")
    config = load_config(made.config_path)
    assert {asset.name for asset in config.assets} == {host.name for host in HOSTS}
    assert config.console.language == "vi"
    for source in config.sources:
        if isinstance(source, FileSource):
            assert all((tmp_path / path).is_file() for path in source.paths)
    assert config.national.mode == "dry-run"


def test_addresses_are_reserved_for_documentation() -> None:
    addresses = [host.address for host in HOSTS]
    addresses += [*described.CITIZENS, described.ATTACKER, described.ATTACKER_V6, described.COMMAND_SERVER]
    addresses += [described.PORTAL, described.PORTAL_V6]
    networks = [ipaddress.ip_network(network) for network in DOCUMENTATION]
    for address in map(ipaddress.ip_address, addresses):
        assert any(address.version == network.version and address in network for network in networks)
