"""Search without case and diacritics."""

import unicodedata
from typing import Literal

import pytest

from soc_agent.text import fold


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_vietnamese_is_found_without_diacritics(form: Literal["NFC", "NFD"]) -> None:
    """`canh bao` finds `Cảnh báo`, `d` finds `đ`, whatever the normal form."""
    assert fold(unicodedata.normalize(form, "Cảnh báo ĐĂNG nhập")) == "canh bao dang nhap"


def test_ascii_is_lowered() -> None:
    """ASCII takes the short way."""
    assert fold("SSH Brute") == "ssh brute"
