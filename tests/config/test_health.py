"""What watches over the sources is configured without surprise."""

import pytest

from soc_agent.config import parse_config
from soc_agent.config.health import listen_address
from soc_agent.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("[::1]:9464", ("::1", 9464)),
        ("127.0.0.1", None),
        ("localhost:1", None),
        ("127.0.0.1:99999", None),
        ("127.0.0.1:1/x", None),
        ("a@127.0.0.1:1", None),
        ("", None),
    ],
)
def test_an_address_is_an_ip_address_and_a_port(text: str, address: tuple[str, int] | None) -> None:
    assert listen_address(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("metrics: {listen: '0.0.0.0:9464'}", "trust.not_loopback"),
        ("metrics: {listen: '[2001:db8::1]:9464'}", "trust.not_loopback"),
        ("metrics: {listen: '9464'}", "trust.not_an_address"),
        ("health: {silence: {nobody: 5}}", "trust.unknown_source"),
    ],
)
def test_what_is_wrong_is_told(text: str, code: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parse_config(text.encode())
    assert [problem.code for problem in raised.value.problems] == [code]


def test_other_hosts_may_ask_only_where_that_is_said() -> None:
    assert parse_config(b"metrics: {listen: '0.0.0.0:9464', remote: true}").metrics.remote
    assert parse_config(b"metrics: {listen: '127.0.0.2:9464'}").metrics.listen
