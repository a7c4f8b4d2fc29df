"""What a listener's options say, and what does not go together."""

import pytest

from soc_agent.config import ListenerSource, parse_config
from soc_agent.errors import ConfigError

SOURCE = """
sources:
  - kind: listener
    name: network
    listen:
      - {door}
"""


def test_a_door_needs_a_transport_and_a_port() -> None:
    source = parse_config(SOURCE.replace("{door}", "{transport: udp, port: 514, type: syslog}").encode()).sources[0]
    assert isinstance(source, ListenerSource)
    assert source.listen[0].port == 514


@pytest.mark.parametrize(
    ("door", "code"),
    [
        ("{transport: tls, port: 6514}", "listener.no_certificate"),
        ("{transport: tcp, port: 601, client_certificates: required}", "listener.not_tls"),
        ("{transport: tls, port: 1, certificate: a.pem, client_certificates: required}", "listener.no_client_ca"),
        ("{transport: tls, port: 1, certificate: a.pem, client_ca: b.pem, crl: c.pem}", "listener.crl_unused"),
        ("{transport: tcp, port: 601, crl: c.pem}", "listener.not_tls"),
        ("{transport: tls, port: 1, certificate: a.pem, client_names: [a]}", "listener.names_unproved"),
        ("{transport: udp, port: 514, address: localhost}", "listener.not_an_address"),
        ("{transport: udp, port: 70000}", "config.bad_value"),
        ("{transport: sctp, port: 1}", "config.bad_value"),
    ],
)
def test_what_does_not_go_together_is_refused(door: str, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(SOURCE.replace("{door}", door).encode())
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.where.line


def test_a_listener_without_doors_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(b"sources: [{kind: listener, name: network, listen: []}]")
    assert caught.value.problem.code == "listener.no_doors"
