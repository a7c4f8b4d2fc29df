"""Messages of NTLM, whole, wrapped and broken."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.ntlm import authenticate, decided
from tests.collectors.packets import craft_windows as windows


def test_who_logs_in_stands_anywhere_in_a_message() -> None:
    found = authenticate(b"\xa1\x82" + windows.login("van", "TINH", "MAY")[92:])
    assert found == ("van", "TINH", "MAY")
    assert decided(("van", "TINH", "MAY"), 0xC0000064)[3:] == (False, "NO_SUCH_USER")  # type: ignore[arg-type]


@given(st.binary(max_size=80), st.integers(0, 300))
def test_broken_ones_break_nothing(junk: bytes, at: int) -> None:
    authenticate(windows.login("van", "TINH", "MAY")[:at] + junk)
