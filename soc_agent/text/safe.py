"""Text from outside, made safe for a terminal, a report or a spreadsheet.

Log text is hostile: it may hold terminal escapes, bidirectional overrides, or markup. Textual and Rich remove neither
(GHSA-x3g7-qrwc-f6c5 is one such case). What comes from outside reaches a screen only as :class:`SafeText`.
"""

import os
import unicodedata


class SafeText(str):
    """Text in which nothing can command a terminal. Only :func:`make_safe` makes it."""

    __slots__ = ()


def path_text(path: str | os.PathLike[str]) -> str:
    r"""Give a path as text that can be stored and sent: bytes of it that are not UTF-8 stand as ``\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


_PICTURES = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}


def make_safe(data: bytes | str, limit: int | None = None) -> SafeText:
    """Give outside text as NFC, with control characters shown as pictures (``␛``) and the unseen as ``⟨U+202E⟩``.

    Bytes are read as UTF-8; what is not UTF-8 becomes U+FFFD. Tabs become one space. ``limit`` is in characters;
    what is longer is cut and ends with ``…``.
    """
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else data
    if limit is not None and len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if text.isascii() and text.isprintable():
        return SafeText(text)
    text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _visible(c) for c in text)
    return SafeText(text)


def _visible(character: str) -> str:
    if character == "\t" or unicodedata.category(character) == "Zs":
        return " "
    return _PICTURES.get(ord(character)) or f"⟨U+{ord(character):04X}⟩"
