"""What the options of systems, assets and networks say, and what is refused."""

import pytest

from soc_agent.config import parse_config
from soc_agent.errors import ConfigError


def test_a_network_is_inside_unless_it_says_otherwise() -> None:
    config = parse_config(
        b"networks: [{name: lan, cidrs: [10.0.0.0/8]}, {name: dmz, cidrs: [192.0.2.0/24], internal: false}]"
    )
    assert [network.internal for network in config.networks] == [True, False]


@pytest.mark.parametrize("level", [0, 6, "three"])
def test_a_system_has_one_of_five_levels(level: int | str) -> None:
    with pytest.raises(ConfigError):
        parse_config(f"systems: [{{name: mail, level: {level}}}]".encode())


def test_an_asset_is_of_a_system_that_is_known() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(b"assets: [{name: web1, system: portal}]")
    assert caught.value.problem.code == "config.unknown_system"
