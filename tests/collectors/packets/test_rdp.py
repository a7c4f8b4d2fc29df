"""The beginning of remote desktop connections."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.rdp import Rdp, confirm, cookie
from tests.collectors.packets.craft_windows import rdp_confirm, rdp_request


def test_the_cookie_of_a_client() -> None:
    assert cookie(rdp_request("quantri")) == b"quantri"
    assert cookie(rdp_request()) == b""
    assert cookie(rdp_confirm()) is None


def test_what_the_server_chose() -> None:
    assert confirm(rdp_confirm(2)) == Rdp("HYBRID", "encrypted")
    assert confirm(rdp_confirm(0)) == Rdp("RDP", "Success")
    assert confirm(rdp_confirm(None)) == Rdp("RDP", "Success")
    assert confirm(rdp_confirm(5, kind=3)) == Rdp("", "HYBRID_REQUIRED_BY_SERVER")
    assert confirm(rdp_request("a")) is None


@given(st.binary(max_size=60))
def test_broken_ones_break_nothing(junk: bytes) -> None:
    cookie(b"\x03\0\0\x0b\x06\xe0" + junk)
    confirm(b"\x03\0\0\x0b\x06\xd0" + junk)
