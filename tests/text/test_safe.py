"""Outside text reaches a screen only with everything that could command the terminal made visible."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.text import make_safe


@given(st.one_of(st.text(), st.binary()))
def test_nothing_unprintable_survives(data: str | bytes) -> None:
    """Whatever comes in, every character that goes out is printable."""
    assert make_safe(data).isprintable()


def test_escapes_bidi_and_zero_width_become_visible() -> None:
    """A terminal title escape, a bidi override and a zero-width space are shown, not obeyed."""
    assert make_safe("\x1b]0;pwned\x07") == "␛]0;pwned␇"
    assert make_safe("a\u202eb\u200bc\x85") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0085⟩"


def test_vietnamese_is_kept_and_composed() -> None:
    """Decomposed Vietnamese comes out composed, so that slicing cannot halve a letter."""
    assert make_safe(unicodedata.normalize("NFD", "Cảnh báo đăng nhập")) == "Cảnh báo đăng nhập"


def test_not_utf8_is_replaced_and_long_text_cut() -> None:
    """Bytes that are not UTF-8 do not raise; a limit cuts with an ellipsis."""
    assert make_safe(b"caf\xe9") == "caf\ufffd"
    assert make_safe("x" * 50, 10) == "x" * 9 + "…"


def test_tabs_and_odd_spaces_become_one_space() -> None:
    """A tab measures nothing on a terminal grid; it becomes a space."""
    assert make_safe("a\tb\u00a0c\u3000d") == "a b c d"
