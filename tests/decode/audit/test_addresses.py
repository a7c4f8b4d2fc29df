"""Addresses of sockets are read in each form."""

import pytest

from soc_agent.decode.audit.addresses import peer_of


@pytest.mark.parametrize(
    ("fields", "peer"),
    [
        ({"saddr": "020001BBC00002010000000000000000"}, ("192.0.2.1", 443)),
        ({"saddr": "0A0001BB0000000020010DB8000000000000000000000007" + "0" * 8}, ("2001:db8::7", 443)),
        ({"saddr": "0A0001BB0000000000000000000000000000FFFFC0000201" + "0" * 8}, ("192.0.2.1", 443)),
        ({"SADDR": "saddr_fam=inet laddr=192.0.2.1 lport=22"}, ("192.0.2.1", 22)),
        ({"addr": "192.0.2.1", "port": "22"}, ("192.0.2.1", 22)),
        ({"saddr": "000201BBC00002010000000000000000"}, ("192.0.2.1", 443)),
        ({"saddr": "01002F6465762F6C6F67"}, None),
        ({"saddr": "02"}, None),
        ({"saddr": "zz"}, None),
        ({}, None),
    ],
)
def test_a_peer(fields: dict[str, str], peer: tuple[str, int] | None) -> None:
    assert peer_of(fields) == peer
