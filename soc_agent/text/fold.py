"""Folding for search: `canh bao` finds `cảnh báo`."""

import unicodedata


def fold(text: str) -> str:
    """Give ``text`` without case and diacritics, ``đ`` as ``d`` (it does not decompose): the form to search in."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))
