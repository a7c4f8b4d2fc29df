"""HTML as a stream of tags and texts, in time that grows with its length alone.

Every step goes forward from where the last one ended, and a search that found nothing is not made again: pages that are
written to be slow to read are as fast as others. It follows the tokenizer of the HTML standard (13.2.5) where that
matters for what a visitor sees, and makes no tree.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

RAW_TEXT = frozenset({"script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed", "noframes"})
"""What is in them is text, whatever it looks like; ``noscript`` and ``iframe`` as a browser with scripts sees them."""
_TAG_BYTES = 65_536
_ATTRIBUTES = 200
_NAME = re.compile(r"[a-zA-Z][^\s/>\x00]{0,100}")
_GAP = re.compile(r"[\s/=]*")
_ATTRIBUTE = re.compile(
    r"""([^\s/>=][^\s/>=]{0,200})(?:\s{0,100}=\s{0,100}(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?""",
)


class Tag(Struct, frozen=True):
    """The beginning or the end of an element."""

    name: str
    """In lower case."""
    attributes: dict[str, str] = {}
    """Names in lower case, values without character references; of two of one name, the first."""
    closing: bool = False


class Text(Struct, frozen=True):
    """Text between tags, without character references."""

    text: str
    inside: str = ""
    """Of raw text, the element that it stands in."""


def tokens(page: str) -> Iterator[Tag | Text]:
    """Yield the tags and texts of a page."""
    at, length = 0, len(page)
    absent: set[str] = set()

    def seek(what: str, start: int) -> int:
        """Find from here on; a search that failed once is not made again."""
        if what in absent:
            return -1
        found = page.find(what, start)
        if found < 0:
            absent.add(what)
        return found

    lower: str | None = None
    while at < length:
        begin = seek("<", at)
        if begin < 0:
            yield Text(html.unescape(page[at:]))
            return
        if begin > at:
            yield Text(html.unescape(page[at:begin]))
        follows = page[begin + 1 : begin + 4]
        if follows == "!--":
            end = seek("-->", begin + 4)
            at = length if end < 0 else end + 3
        elif follows[:1] in ("!", "?"):
            end = seek(">", begin + 1)
            at = length if end < 0 else end + 1
        elif follows[:1] == "/" and (match := _NAME.match(page, begin + 2)):
            end = seek(">", match.end())
            yield Tag(match[0].lower(), closing=True)
            at = length if end < 0 else end + 1
        elif match := _NAME.match(page, begin + 1):
            tag, at = _open_tag(page, match)
            yield tag
            if tag.name in RAW_TEXT:
                # lower() may change the length of a text beyond ASCII; casefolding is done for ASCII alone
                lower = _ascii_lower(page) if lower is None else lower
                closing = f"</{tag.name}"
                end = -1 if closing in absent else lower.find(closing, at)
                if end < 0:
                    absent.add(closing)
                    end = length
                raw = page[at:end]
                if raw:
                    yield Text(html.unescape(raw) if tag.name in ("title", "textarea") else raw, tag.name)
                at = end
        else:
            yield Text("<")
            at = begin + 1


def _open_tag(page: str, name: "re.Match[str]") -> tuple[Tag, int]:
    """Read the attributes of a tag; give it and where it ends."""
    at, limit = name.end(), min(len(page), name.end() + _TAG_BYTES)
    attributes: dict[str, str] = {}
    while at < limit:
        at = _GAP.match(page, at, limit).end()  # type: ignore[union-attr]  # it matches nothing, too
        if at < limit and page[at] == ">":
            return Tag(name[0].lower(), attributes), at + 1
        match = _ATTRIBUTE.match(page, at, limit)
        if match is None or match.end() == at:
            at += 1
            continue
        if len(attributes) < _ATTRIBUTES:
            value = match[2] or match[3] or match[4] or ""
            attributes.setdefault(match[1].lower(), html.unescape(value) if "&" in value else value)
        at = match.end()
    return Tag(name[0].lower(), attributes), at


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _ascii_lower(text: str) -> str:
    return text.lower() if text.isascii() else text.translate(_LOWER)


_META = re.compile(rb"""<meta[^>]{0,500}?charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_KNOWN = frozenset(
    {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "big5", "gbk", "gb18030", "shift_jis", "euc_kr"}
    | {f"cp125{number}" for number in range(9)}
    | {f"iso8859-{number}" for number in range(2, 17)}
)
"""Python names of the encodings that pages are written in; a page cannot ask for any other codec."""
_HEAD_BYTES = 4_096


def decode_page(body: bytes, content_type: str) -> tuple[str, bool]:
    """Give a page as text, and whether it is written in another encoding than it says.

    The byte order mark counts first, then the header, then ``<meta>``; what says nothing, or nonsense, is UTF-8.
    """
    import codecs

    header, meta = _HEADER.search(content_type), _META.search(body[:_HEAD_BYTES])
    said = header[1] if header else meta[1].decode("ascii", "replace") if meta else ""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace"), False
    name: Any = "utf-8"
    wrong = False
    if said:
        try:
            name = codecs.lookup(said).name
        except LookupError:
            wrong, name = True, "utf-8"
        if name not in _KNOWN:
            wrong, name = True, "utf-8"
    if name == "iso8859-1":
        name = "cp1252"  # as the WHATWG encoding standard has it
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return body.decode(name), wrong
    except UnicodeDecodeError:
        wrong = True
    try:
        return body.decode("utf-8"), wrong
    except UnicodeDecodeError:
        return body.decode(name, "replace"), wrong
