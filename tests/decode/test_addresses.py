import pytest

from soc_agent.decode.addresses import address, is_inside


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("[2001:db8::7]", "2001:db8::7"),
        ("192.0.2.7:443", None),
        ("web01", None),
        ("", None),
    ],
)
def test_an_address_is_read_as_lines_write_it(written: str, meant: str | None) -> None:
    assert address(written) == meant


def test_what_no_network_outside_can_have_is_inside() -> None:
    inside = [
        "10.1.2.3",
        "172.16.0.9",
        "192.168.1.1",
        "127.0.0.1",
        "169.254.1.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1%eth0",
    ]
    assert all(is_inside(value) for value in inside)
    assert not any(is_inside(value) for value in ("192.0.2.7", "203.0.113.7", "8.8.8.8", "172.32.0.1", "2001:db8::7"))
