"""How a line came to its event: the type it was read as, the decoders that were asked, the pattern that took it."""

from msgspec import Struct

from soc_agent.decode.context import Context
from soc_agent.decode.decoders import Decoders
from soc_agent.decode.guess import guess_type
from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.model import Event


class Asked(Struct, frozen=True):
    """One data-driven decoder that was asked for a line."""

    name: str
    path: str
    """Its file."""
    because: str
    """The program or the literal that called it."""
    taken_by: str | int | None
    """The line type in which the message is written, or the number of the pattern, from 1; None: it did not take it."""
    match: str = ""
    """The pattern."""


class Story(Struct, frozen=True):
    """What happened to a line."""

    event: Event
    line_type: str
    """The type it was read as."""
    is_guessed: bool
    """Whether nobody said of which type it is."""
    is_of_type: bool
    """Whether it is written as its type is."""
    program: str = ""
    subject: str = ""
    """What the patterns were matched against."""
    asked: tuple[Asked, ...] = ()
    """In their order, up to the one that took it."""


def tell(decoders: Decoders, line: bytes, context: Context) -> Story:
    """Decode a line, given without its newline, and say how that went."""
    event = decoders.decode(line, context)
    is_guessed = context.type not in LINE_TYPES
    line_type = LINE_TYPES[guess_type(line) if is_guessed else context.type]
    parsed = line_type.decode(line.decode("utf-8", "replace").rstrip("\r\n\0"), context)
    if parsed is None:
        return Story(event, line_type.name, is_guessed, is_of_type=False)
    asked: list[Asked] = []
    index = decoders.index(line_type.name)
    for decoder, because in index.candidates(parsed) if index is not None else ():
        taken_by = decoder.taken_by(parsed, context)
        match = decoder.definition.patterns[taken_by - 1].match if isinstance(taken_by, int) else ""
        asked.append(Asked(decoder.name, decoder.path, because, taken_by, match))
        if taken_by is not None:
            break
    return Story(event, line_type.name, is_guessed, True, parsed.program, parsed.subject, tuple(asked))
