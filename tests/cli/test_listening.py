"""What the commands know of a listener."""

from pathlib import Path

import pytest

from soc_agent.cli.listening import door_text, listened, with_paths
from soc_agent.config import ListenerSource, ListenOptions

TLS = ListenOptions(transport="tls", port=6514, certificate="tls/cert.pem", client_ca="/ca.pem")


def test_paths_begin_at_the_folder_of_the_configuration() -> None:
    source = with_paths(ListenerSource(name="network", listen=(TLS,)), Path("/etc/soc"), "data/soc.db")
    assert source.listen[0].certificate == "/etc/soc/tls/cert.pem"
    assert source.listen[0].client_ca == "/ca.pem"
    assert source.listen[0].key == ""
    assert source.spool == "/etc/soc/data/spool/network"


def test_a_spool_may_lie_elsewhere() -> None:
    source = ListenerSource(name="network", listen=(TLS,), spool="/var/spool/soc")
    assert with_paths(source, Path("/etc/soc"), "/var/lib/soc/soc.db").spool == "/var/spool/soc"


@pytest.mark.parametrize(("address", "text"), [("", "tls 1"), ("192.0.2.1", "tls 192.0.2.1:1"), ("::1", "tls [::1]:1")])
def test_a_door_is_called_by_transport_and_port(address: str, text: str) -> None:
    assert door_text(ListenOptions(transport="tls", port=1, address=address)) == text


def test_lines_of_an_open_type_may_be_of_two_kinds() -> None:
    assert listened("auto") == {"syslog", "json"}
    assert listened("cef") == {"cef"}
