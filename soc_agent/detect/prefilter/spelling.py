r"""How the text of a field is written in the raw line: what must be known to look for it there.

A field holds ``C:\Temp``; its JSON line holds ``C:\\Temp``. A literal for the prefilter is spelled as the line spells
it, or cut at the characters that the line may spell in several ways. Letters beyond ASCII are cut out, for their case
varies; signs without case (an emoji, a direction mark) stand alone.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from msgspec import Struct

from soc_agent.decode import Decoders

Alternatives = frozenset[bytes]
"""Literals of which a line must hold one, in any case of ASCII letters."""

_WIDE_FOLDS = {"k": "\u212a", "s": "\u017f"}
"""Letters that RE2 takes for an ASCII letter when it ignores case."""

_JSON = frozenset({"eve", "host", "json", "laurel", "zeek", "yara", "health", "portal"})
_SYSLOG_JSON = "syslog_json"
_OBJECTS = _JSON | {_SYSLOG_JSON}
"""Types whose lines are JSON objects."""
_PAM_JOINTS = "():"
"""Of ``pam_unix(sshd): …``, which the syslog decoder puts together from ``sshd(pam_unix)[7]: …``."""
_CUT_AT = {
    "raw": "",
    "plain": "",
    "access": '"\\',
    "apache_error": '"\\',
    "nginx_error": '"\\',
    "kv": "\"'\\",
    "auditd": "\"'",
    "cef": "\\|=",
    "eventxml": "&<>\"'",
    # values of structured data (RFC 5424)
    "syslog": '"\\]' + _PAM_JOINTS,
    # columns; other characters are escaped by their number
    "zeek_log": "\\",
    # path and query stand in columns of their own
    "w3c": "?",
}
_ZEEK_LOG = "zeek_log"
_TRUTHS = ("true", "false")
"""A column of Zeek's holds ``T`` and ``F``."""
_XML = "eventxml"
_XML_CUTS = _CUT_AT[_XML]
_XML_TRIGGERS = frozenset(
    literal.encode()
    for literal in (
        *("<!--", "<![cdata["),
        *(f"&#{start}" for start in ("0", "10", "11", "12", *range(3, 10))),
        *(f"&#x{start}" for start in (0, *range(2, 8))),
    )
)
"""XML may write any letter by its number, and a text in parts; ends of lines (``&#xA;``) are written so often."""
_CUT_ANYWHERE = "".join(sorted({*"".join(_CUT_AT.values()), *'/?,[]{}"\\'}))
"""For types that are not known here."""
_AS_WRITTEN = frozenset({("syslog", "message"), ("syslog", "program")})
"""Fields that stand in the line byte for byte."""
_FIELDS_AS_WRITTEN = frozenset(field for _, field in _AS_WRITTEN)
_STATUS = ("access", "sc-status")
_USUAL_STATUSES = {200: 0.8, 206: 0.02, 301: 0.05, 302: 0.05, 304: 0.1, 404: 0.05}
_USUAL_IN_ACCESS = {b"get": 0.9, b"post": 0.1, b"head": 0.05, b"http": 1.0, b"http/": 1.0, b"mozilla/5.0": 0.9}
_NUMBER = re.compile(r"[0-9e+-]*\.?[0-9e+-]*")
_SLASHES = 2
"""JSON may write ``/`` as ``\\/``: a literal keeps so many, each in both spellings."""
_PIECES = 8
"""Of a text that an encoding cuts, so many pieces may be looked for."""
_MARKS = 4
"""So many letters beyond ASCII of a text are looked for in every case."""
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class Spelling(Struct, frozen=True):
    """How lines of one type spell the texts of their fields."""

    type: str
    encodings: frozenset[str]
    """The types in which a field of such a line may be written: its own, those of payloads, and ``raw``."""
    derived: frozenset[str] = frozenset()
    """Fields whose values the decoder makes; nothing of them needs to stand in the line."""

    @property
    def triggers(self) -> Alternatives:
        r"""Literals that say: this line may spell plain letters otherwise (JSON ``\u0041``), so no literal counts."""
        found = frozenset({b"\\u00"}) if self.encodings & _OBJECTS else frozenset()
        if _ZEEK_LOG in self.encodings:
            found |= {b"\\u00", b"\\x"}
        return found | _XML_TRIGGERS if _XML in self.encodings else found

    @property
    def common(self) -> dict[bytes, float]:
        """Literals that are found more often than their letters let guess, each with the part of the lines."""
        if self.type != _STATUS[0]:
            return {}
        return {f'" {status}'.encode(): share for status, share in _USUAL_STATUSES.items()} | _USUAL_IN_ACCESS

    def of_field(self, field: str, text: str) -> list[Alternatives]:
        """Spell a text that a value of the field holds: a line must hold one literal of each set."""
        if field in self.derived or _NUMBER.fullmatch(text):
            return []  # a number may be written in many ways
        if _ZEEK_LOG in self.encodings and any(text.lower() in truth for truth in _TRUTHS):
            return []
        return _join(
            [_pieces(text, way) for way in _ways(self.encodings, field if field in _FIELDS_AS_WRITTEN else "")]
        )

    def of_value(self, field: str, text: str) -> list[Alternatives]:
        """Spell a text that is the whole value of the field, or of one of its values.

        The status of an access log is a number that is written in one way: three digits behind a quote and a space.
        """
        is_status = (self.type, field) == _STATUS and self.encodings == {"access"} and text.isdecimal()
        if is_status and text.isascii() and len(text) < 4:
            return [frozenset({f'" {int(text):03d}'.encode()})]
        return self.of_field(field, text)

    def of_keyword(self, text: str) -> list[Alternatives]:
        """Spell a text that the line itself holds, or a value of any of its fields."""
        if _NUMBER.fullmatch(text) and self.encodings & {*_OBJECTS, _ZEEK_LOG}:
            return []
        if _ZEEK_LOG in self.encodings and any(text.lower() in truth for truth in _TRUTHS):
            return []
        return _join([_pieces(text, way) for way in _ways(self.encodings | {"raw"}, "")])

    def of_subject(self, text: str) -> list[Alternatives]:
        """Spell a text that the message of the line holds, as data-driven decoders see it."""
        cuts = {"syslog": _PAM_JOINTS, _SYSLOG_JSON: _CUT_ANYWHERE}.get(self.type, "")
        if self.type != _SYSLOG_JSON and (spelled := _in_every_case(text)):
            return [spelled]
        return [frozenset({piece.strip().encode()}) for piece in _cut(text, cuts) if piece.strip()]

    def of_wide_folds(self, texts: Iterable[str]) -> Alternatives:
        """Spell the letters beyond ASCII that a regular expression which ignores case takes for letters of these."""
        letters = {wide for text in texts for letter, wide in _WIDE_FOLDS.items() if letter in text.lower()}
        spelled = {letter.encode() for letter in letters}
        if self.encodings & {*_OBJECTS, _ZEEK_LOG}:
            spelled |= {f"\\u{ord(letter):04x}".encode() for letter in letters}
        if _XML in self.encodings:
            spelled |= {form for letter in letters for form in _by_number(letter)}
        return frozenset(spelled)


def spelling_of(decoders: Decoders, line_type: str) -> Spelling:
    """Give the spelling of lines of a type, with all that its data-driven decoders may read from them."""
    if line_type not in decoders.types():
        return Spelling(line_type, frozenset({"unknown"}), decoders.derived_fields(line_type))
    encodings = {line_type}
    for decoder in decoders.of_type(line_type):
        encodings.update(decoder.definition.payload)
        if decoder.definition.patterns:
            encodings.add("raw")
    return Spelling(line_type, frozenset(encodings), decoders.derived_fields(line_type))


def _join(spelled: list[list[Alternatives]]) -> list[Alternatives]:
    """Give what holds whichever encoding it is."""
    first = spelled[0]
    if all(pieces == first for pieces in spelled):
        return first
    if not all(spelled):
        return []
    best = [max(pieces, key=_least) for pieces in spelled]
    # whichever piece is taken of one encoding, a line holds it, or the best of another: who looks for it may choose
    joined = (
        frozenset().union(*best[:way], piece, *best[way + 1 :])
        for way, pieces in enumerate(spelled)
        for piece in pieces[:_PIECES]
    )
    return list(dict.fromkeys(joined))


def _least(alternatives: Alternatives) -> int:
    return min(map(len, alternatives))


@lru_cache(maxsize=256)
def _ways(encodings: frozenset[str], field: str) -> tuple[str | None, ...]:
    """Give the ways in which a field is written: the characters that text is cut at, None for JSON. Each way once."""
    if _SYSLOG_JSON in encodings:
        return (_CUT_ANYWHERE,)  # JSON escapes what the message escapes already
    ways: dict[str | None, None] = {}
    for encoding in sorted(encodings):
        if encoding in _JSON or encoding == _ZEEK_LOG:
            ways[None] = None
        if encoding not in _JSON:
            ways["" if (encoding, field) in _AS_WRITTEN else _CUT_AT.get(encoding, _CUT_ANYWHERE)] = None
    return tuple(ways)


def _pieces(text: str, cuts: str | None) -> list[Alternatives]:
    signs = [] if text.isascii() else [c for c in dict.fromkeys(text) if is_caseless(c)]
    if cuts is None:
        return [*map(_as_json, _cut(text, "?")), *map(_sign_as_json, signs)]
    pieces = [frozenset({piece.encode()}) for piece in _cut(text, cuts)]
    if cuts == _CUT_ANYWHERE:
        return [*pieces, *map(_sign_as_json, signs)]
    if cuts == _XML_CUTS:
        return [*pieces, *(frozenset({sign.encode(), *_by_number(sign)}) for sign in signs)]
    return [*pieces, *(frozenset({sign.encode()}) for sign in signs)]


def _in_every_case(text: str) -> Alternatives:
    """Spell a text with a few letters beyond ASCII, as those of Vietnamese, in each case of these; empty: too many."""
    letters = [(letter,) if letter.isascii() else (letter.lower(), letter.upper()) for letter in text]
    marks = [forms for forms in letters if len(forms) > 1]
    if not 0 < len(marks) <= _MARKS or any(len(form) != 1 for forms in marks for form in forms):
        return frozenset()
    return frozenset("".join(spelled).encode() for spelled in product(*letters))


def is_caseless(character: str) -> bool:
    """Say whether a character beyond ASCII is the same in every case, and written in one way in UTF-8."""
    same = character.lower() == character.upper() == character.casefold() == character
    return same and not character.isascii() and character != "\ufffd" and not "\ud800" <= character <= "\udfff"


def _sign_as_json(sign: str) -> Alternatives:
    r"""Spell a character raw, and as JSON's ``\u1234``, of which it may take two."""
    units = sign.encode("utf-16-be").hex()
    escaped = "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
    return frozenset({sign.encode(), escaped.encode()})


def _by_number(character: str) -> tuple[bytes, bytes]:
    """Spell a character as XML's ``&#8482`` and ``&#x2122``."""
    return f"&#{ord(character)}".encode(), f"&#x{ord(character):x}".encode()


def _cut(text: str, characters: str) -> list[str]:
    return [piece for piece in _cutter(characters).split(text) if piece]


@lru_cache(maxsize=64)
def _cutter(characters: str) -> re.Pattern[str]:
    # what is kept is named, not what is cut at: a class of nearly all of Unicode takes long to compile
    kept = "".join(character for character in _PRINTABLE if character not in characters)
    return re.compile(f"[^{re.escape(kept)}]+")


def _as_json(text: str) -> Alternatives:
    """Spell ASCII text as JSON strings do; of many slashes only the longest part with few is kept."""
    parts = text.replace("\\", "\\\\").replace('"', '\\"').split("/")
    if len(parts) > _SLASHES + 1:
        windows = [parts[i : i + _SLASHES + 1] for i in range(len(parts) - _SLASHES)]
        parts = max(windows, key=lambda window: sum(map(len, window)))
    spellings = (
        "".join(f"{part}{slash}" for part, slash in zip(parts, (*slashes, ""), strict=True))
        for slashes in product(("/", "\\/"), repeat=len(parts) - 1)
    )
    return frozenset(spelling.encode() for spelling in spellings)
