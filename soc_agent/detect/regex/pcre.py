r"""Regular expressions of rules, read as PCRE does (Sigma specification 2.1, *Regular Expression*), into a tree.

The tree says of each character whether case counts, of each dot and anchor what it means there, so that a writer for
another flavour needs no flags: see :mod:`soc_agent.detect.regex.flavours`. What no flavour here has (recursion,
verbs, ``\X``) is refused by name.
"""

import re
from typing import NoReturn

from msgspec import Struct

from soc_agent.detect.regex.letters import POSIX_KINDS
from soc_agent.detect.regex.tree import (
    Alternatives,
    AnyChar,
    Char,
    Chars,
    Conditional,
    Group,
    Kind,
    Node,
    PatternError,
    Place,
    Reference,
    Repeat,
    Sequence,
)

DEPTH_CAP = 100
"""Most groups within groups."""
GREATEST_REPEAT = 65_535
_QUANTIFIER = re.compile(r"[*+?]|\{(\d{1,9})(,?)(\d{0,9})\}", re.ASCII)
_NAME = r"([A-Za-z_]\w{0,31})"
_NAMED = re.compile(rf"\(\?(?:P?<{_NAME}>|'{_NAME}')", re.ASCII)
_NAMED_REFERENCE = re.compile(rf"\(\?P={_NAME}\)|\\k(?:<{_NAME}>|'{_NAME}'|\{{{_NAME}\}})|\\g\{{{_NAME}\}}", re.ASCII)
_NUMBERED_REFERENCE = re.compile(r"\\g(?:(-?\d{1,4})|\{(-?\d{1,4})\})", re.ASCII)
_CONDITIONAL = re.compile(rf"\(\?\((?:(\d{{1,4}})|<{_NAME}>|'{_NAME}')\)", re.ASCII)
_FLAGS = re.compile(r"\(\?([imsxU]*)(?:-([imsxU]+))?([:)])")
_BLANK = re.compile(r"\s+|#[^\n]*", re.ASCII)
_POSIX = re.compile(r"\[([:.=])(\^?)([^\]\\\[]*?)\1\]")
_PROPERTY = re.compile(r"\\([pP])(?:\{(\^?)([\w &-]+)\}|([A-Z]))", re.ASCII)
_HEX = re.compile(r"\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{0,2}))")
_OCTAL = re.compile(r"\\(?:o\{([0-7]{1,9})\}|(0[0-7]{0,2}))")
_BARE_OCTAL = re.compile(r"\\([0-7]{1,3})")
_CONTROL = re.compile(r"\\c([ -~])")
_BACKREFERENCE = re.compile(r"\\([1-9]\d{0,3})", re.ASCII)
_OPENS_CAPTURE = re.compile(r"(?<!\\)\((?![?*])|\(\?(?:P?<[A-Za-z_]|')")
_SIGNS = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_PLACES = {"A": "start", "G": "start", "z": "end", "Z": "last", "b": "word", "B": "no word"}
_KINDS = frozenset("dDwWsShHvV")
_LOOKS = {"(?=": "ahead", "(?!": "not ahead", "(?<=": "behind", "(?<!": "not behind", "(?>": "atomic", "(?:": "plain"}
_LAST_CODE = 0x10FFFF


class _Flags(Struct, frozen=True):
    i: bool = False
    m: bool = False
    s: bool = False
    x: bool = False

    def changed(self, on: str, off: str) -> "_Flags":
        return _Flags(*((getattr(self, flag) or flag in on) and flag not in off for flag in "imsx"))


def read_pcre(pattern: str, flags: str = "") -> Alternatives:
    """Read an expression with flags of ``ims``.

    :raises PatternError: when it is not valid, or not known here.
    """
    return _Reader(pattern).read(_Flags().changed(flags, ""))


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self._groups = 0
        self._names: set[str] = set()
        self._quoted = False
        # a reference may come before its group, and `\12` is one only where there are as many
        self._groups_in_all = len(_OPENS_CAPTURE.findall(pattern))

    def read(self, flags: _Flags) -> Alternatives:
        found = self._alternatives(flags)
        if self._at < len(self._text):
            _fail("unmatched )")
        return found

    def _ahead(self, *texts: str) -> str:
        return next((text for text in texts if self._text.startswith(text, self._at)), "")

    def _taken(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        found = expression.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _alternatives(self, flags: _Flags) -> Alternatives:
        found: list[Sequence] = []
        nodes: list[Node] = []
        while self._at < len(self._text) and (self._quoted or not self._ahead(")")):
            if not self._quoted and self._ahead("|"):
                self._at += 1
                found.append(tuple(nodes))
                nodes = []
            else:
                flags = self._element(nodes, flags)
        return (*found, tuple(nodes))

    def _element(self, nodes: list[Node], flags: _Flags) -> _Flags:
        """Read one element or its quantifier; give the flags that hold behind it."""
        if self._quoted or self._ahead("\\Q", "\\E"):
            self._quote(nodes, flags)
        elif self._ahead("(?#"):
            end = self._text.find(")", self._at)
            if end < 0:
                _fail("missing ) after a comment")
            self._at = end + 1
        elif (switched := _FLAGS.match(self._text, self._at)) and switched[3] == ")":
            self._at = switched.end()
            if again := _QUANTIFIER.match(self._text, self._at):
                _fail(f"nothing to repeat before {again[0]}")
            return flags.changed(switched[1], switched[2] or "")
        elif not (flags.x and self._taken(_BLANK)):
            if found := self._taken(_QUANTIFIER):
                self._repeat(nodes, found)
            else:
                nodes.extend(self._atom(flags))
        return flags

    def _quote(self, nodes: list[Node], flags: _Flags) -> None:
        if sign := self._ahead("\\E") if self._quoted else self._ahead("\\Q", "\\E"):
            self._at += 2
            self._quoted = sign == "\\Q"
        else:
            nodes.append(Char(ord(self._text[self._at]), flags.i))
            self._at += 1

    def _repeat(self, nodes: list[Node], found: re.Match[str]) -> None:
        sign = found[0]
        if not nodes or isinstance(nodes[-1], (Repeat, Place)):
            _fail(f"nothing to repeat before {sign}")
        if sign[0] == "{":
            least = int(found[1])
            most = int(found[3]) if found[3] else None if found[2] else least
            if max(least, most or 0) > GREATEST_REPEAT or (most is not None and most < least):
                _fail(f"invalid repetition {sign}")
        else:
            least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}[sign]
        how = self._ahead("?", "+")
        self._at += len(how)
        nodes[-1] = Repeat(nodes[-1], least, most, how)

    def _atom(self, flags: _Flags) -> list[Node]:
        sign = self._text[self._at]
        if sign == "\\":
            return self._escape(flags)
        if sign == "[":
            return [self._class(flags)]
        if sign == "(":
            return [self._group(flags)]
        self._at += 1
        if sign == ".":
            return [AnyChar(flags.s)]
        if sign == "^":
            return [Place("line start" if flags.m else "start")]
        if sign == "$":
            return [Place("line end" if flags.m else "last")]
        return [Char(ord(sign), flags.i)]

    def _group(self, flags: _Flags) -> Node:
        if self._depth >= DEPTH_CAP:
            _fail(f"more than {DEPTH_CAP} groups within groups")
        if found := self._taken(_NAMED_REFERENCE):
            return Reference(self._known(found), flags.i)
        kind, name = "capture", ""
        on: int | str | None = None
        if found := self._taken(_NAMED):
            name = _first(found)
            if name in self._names:
                _fail(f"two groups are named {name}")
            self._names.add(name)
        elif found := self._taken(_CONDITIONAL):
            kind, on = "", int(found[1]) if found[1] else self._known(found)
        elif sign := self._ahead(*_LOOKS):
            self._at += len(sign)
            kind = _LOOKS[sign]
        elif found := self._taken(_FLAGS):
            kind, flags = "plain", flags.changed(found[1], found[2] or "")
        elif self._ahead("(?", "(*"):
            _fail(f"not known here: {self._text[self._at : self._at + 4]}")
        else:
            self._at += 1
        self._groups += kind == "capture"
        self._depth += 1
        body = self._alternatives(flags)
        self._depth -= 1
        if not self._ahead(")"):
            _fail("missing )")
        self._at += 1
        if on is None:
            return Group(kind, body, name)
        if len(body) > 2:
            _fail("a conditional group has more than two alternatives")
        return Conditional(on, body)

    def _known(self, found: re.Match[str]) -> str:
        name = _first(found)
        if name not in self._names:
            _fail(f"no group before is named {name}")
        return name

    def _escape(self, flags: _Flags) -> list[Node]:
        code = self._code()
        if code is not None:
            return [Char(code, flags.i)]
        if (reference := self._reference(flags)) is not None:
            return [reference]
        if (kind := self._kind()) is not None:
            return [Chars(kinds=(kind,), ignores_case=flags.i)]
        sign = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if sign in _PLACES:
            return [Place(_PLACES[sign])]
        if sign == "N" and not self._ahead("{"):
            return [AnyChar(newline_too=False)]
        if sign == "R":
            return [Group("atomic", ((Char(13), Char(10)), (Chars(kinds=(Kind("v"),)),)))]
        if sign == "K" and self._depth == 0:
            return []
        return _fail(f"unknown escape \\{sign}" if sign else "\\ at the end")

    def _code(self) -> int | None:
        """Read an escape that stands for one character; None for any other."""
        sign = self._text[self._at + 1 : self._at + 2]
        if found := self._taken(_HEX):
            code = int(found[1] or found[2] or "0", 16)
        elif found := self._taken(_OCTAL):
            code = int(_first(found), 8)
        elif found := self._taken(_CONTROL):
            code = ord(found[1].upper()) ^ 64
        elif sign in _SIGNS or (sign and not (sign.isascii() and sign.isalnum())):
            self._at += 2
            code = _SIGNS.get(sign, ord(sign))
        else:
            return None
        if code > _LAST_CODE:
            _fail("there is no such character")
        return code

    def _reference(self, flags: _Flags) -> Node | None:
        """Read a reference to a group, or the octal number that looks like one."""
        if found := self._taken(_NAMED_REFERENCE):
            return Reference(self._known(found), flags.i)
        if found := self._taken(_NUMBERED_REFERENCE):
            number = int(_first(found))
            number = self._groups + 1 + number if number < 0 else number
        elif found := _BACKREFERENCE.match(self._text, self._at):
            number = int(found[1])
            if number > max(9, self._groups_in_all) and (octal := self._taken(_BARE_OCTAL)):
                return Char(int(octal[1], 8), flags.i)
            self._at = found.end()
        else:
            return None
        if not 0 < number <= self._groups_in_all:
            _fail(f"there is no group {number}")
        return Reference(number, flags.i)

    def _kind(self) -> Kind | None:
        sign = self._text[self._at + 1 : self._at + 2]
        if sign in _KINDS:
            self._at += 2
            return Kind(sign.lower(), sign.isupper())
        if found := self._taken(_PROPERTY):
            return Kind(f"p{{{found[3] or found[4]}}}", (found[1] == "P") != bool(found[2]))
        return None

    def _class(self, flags: _Flags) -> Node:
        self._at += 1
        negated = bool(self._ahead("^"))
        self._at += negated
        ranges: list[tuple[int, int]] = []
        kinds: list[Kind] = []
        first = True
        while first or self._quoted or not self._ahead("]"):
            member = self._member()
            if member is None:
                continue
            first = False
            reaches = not self._quoted and bool(self._ahead("-")) and not self._ahead("-]")
            if isinstance(member, Kind):
                if reaches:
                    _fail("a range in a class begins with a kind of character")
                kinds.append(member)
                continue
            self._at += reaches
            ranges.append((member, self._range_end(member) if reaches else member))
        self._at += 1
        return Chars(tuple(ranges), tuple(kinds), negated, flags.i)

    def _range_end(self, start: int) -> int:
        while (end := self._member()) is None:
            pass
        if isinstance(end, Kind) or end < start:
            _fail("a range in a class has a wrong end")
        return end

    def _member(self) -> int | Kind | None:
        """Read one member of a class; None for what only begins or ends quoting."""
        if self._at >= len(self._text):
            _fail("missing ]")
        if sign := self._ahead("\\E") if self._quoted else self._ahead("\\Q", "\\E"):
            self._at += 2
            self._quoted = sign == "\\Q"
            return None
        if not self._quoted and (found := self._taken(_POSIX)):
            if found[1] != ":" or found[3] not in POSIX_KINDS:
                _fail(f"there is no class {found[0]}")
            return Kind(found[3], bool(found[2]))
        if not self._quoted and self._ahead("\\"):
            return self._escaped_member()
        self._at += 1
        return ord(self._text[self._at - 1])

    def _escaped_member(self) -> int | Kind:
        if self._ahead("\\b"):
            self._at += 2
            return 8
        code = self._code()
        if code is not None:
            return code
        if (kind := self._kind()) is not None:
            return kind
        if found := self._taken(_BARE_OCTAL):
            return int(found[1], 8)
        return _fail(f"unknown escape {self._text[self._at : self._at + 2]} in a class")


def _fail(reason: str) -> NoReturn:
    raise PatternError(reason)


def _first(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group)
