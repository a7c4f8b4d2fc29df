import socket
import time
from ipaddress import ip_network

import pytest

from collectors.portals.connection import FetchFailed, Limits, is_public, make_trust, resolve_in_time


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "2002:0a00:0001::", "64:ff9b::7f00:1", "ff02::1"),
        *("255.255.255.255", "no address"),
    ],
)
def test_inside_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_others_are(address: str) -> None:
    assert is_public(address)


def test_a_network_that_is_allowed_is_reached_and_no_other() -> None:
    allowed = (ip_network("10.20.0.0/16"),)
    assert is_public("10.20.3.4", allowed)
    assert is_public("::ffff:10.20.3.4", allowed)
    assert not is_public("10.21.3.4", allowed)


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    def never(host: str, port: int) -> list[str]:
        time.sleep(2)
        return []

    with pytest.raises(FetchFailed) as caught:
        resolve_in_time("portal.example.vn", 443, never, 0.05)
    assert caught.value.reason == "dns"


def test_a_resolver_that_fails_is_told() -> None:
    def fails(host: str, port: int) -> list[str]:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    with pytest.raises(FetchFailed, match="Temporary failure"):
        resolve_in_time("portal.example.vn", 443, fails, 5)
    with pytest.raises(FetchFailed, match="no address"):
        resolve_in_time("portal.example.vn", 443, lambda *_: [], 5)


def test_time_that_is_over_is_a_timeout() -> None:
    with pytest.raises(FetchFailed, match="timeout"):
        Limits(time.monotonic() - 1, 10).left_s()


def test_a_file_without_authorities_is_refused() -> None:
    with pytest.raises(OSError, match="No such file"):
        make_trust("/nowhere/ca.pem")
