"""A decoder to start from, made of sample lines: what they have in common becomes patterns, what differs, fields.

Lines of the same shape are one pattern, as in Drain (He et al., ICWS 2017): words that most of them share are kept,
the others become groups. What is made takes every line that it was made of; its names are guesses, to be mended.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.decode.context import Context, Parsed
from soc_agent.decode.datadriven import CompiledDecoder
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.definition import DecoderDefinition
from soc_agent.decode.guess import guess_type
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.model import Event

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"|'[^']*')
    |(?P<ip>(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w.]|:\w))
    |(?P<number>(?<![\w.])\d+(?![\w.]|\.\d))
    |(?P<space>\s+)
    |(?P<word>[^\s"'=:,;()\[\]<>|]+)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_SHARED = 0.6
"""A line belongs to a shape when it shares so many of its words."""
_DIGITS_OF_VALUE = 3
_MESSAGES_A_SHAPE = 2
"""So many lines of each shape become samples."""
_PATTERNS_MOST = 200
_SOURCE = frozenset({"from", "src", "source", "client", "rhost", "peer", "remote", "saddr", "srcip"})
_TARGET = frozenset({"to", "dst", "dest", "destination", "server", "daddr", "dstip"})
_WORDS_BEFORE = {
    **dict.fromkeys(("user", "username", "login", "account", "for"), "user"),
    **dict.fromkeys(("file", "path"), "path"),
}
_CASTS = {"ip": "ip", "number": "int"}
_FORMS = {"word": "word", "number": "word", "ip": "ip", "quoted": "quoted"}
_WRITTEN = ("json", "cef", "kv")
"""Types in which a message may be written as a whole: then no patterns are needed."""


class _Token(Struct, frozen=True):
    kind: str
    text: str

    @property
    def is_value(self) -> bool:
        """Whether it is one by its form: no word that a programmer wrote."""
        if self.kind == "word":
            return "@" in self.text or self.text.count(".") > 1 or sum(map(str.isdigit, self.text)) >= _DIGITS_OF_VALUE
        return self.kind not in ("space", "sign")


class _Shape(Struct):
    """Lines that differ only in values."""

    tokens: list[_Token]
    varies: list[bool]
    messages: list[int]
    """Numbers of the lines."""


class Scaffold(Struct, frozen=True):
    """A decoder to start from."""

    tree: dict[str, Any]
    """What its file says, but for the samples."""
    line_type: str
    samples: tuple[str, ...]
    """Lines that stand for all."""
    strange: tuple[int, ...]
    """Numbers, from 1, of the lines that are not of the type that most have."""


def scaffold(name: str, lines: Sequence[str], context: Context) -> Scaffold:
    """Make a decoder of lines, at least one of which is not empty.

    :param context: its type is that of the lines; when it is ``auto`` that is told from them.
    """
    kind = guess_type("\n".join(lines).encode() + b"\n") if context.type == "auto" else context.type
    read = [LINE_TYPES[kind].decode(line, context) for line in lines]
    parsed = {number: each for number, each in enumerate(read) if each is not None and each.subject}
    tree: dict[str, Any] = {"name": name, "description": f"Lines of {name}", "parent": kind}
    programs = sorted({each.program.rpartition("/")[2] for each in parsed.values() if each.program})
    subjects = {number: each.subject for number, each in parsed.items()}
    if programs:
        tree["programs"] = programs
    bare = [subjects[number] for number, each in parsed.items() if not each.program]
    if bare:
        tree["find"] = _common(bare)
    tree["log_sources"] = [{"product": name}]
    shapes = _shapes(subjects)
    if written := _written(subjects.values(), context):
        tree["payload"] = [written]
    else:
        tree |= _patterns(shapes[:_PATTERNS_MOST])
    numbers = sorted(number for shape in shapes for number in shape.messages[:_MESSAGES_A_SHAPE])
    strange = tuple(number + 1 for number in range(len(lines)) if number not in parsed and lines[number].strip())
    return Scaffold(tree, kind, tuple(lines[number] for number in numbers), strange)


def _written(subjects: Iterable[str], context: Context) -> str:
    """Give the type in which every message is written; empty when there is none."""
    subjects = list(subjects)

    def takes(name: str, subject: str) -> bool:
        found: Parsed | None = LINE_TYPES[name].decode(subject, context)
        return found is not None and found.decoded and (name != "kv" or guess_type(subject.encode()) == "kv")

    return next((name for name in _WRITTEN if subjects and all(takes(name, subject) for subject in subjects)), "")


def _shapes(subjects: dict[int, str]) -> list[_Shape]:
    """Sort messages into shapes, those with most lines first."""
    found: dict[tuple[str, ...], list[_Shape]] = {}
    for number, subject in subjects.items():
        tokens = [_Token(match.lastgroup or "sign", match[0]) for match in _TOKEN.finditer(subject)]
        # the name of a user may be a number, so that a number counts as a word here
        form = tuple(_FORMS.get(token.kind, token.text) for token in tokens)
        shapes = found.setdefault(form, [])
        words = sum(token.kind == "word" for token in tokens)
        for shape in shapes:
            same = sum(a.kind == "word" and a.text == b.text for a, b in zip(tokens, shape.tokens, strict=True))
            if same >= words * _SHARED:
                shape.varies = [
                    old or token.is_value or mine.text != token.text
                    for old, mine, token in zip(shape.varies, shape.tokens, tokens, strict=True)
                ]
                shape.tokens = [
                    mine if mine.kind == token.kind else _Token("word", mine.text)
                    for mine, token in zip(shape.tokens, tokens, strict=True)
                ]
                shape.messages.append(number)
                break
        else:
            shapes.append(_Shape(tokens, [token.is_value for token in tokens], [number]))
    return sorted((shape for shapes in found.values() for shape in shapes), key=lambda s: -len(s.messages))


def _patterns(shapes: Iterable[_Shape]) -> dict[str, Any]:
    """Give ``patterns`` and ``casts``."""
    patterns: list[dict[str, str]] = []
    kinds: dict[str, set[str]] = {}
    for shape in shapes:
        match, names = "", Counter[str]()
        start = ""
        begins = True
        for index, (token, varies) in enumerate(zip(shape.tokens, shape.varies, strict=True)):
            if not varies:
                match += re.escape(token.text).replace(r"\ ", " ").replace("\\\n", "\\n")
                start += token.text if begins else ""
                continue
            begins = False
            name = _name(shape, index)
            names[name] += 1
            name = name if names[name] == 1 else f"{name}_{names[name]}"
            kinds.setdefault(name, set()).add(token.kind)
            match += _group(token, name)
        pattern = {"starts": start} if start.strip() else {}
        patterns.append({**pattern, "match": match})
    # a name under which other things stand as well is no number: those would be lost
    casts = {name: _CASTS[kind] for name, (kind, *others) in kinds.items() if kind in _CASTS and not others}
    distinct = {pattern["match"]: pattern for pattern in patterns}
    return ({"casts": casts} if casts else {}) | {"patterns": list(distinct.values())}


def _group(token: _Token, name: str) -> str:
    if token.kind == "quoted":
        quote = token.text[0]
        return f"{quote}(?P<{name}>[^{quote}]*){quote}"
    inner = {"ip": r"[0-9a-fA-F.:]+", "number": r"\d+"}.get(token.kind, r"""[^\s"'=:,;()\[\]<>|]+""")
    return f"(?P<{name}>{inner})"


def _name(shape: _Shape, index: int) -> str:
    """Guess what a value is, from the words before it."""
    token = shape.tokens[index]
    before = [each.text.lower() for each in shape.tokens[:index] if each.kind == "word"][-2:]
    last = before[-1] if before else ""
    side = "dst" if last in _TARGET else "src" if last in _SOURCE else ""
    if token.kind == "ip":
        return f"{side}_ip" if side else "src_ip"
    if token.kind == "number" and (last.endswith("port") or last in ("spt", "dpt")):
        return "dst_port" if last.startswith("d") or any(word in _TARGET for word in before) else "src_port"
    if last in _WORDS_BEFORE and token.kind in ("word", "quoted"):
        return _WORDS_BEFORE[last]
    plain = re.sub(r"\W", "_", last).strip("_")
    return plain if plain.isidentifier() and len(plain) > 1 and plain.isascii() else f"{token.kind}_value"


def _common(subjects: Sequence[str]) -> list[str]:
    """Give literals of which every message holds one: as few as possible, the longest of equals first."""
    waiting, found = list(subjects), []
    while waiting:
        counts = Counter(word for subject in waiting for word in set(re.findall(r"[^\s\d\"'\\]{4,}", subject)))
        if not counts:
            found += sorted({subject.split()[0] for subject in waiting})
            break
        best = max(counts, key=lambda word: (counts[word], len(word), word))
        found.append(best)
        waiting = [subject for subject in waiting if best not in subject]
    return found


def trial(made: Scaffold, context: Context, decoders: Decoders | None = None) -> list[Event]:
    """Decode its samples, with what was made unless other decoders are given."""
    if decoders is None:
        decoders = Decoders([CompiledDecoder(msgspec.convert(made.tree, DecoderDefinition), LINE_TYPES)])
    given = Context(context.source_name, made.line_type, context.timezone, context.received_ns)
    return [decoders.decode(line.encode("utf-8", "surrogateescape"), given) for line in made.samples]
