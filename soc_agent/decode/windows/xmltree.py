"""A Windows event as XML becomes the tree that converters of XML to JSON make of it: attributes with ``@``, texts.

What an event is written in is the least of XML: no document type, so no entities but those of XML itself, no processing
instructions; the depth and the number of elements are bounded. Anything more is refused as a whole.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

_BEGIN = re.compile(r"<Event(?=[\s>])")
_END = re.compile(r"</Event\s*>")
_DEPTH_CAP = 32
_ELEMENT_CAP = 4_096
_NUMBERS = ("EventID", "Level", "EventRecordID")
_LONGEST_NUMBER = 18
_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
_NO_XML = re.compile(f"[{_CONTROLS}]")
_NO_XML_REFERENCE = re.compile(r"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01])|x0*(?:[0-8b-cB-C]|[eE]|1[0-9a-fA-F]));")
"""Characters that XML 1.0 cannot hold, and Windows writes all the same: raw, and by their numbers."""
_UNKNOWN = "\ufffd"


class _RefusedError(Exception):
    """The text holds what no event needs."""


def read_event(text: str) -> dict[str, Any] | None:
    """Read the one event that stands in a text; None when there is none, or more than an event needs.

    Texts are texts, but for the numbers of the event, its record and its level.
    """
    begin = _BEGIN.search(text)
    if begin is None:
        return None
    ends = [match.end() for match in _END.finditer(text, begin.end())]
    if not ends:
        return None
    event = _parse(text[begin.start() : ends[-1]])
    if event.__class__ is not dict:
        return None
    system = event.get("System")
    if system.__class__ is not dict:
        return event  # every field an element of its own, as NXLog's xm_xml writes it
    system = _filled(system)
    system.update((name, _numbered(system[name])) for name in _NUMBERS if name in system)
    return {"Event": {**_filled(event), "System": system}}


def _parse(text: str) -> Any:
    for source, is_spaced in _spellings(text):
        try:
            return _Tree(is_spaced=is_spaced).read(source)
        except expat.ExpatError:
            continue
        except (_RefusedError, UnicodeError):
            return None
    return None


def _spellings(text: str) -> Iterator[tuple[str, bool]]:
    """Yield what to read in turn until one is XML, and whether a space in an attribute stands in the text as one."""
    kept = text
    if ("\t" in text or "\r" in text) and "<![CDATA[" not in text:
        kept = text.replace("\t", "&#9;").replace("\r", "&#13;")  # XML would make other white space of them
    yield kept, True
    cleaned = _NO_XML_REFERENCE.sub(_UNKNOWN, _NO_XML.sub(_UNKNOWN, kept))
    if cleaned != kept:
        yield cleaned, True
    if kept is not text:  # they may stand between attributes, where no reference can
        yield _NO_XML_REFERENCE.sub(_UNKNOWN, _NO_XML.sub(_UNKNOWN, text)), False


class _Tree:
    """Makes the tree while expat reads. An element is a text, or a dict when it has attributes or elements."""

    def __init__(self, *, is_spaced: bool) -> None:
        self._is_spaced = is_spaced
        self._open: list[tuple[str, dict[str, Any], list[str]]] = []
        self._count = 0
        self._root: Any = None

    def read(self, text: str) -> Any:
        """Give the root element.

        :raises expat.ExpatError: when the text is no XML.
        :raises _RefusedError: when it holds more than an event.
        """
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        parser.ProcessingInstructionHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(text.encode(), True)
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= _DEPTH_CAP or self._count + len(attributes) > _ELEMENT_CAP:
            raise _RefusedError
        if not self._is_spaced and any(" " in value for value in attributes.values()):
            raise _RefusedError
        held = {f"@{key}": value for key, value in attributes.items() if not key.startswith("xmlns")}
        self._open.append((name.rpartition(":")[2], held, []))

    def _text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def _end(self, _name: str) -> None:
        name, element, texts = self._open.pop()
        value: Any = element
        if all(key.startswith("@") for key in element):
            text = "".join(texts)
            if element:
                element["#text"] = text
            else:
                value = text
        if not self._open:
            self._root = value
            return
        parent = self._open[-1][1]
        if name not in parent:
            parent[name] = value
        elif parent[name].__class__ is list:
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]


def _filled(element: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, or only indented."""
    return {name: value for name, value in element.items() if value.__class__ is not str or value.strip()}


def _refuse(*_: object) -> None:
    raise _RefusedError


def _numbered(value: Any) -> Any:
    text = value.get("#text") if value.__class__ is dict else value
    if text.__class__ is not str or not text.isascii() or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        return value
    return int(text)
