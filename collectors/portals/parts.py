"""What a page loads from its own hosts: scripts, style sheets and the pictures of its frame, watched by hash.

A page can be defaced without a changed byte of its own: by a script that it loads, a style sheet, a logo.
"""

from hashlib import sha256
from typing import Any

from msgspec import Struct

from collectors.portals.code import hosts_of, means_of, texts_of_code
from collectors.portals.fetch import Fetch
from collectors.portals.lines import LISTED, VALUE, About, bounded, plain_words
from collectors.portals.markup import decode_page
from collectors.portals.masks import code_key, short_hash
from collectors.portals.references import Ref
from collectors.portals.styles import Styles

_HOSTS_KEPT = 200
_HIDES_KEPT = 400


class Part(Struct, frozen=True):
    """What a part is, so that it can be compared."""

    sha256: str = ""
    key: str = ""
    """Hash of what a script does: stays the same where only its numbers and strings change."""
    size: int = 0
    hosts: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    """See :func:`collectors.portals.code.means_of`."""
    texts: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    """Classes and ids that a style sheet hides."""


class Known(Struct):
    """What is kept of a part."""

    kind: str
    looks: int = 0
    sha256s: list[str] = []
    """More than one: it differs from look to look, and its keys are compared."""
    keys: list[str] = []
    hosts: list[str] = []
    means: list[str] = []
    hides: list[str] = []
    size: int = 0
    changed: Part | None = None
    """Another one that was told and that nobody has approved, without its texts."""


def read_part(kind: str, found: Fetch) -> Part | None:
    """Make of a fetch what can be compared; None where it did not bring the part, or not all of it.

    Costs up to a second on hostile input, and is called where the part was got: not by the thread that reads.
    """
    if not 200 <= found.status < 300 or not found.body or (found.reason and found.reason != "too_big"):
        return None
    if _is_page(found.body):
        return None
    digest = sha256(found.body).hexdigest()
    if kind == "image":
        return Part(sha256=digest, key=digest, size=len(found.body))
    text, _ = decode_page(found.body, found.content_type)
    hides: tuple[str, ...] = ()
    if kind == "style":
        styles = Styles()
        styles.add(text)
        hides = styles.names[:_HIDES_KEPT]
    key = code_key(text) if kind == "script" else digest
    return Part(digest, key, len(found.body), hosts_of(text), means_of(text), tuple(texts_of_code(text)), hides)


def _is_page(body: bytes) -> bool:
    """Say whether this is a page, as some servers answer for what is not there: no browser runs or shows it.

    A script may begin with ``<!--`` (ECMA-262, B.1.1), and a picture is XML where it is SVG.
    """
    begin = body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return begin.startswith((b"<!doctype html", b"<html", b"<head", b"<body"))


def judge_part(known: Known, ref: Ref, part: Part, about: About, learn: int) -> dict[str, Any] | None:
    """Compare a part with what is known of it, and take over what may be; give what a line says, or None."""
    if known.looks < learn:
        first = not known.looks
        _learn(known, part)
        told = _told(known, ref, part, about, changed=False) if first and part.texts else None
        return told and told | {"reason": "learning"}
    same = part.sha256 in known.sha256s or (len(known.sha256s) > 1 and part.key in known.keys)
    if same:
        if known.changed is None:
            return None
        known.changed = None
        return _told(known, ref, part, about, changed=False) | {"reason": "back"}
    if len(known.keys) > 1 and ref.kind == "image":
        return None  # another picture each time: a counter, a code to be typed in
    if known.changed is not None and part.sha256 == known.changed.sha256:
        return None
    wanders = len(known.keys) > 1 and not _is_worse(known, part, about)
    if wanders:
        return None
    told = _told(known, ref, part, about, changed=True)
    known.changed = Part(part.sha256, part.key, part.size, part.hosts, part.means, (), part.hides)
    return told


def approve_part(known: Known) -> None:
    """Take over the change that was told."""
    if known.changed is None:
        return
    part, known.changed = known.changed, None
    known.sha256s, known.keys = [part.sha256], [part.key]
    _take(known, part)


def change_of(parts: dict[str, Known]) -> str:
    """Give what names the changes of parts that wait; empty when there are none."""
    waiting = sorted(f"{name} {known.changed.sha256}" for name, known in parts.items() if known.changed is not None)
    return short_hash("\n".join(waiting)) if waiting else ""


def _learn(known: Known, part: Part) -> None:
    known.looks += 1
    known.sha256s = list(dict.fromkeys((*known.sha256s, part.sha256)))
    known.keys = list(dict.fromkeys((*known.keys, part.key)))
    _take(known, part)


def _take(known: Known, part: Part) -> None:
    known.hosts = list(dict.fromkeys((*known.hosts, *part.hosts)))[-_HOSTS_KEPT:]
    known.means = list(dict.fromkeys((*known.means, *part.means)))
    known.hides, known.size = list(part.hides), part.size


def _foreign(known: Known, part: Part, about: About) -> list[str]:
    return [host for host in part.hosts if host not in known.hosts and not about.is_own(host)]


def _is_worse(known: Known, part: Part, about: About) -> bool:
    return bool(_foreign(known, part, about) or not set(part.means) <= set(known.means))


def _told(known: Known, ref: Ref, part: Part, about: About, *, changed: bool) -> dict[str, Any]:
    texts = bounded(part.texts)
    told: dict[str, Any] = {
        "compared": True,
        "changed": changed,
        "changes": [f"{ref.kind}_content"] if changed else [],
        "part": ref.url[:VALUE],
        "part_kind": ref.kind,
        "pending": f"{ref.name} {part.sha256[:10]}" if changed else "",
        "sha256": part.sha256,
        "sha256_before": known.sha256s[-1] if changed else "",
        "size": part.size,
        "size_before": known.size,
        "text_new": texts,
        "text_plain": plain_words(" | ".join(texts)),
    }
    if changed:
        told["hosts_foreign"] = _foreign(known, part, about)[:LISTED]
        told["means_added"] = [means for means in part.means if means not in known.means]
    return told
