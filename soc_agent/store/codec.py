"""How values lie in the file: hostile text made storable, JSON, and the canonical bytes that hashes are made of."""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from soc_agent.model import AlertContext, Clause, Detection, Problem, RuleInfo
from soc_agent.text import fold

MAX_INT = 2**63 - 1
SEARCHED_CHARACTERS = 16_384
"""How much of the raw line free words search."""
LABEL_CHARACTERS = 200
"""How much of an entity's value filters compare."""
LABELS_PER_KIND = 64
"""How many values of one kind an alert is found by."""
CONTEXT_KINDS = ("asset", "system", "network", "country")
"""What of an alert's context it is found by."""
_DEPTH_CAP = 32

_encoder = msgspec.json.Encoder(enc_hook=str)


class Content(Struct, frozen=True, omit_defaults=True):
    """What of an alert never changes and lists do not need."""

    time_ns: int
    """Event time of the detection that made the alert."""
    stream: str
    line_number: int
    entities: dict[str, tuple[str, ...]] = {}
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}
    why: tuple[Clause, ...] = ()
    context: dict[str, Any] = {}


content_decoder = msgspec.json.Decoder(Content)
rule_decoder = msgspec.json.Decoder(RuleInfo)
problem_decoder = msgspec.json.Decoder(Problem)
data_decoder = msgspec.json.Decoder(dict[str, Any])


def clean(text: str) -> str:
    """Give text that can be stored: lone surrogates, which no encoding can write, become ``?``."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def bounded(number: int) -> int:
    """Give the nearest number that fits SQLite's 64 bits: a hostile line may claim any."""
    return -MAX_INT if number < -MAX_INT else min(number, MAX_INT)


def to_json(value: Any) -> str:
    """Give JSON, whatever a hostile line put into the value."""
    try:
        return _encoder.encode(value).decode()
    except (UnicodeEncodeError, OverflowError, RecursionError, TypeError, ValueError):
        return _encoder.encode(_plain(msgspec.structs.asdict(value) if isinstance(value, Struct) else value)).decode()


def _plain(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= MAX_INT else str(value)
    if value is None or isinstance(value, (bool, float)):
        return value
    if depth >= _DEPTH_CAP:
        return "…"
    if isinstance(value, Struct):
        return _plain(msgspec.structs.asdict(value), depth)
    if isinstance(value, dict):
        return {clean(str(key)): _plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner, depth + 1) for inner in value]
    return clean(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))


def content_json(detection: Detection, context: AlertContext) -> str:
    """Give the JSON of an alert's content."""
    return to_json(
        Content(
            bounded(detection.time_ns),
            detection.stream,
            bounded(detection.line_number),
            detection.entities,
            detection.rule.tags,
            detection.fields,
            tuple(detection.why),
            context,
        )
    )


def folded_text(detection: Detection) -> str:
    """Give what free words search: titles, host, stream, entities and the raw line, without case and diacritics."""
    # folded part by part: text that is ASCII, nearly all of it, folds at a fraction of the cost
    parts = [_folded_title(detection.rule.title, detection.rule.title_vi)]
    parts.extend(map(fold, (detection.host, detection.source, detection.stream)))
    for values in detection.entities.values():
        parts.extend(map(fold, values[:LABELS_PER_KIND]))
    parts.append(fold(detection.raw[: SEARCHED_CHARACTERS * 4].decode("utf-8", "replace")[:SEARCHED_CHARACTERS]))
    # a NUL would end the text for SQLite's string functions
    return clean("\n".join(parts).replace("\0", "␀"))


@lru_cache(1024)
def _folded_title(title: str, title_vi: str) -> str:
    return fold(f"{title}\n{title_vi}")


def label(value: str) -> str:
    """Give the form in which an entity's value is indexed and looked up."""
    return clean(fold(value)[:LABEL_CHARACTERS])


def tag_label(tag: str) -> str:
    """Give the form in which a tag is indexed and looked up: without the name space ``attack.``."""
    return label(tag).removeprefix("attack.")


def labels_of(detection: Detection, context: AlertContext) -> set[tuple[str, str]]:
    """Give the (kind, value) pairs that an alert is found by."""
    found = {(kind, label(v)) for kind, values in detection.entities.items() for v in values[:LABELS_PER_KIND]}
    found.update(("tag", tag_label(tag)) for tag in detection.rule.tags)
    if detection.host:
        found.add(("host", label(detection.host)))
    if context:
        told = (context.get("host", {}), *context.get("src_ip", ()), *context.get("dst_ip", ()))
        found.update((kind, label(one[kind])) for one in told for kind in CONTEXT_KINDS if kind in one)
    return found


def system_level_of(context: AlertContext) -> int:
    """Give the highest security level of the systems that an alert concerns; 0 when it concerns none."""
    level = context.get("system_level", 0)
    return level if isinstance(level, int) else 0


def alert_digest(uid: bytes, *columns: Any) -> bytes:
    """Give SHA-256 over what of an alert never changes.

    That is the JSON array ``[uid in hexadecimal, rule_id, title, level, layer, tier, first_ns, host, source,
    entity_key, own, data]`` of its stored columns, ``data`` as the very string that is stored.
    """
    return sha256(_encoder.encode((uid.hex(), *columns))).digest()


def evidence_digest(lines: Iterable[tuple[int, int, str, str, int, bytes]]) -> bytes:
    """Give SHA-256 over lines of evidence.

    That is, line by line, the JSON array ``[id, time_ns, source, stream, line_number, length of raw]``, then ``raw``.
    """
    made = sha256()
    for *columns, raw in lines:
        made.update(_encoder.encode((*columns, len(raw))))
        made.update(raw)
    return made.digest()
