"""What a decoded line names: the exact answer, for the few lines that the scan lets through.

Values are looked up as a reader takes them: an address between other characters than letters, digits and full stops
that belong to a longer name; a domain name as a whole, with the names it lies under; a URL with its host and path; a
hash as a whole word. Escapes of URLs are undone once.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from soc_agent.detect.indicators.indicator import Kind
from soc_agent.detect.indicators.table import Table
from soc_agent.detect.indicators.values import IPV4, parse_ip, to_ascii, url_parts
from soc_agent.model import Event

_IPV4 = re.compile(rf"(?<![0-9A-Za-z])(?<![0-9A-Za-z]\.){IPV4}(?![0-9A-Za-z])(?!\.[0-9A-Za-z])")
_VERSION = re.compile(r"[A-Za-z]/$")
_IPV6 = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})?")
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32})(?![0-9A-Za-z])")
_URL = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*://[^\s"'<>`{|}]+""")
_KIND_OF_LENGTH = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256}
_HOSTS = ("cs-host", "host", "http.hostname", "url.domain")
_TARGETS = ("c-uri", "uri", "cs-uri-stem", "http.url", "url.original", "url.path")
_TALKING = ("meta.", "references", "description", "response", "title", "author", "false_positives", "strings")
"""Fields of findings that tell of the rule, not of the file."""
_SHORTEST = 4
_VALUE_CAP = 65_536
_NAME_CAP = 1024
_REMEMBERED = 20_000
_REMEMBERED_CHARS = 128
_HITS_CAP = 64

Hits = tuple[tuple[str, tuple[int, ...]], ...]
"""What stands in a text, and the entries of the table for it."""


class Found(Struct, frozen=True):
    """One value of the list that an event names."""

    text: str
    """As the event has it."""
    fields: tuple[str, ...]
    """Where; empty when it stands in the text of a line without fields."""
    rows: tuple[int, ...]
    """Entries of the table."""


class Finder:
    """Looks what an event names up in a table. Belongs to one thread."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, Hits] = {}

    def find(self, event: Event) -> list[Found]:
        """Give what an event names, each value once, in the order met."""
        texts: dict[tuple[int, ...], str] = {}
        fields: dict[tuple[int, ...], list[str]] = {}
        for field, value in _texts(event):
            for text, rows in self._hits(value):
                texts.setdefault(rows, text)
                places = fields.setdefault(rows, [])
                if field and field not in places:
                    places.append(field)
            if len(texts) >= _HITS_CAP:
                break
        for field, rows in self._urls_of_parts(event.fields):
            texts.setdefault(rows, str(event.fields[field]))
            fields.setdefault(rows, []).append(field)
        return [Found(text, tuple(fields[rows]), rows) for rows, text in texts.items()]

    def _hits(self, value: str) -> Hits:
        known = self._known.get(value)
        if known is None:
            known = tuple(self._look(value))
            if len(value) <= _REMEMBERED_CHARS:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                self._known[value] = known
        return known

    def _look(self, value: str) -> Iterator[tuple[str, tuple[int, ...]]]:
        text = value[:_VALUE_CAP]
        if "%" in text:
            text = unquote(text)
        table = self._table
        for found, rows in (*self._addresses(text), *self._names(text)):
            if rows:
                yield found, tuple(rows)
        for match in _DIGEST.finditer(text):
            if rows := table.of_digest(_KIND_OF_LENGTH[len(match[0])], match[0].lower()):
                yield match[0], tuple(rows)
        for match in _URL.finditer(text) if "://" in text else ():
            if (parts := url_parts(match[0])) and (rows := table.of_url(parts[0], _place(*parts[1:]))):
                yield match[0], tuple(rows)

    def _addresses(self, text: str) -> Iterator[tuple[str, list[int]]]:
        for match in _IPV4.finditer(text):
            # `Chrome/120.0.0.0` is a version
            if match[0].endswith(".0.0") and _VERSION.search(text, max(match.start() - 2, 0), match.start()):
                continue
            if packed := parse_ip(match[0]):
                yield match[0], self._table.of_address(packed)
        for match in _IPV6.finditer(text) if text.count(":") > 1 else ():
            word = match[0] if match[0].endswith("::") else match[0].removesuffix(":")
            word = word if word.startswith("::") else word.removeprefix(":")
            packed = parse_ip(word) if word.count(":") > 1 else None
            # of IPv4 written as IPv6, with full stops it was found above, and in full nobody writes it
            if packed and (len(packed) > 4 or ("." not in word and word.startswith("::"))):
                yield word, self._table.of_address(packed)

    def _names(self, text: str) -> Iterator[tuple[str, list[int]]]:
        for match in _NAME.finditer(text) if "." in text else ():
            name = self._name(match[0][-_NAME_CAP:])
            if name and not name[-1].isdigit():
                yield match[0], self._table.of_domain(name)

    def _name(self, text: str) -> str:
        """Give a name in lower case and punycode; of a name that cannot be written so its last labels that can."""
        if text.isascii():
            return text.lower()
        name = to_ascii(text) if self._table.notes.wide else None
        if name is None:
            labels = text.split(".")
            last = next((place for place, label in enumerate(reversed(labels)) if not label.isascii()), len(labels))
            name = ".".join(labels[len(labels) - last :]).lower()
        return name

    def _urls_of_parts(self, fields: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
        """Look up the URL that an event gives as host and path."""
        host = next((fields[name] for name in _HOSTS if isinstance(fields.get(name), str)), "")
        target = next((name for name in _TARGETS if isinstance(fields.get(name), str)), "")
        if host and target and str(fields[target]).startswith("/"):
            parts = url_parts(f"{host}{fields[target]}"[:_VALUE_CAP])
            if parts and (rows := self._table.of_url("", _place(*parts[1:]))):
                yield target, tuple(rows)


def _place(host: str, port: str, path: str) -> str:
    return (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "") + path


def _texts(event: Event) -> Iterator[tuple[str, str]]:
    """Yield the texts of an event with their fields; the line itself where it has none."""
    if not event.decoded or not event.fields:
        yield "", event.text.replace("\\/", "/")
        return
    finding = event.type == "yara"
    for field, value in event.fields.items():
        if finding and field.startswith(_TALKING):
            continue
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, str) and len(item) >= _SHORTEST:
                yield field, item
