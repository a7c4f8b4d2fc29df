"""Text, names and code without what differs each time a page is got: numbers, dates, tokens, nonces, versions."""

import re
import unicodedata
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import urlsplit

REMEMBERED = 200
"""Longest text of which the hash is remembered."""
_RUN = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
_DAYS = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bthứ (?:hai|ba|tư|năm|sáu|bảy)\b|\bchủ nhật\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b"
    r"|\b(?:am|pm|sáng|trưa|chiều|tối)\b"
)
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_VERSION = re.compile(r"(?<=[._/-])(?=[a-f0-9]*\d)[a-f0-9]{6,64}(?=[._/-]|$)", re.IGNORECASE)
"""A hash in the name of a file."""
_SPACE = re.compile(r"\s+")


def mask(text: str) -> str:
    """Give text without what changes from one look to the next, for comparing."""
    text = _RUN.sub(_token, unicodedata.normalize("NFC", text)).casefold()
    text = _NUMBER.sub("0", _DAYS.sub("#", text))
    return _SPACE.sub(" ", text).strip()


def _token(match: "re.Match[str]") -> str:
    """Give a sign for a run that holds digits and letters, as tokens, nonces and hashes do; words stay."""
    run = match[0]
    return "#" if any(map(str.isdigit, run)) and any(map(str.isalpha, run)) else run


def plain(text: str) -> str:
    """Give text as a visitor reads it: NFC, runs of white space as one space."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()


def short_hash(text: str) -> str:
    """Give 10 hexadecimal digits for a text: enough to tell the parts of one page apart."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def key_of(text: str) -> str:
    """Give the hash of a masked text. Most texts of a page are those of the look before: short ones are remembered."""
    return _key_of(text) if len(text) <= REMEMBERED else short_hash(mask(text))


@lru_cache(maxsize=16_384)
def _key_of(text: str) -> str:
    return short_hash(mask(text))


@lru_cache(maxsize=16_384)
def path_of(above: str, name: str, mark: str) -> str:
    """Give the hash of the way to an element, from that to the one that it is in."""
    return short_hash(f"{above}>{name}{mask(mark)[:60]}")


def name_of(url: str) -> str:
    """Give host and path of a URL, without its query and without the numbers and hashes of versions."""
    if not url:
        return ""
    parts = urlsplit(url)
    if parts.scheme in ("data", "javascript", "blob", "about"):
        return f"{parts.scheme}:" if parts.scheme != "javascript" else ""
    return (parts.hostname or "").lower() + _NUMBER.sub("0", _VERSION.sub("#", parts.path))


_STRINGS = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_HOST = re.compile(r"(?:https?:)?\\?/\\?/([a-z0-9.-]{4,253})", re.IGNORECASE)


def code_key(code: str) -> str:
    """Give a hash for what a script does: the words of its code, and the hosts that it names.

    What it says in strings and numbers (tokens, news, settings) may change with each answer.
    """
    words = set(_WORD.findall(_STRINGS.sub(" ", code)))
    return short_hash(" ".join(sorted(words | {f"//{host.lower()}" for host in _HOST.findall(code)})))
