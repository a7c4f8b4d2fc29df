"""What scripts and style sheets say and do, as far as that can be told without running them.

Nothing here decides that code is bad. It finds the texts that code could show, the hosts that it names and the means by
which it hides what it does, so that these can be compared with those of an earlier look.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

from collectors.portals.markup import Text, tokens

STRINGS = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""")
_HOST = re.compile(
    r"(?:https?:)?\\?/\\?/([a-z0-9](?:[a-z0-9-]{0,62}\.){1,10}[a-z]{2,24})(?=[:/\"'`\\?#)\s]|$)", re.IGNORECASE
)
_NAMESPACES = frozenset({"www.w3.org", "w3.org", "schema.org", "ns.adobe.com"})
"""Named in code to say what a document is: nothing is got from them."""
_MEANS = {
    "eval": re.compile(r"\beval\s*\(|\bnew\s+Function\s*\("),
    "atob": re.compile(r"\batob\s*\("),
    "fromCharCode": re.compile(r"\bfromCharCode\b"),
    "unescape": re.compile(r"\bunescape\s*\("),
    "document.write": re.compile(r"\bdocument\s*\.\s*write(?:ln)?\s*\("),
    "replaces the page": re.compile(
        r"\bdocument\s*\.\s*(?:body|documentElement)\s*\.\s*(?:innerHTML|outerHTML|innerText|textContent)\s*="
        r"|\bdocument\s*\.\s*open\s*\("
    ),
    "location": re.compile(r"\blocation\s*(?:\.\s*href\s*)?=(?!=)|\blocation\s*\.\s*(?:replace|assign)\s*\("),
    "obfuscated": re.compile(r"\b_0x[0-9a-f]{4,}\b|(?:\\x[0-9a-f]{2}){8}", re.IGNORECASE),
}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": " ", "r": " ", "t": " ", "b": "", "f": " ", "v": " ", "0": "", "\n": ""}
_CODES = re.compile(
    r"fromCharCode\s*\(\s*((?:0x[0-9a-f]{1,6}|\d{1,7})(?:\s*,\s*(?:0x[0-9a-f]{1,6}|\d{1,7})){3,4000})", re.IGNORECASE
)
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}[\w.:;/ -]{0,8}){6}")
_BASE64 = re.compile(r"^[A-Za-z0-9+/]{16,}={0,2}$")
_READ = 2_000_000
_STRINGS_READ = 20_000
_TEXTS_KEPT = 400
_LONGEST = 2_000


def means_of(code: str) -> tuple[str, ...]:
    """Name the means by which code hides what it does, or takes a page away, in alphabetical order."""
    return tuple(sorted(name for name, pattern in _MEANS.items() if pattern.search(code[:_READ])))


def hosts_of(code: str) -> tuple[str, ...]:
    """Give the hosts that code names in full addresses, sorted; also those in what it decodes."""
    text = code[:_READ]
    found = {host.lower() for host in _HOST.findall(text)}
    for decoded in _decoded(text):
        found |= {host.lower() for host in _HOST.findall(decoded)}
    return tuple(sorted(found - _NAMESPACES))


def texts_of_code(code: str) -> list[str]:
    """Give the texts in code that are meant for people: several words, or markup; decoded where that is simple.

    Those at the beginning and at the end come first: that is where something is put in.
    """
    found = dict.fromkeys(filter(None, map(_shown, _candidates(code[:_READ]))))
    texts = list(found)
    if len(texts) > _TEXTS_KEPT:
        texts = texts[: _TEXTS_KEPT // 2] + texts[-_TEXTS_KEPT // 2 :]
    return texts


def excerpt(code: str, length: int) -> str:
    """Give the beginning of code, and of the rest what is near the means that it uses."""
    if len(code) <= length:
        return code
    parts = [code[: length // 3]]
    found = filter(None, (pattern.search(code[:_READ], length // 3) for pattern in _MEANS.values()))
    parts += (code[max(0, match.start() - 8) : match.end() + 32] for match in found)
    return " … ".join(parts)[:length]


def _candidates(code: str) -> Iterator[str]:
    yield from _decoded(code)
    for match in islice(STRINGS.finditer(code), _STRINGS_READ):
        if len(match[0]) > 7:
            yield unescaped(match[0][1:-1][:_LONGEST])


def _decoded(code: str) -> Iterator[str]:
    """Yield what is written in numbers, per cent signs or Base64."""
    for match in islice(_CODES.finditer(code), 50):
        words = (word.strip().lower() for word in match[1].split(","))
        numbers = (int(word, 16 if word.startswith("0x") else 10) for word in words)
        yield "".join(chr(number) for number in numbers if number < 0x11_0000)
    for match in islice(STRINGS.finditer(code), _STRINGS_READ):
        text = match[0][1:-1]
        if len(text) < 16:
            continue
        if _PERCENT.search(text[:_LONGEST]):
            yield unquote_to_bytes(text[:_LONGEST].encode("utf-8", "replace")).decode("utf-8", "replace")
        elif len(text) % 4 == 0 and _BASE64.match(text[: 4 * _LONGEST]):
            try:
                raw = base64.b64decode(text[: 4 * _LONGEST], validate=True)
                yield raw.decode("utf-8")
            except (binascii.Error, UnicodeDecodeError, ValueError):
                continue
        elif "\\x" in text or "\\u" in text:
            yield unescaped(text[: 4 * _LONGEST])


def unescaped(text: str) -> str:
    """Give what a string literal of ECMAScript stands for (ECMA-262, 12.9.4), without half surrogate pairs."""
    if "\\" not in text:
        return text

    def one(match: "re.Match[str]") -> str:
        digits = match[1] or match[2] or match[3]
        if digits:
            number = int(digits, 16)
            return chr(number) if number < 0x11_0000 else ""
        return _PLAIN_ESCAPES.get(match[4], match[4])

    plain = _ESCAPE.sub(one, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _shown(text: str) -> str:
    """Give what a person would read of a string; empty when it is not made for reading."""
    if "<" in text:
        text = " ".join(
            token.text for token in islice(tokens(text), 400) if isinstance(token, Text) and not token.inside
        )
    text = " ".join(text.split())
    words = [word for word in text.split(" ") if sum(map(str.isalpha, word)) > 1]
    return text[:_LONGEST] if len(words) > 1 or (len(text) > 5 and not text.isascii()) else ""
