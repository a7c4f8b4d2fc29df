"""Takes orders one by one: rules once, then files. All that can go wrong with one file is its answer."""

import hashlib
import math
import os
import socket
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import yara
from msgspec.structs import replace

from soc_agent.scanning.archives import Inside
from soc_agent.scanning.confine import confine, limit_cpu
from soc_agent.scanning.frames import Answer, BrokenLinkError, Link, Match, Order, Pieces
from soc_agent.scanning.kinds import externals, kind_of

EXTERNALS = {"filename": "", "filepath": "", "extension": "", "filetype": "", "owner": ""}
MATCHES_CAP = 1024
"""So many matches of one file are told; no file needs more to be looked at."""
_STRINGS = 32
_META_KEYS, _META_CHARACTERS = 32, 200
_GRACE_S = 5
_COMPILE_S = 60


class Rules:
    """The rules for each kind of file, compiled when the first file of that kind comes."""

    def __init__(self, pieces: Sequence[Pieces]) -> None:
        self._pieces = pieces
        self._compiled: dict[str, Any] = {}
        self._compiling_s = 0.0

    def clock(self) -> float:
        """Give a time in seconds that stands still while rules are compiled: no file is to blame for that."""
        return time.monotonic() - self._compiling_s

    def has(self, kind: str) -> bool:
        """Say whether the rules for a kind are compiled."""
        return kind in self._compiled

    def of(self, kind: str) -> Any:
        """Give the rules for a kind, as ``yara.Rules``; None where there are none."""
        if kind not in self._compiled:
            begin = time.monotonic()
            try:
                self._compiled[kind] = self._compile(kind)
            except yara.Error:
                # they compiled before they were taken apart: whole they do
                self._compiled[kind] = self._compile("")
            self._compiling_s += time.monotonic() - begin
        return self._compiled[kind]

    def _compile(self, kind: str) -> Any:
        sources = {}
        for file in self._pieces:
            rules = [text for text, kinds in file.rules if not kind or not kinds or kind in kinds]
            if rules:
                sources[file.namespace] = "\n".join([file.head, *rules])
        return yara.compile(sources=sources, externals=EXTERNALS, includes=False) if sources else None


def serve(end: socket.socket) -> None:
    """Take rules, give up rights, say so, then scan until the other side is gone."""
    warnings.simplefilter("ignore")
    link = Link(end)
    _, file = link.receive()
    assert file is not None
    with os.fdopen(file, "rb") as source:
        source.seek(0)
        rules = Rules(msgspec.msgpack.decode(source.read(), type=tuple[Pieces, ...]))
    rules.of("text")
    taken = confine()
    link.send(Answer(detail=" ".join(taken)))
    while True:
        try:
            body, file = link.receive()
        except BrokenLinkError:
            return
        order = msgspec.msgpack.decode(body, type=Order)
        assert file is not None
        try:
            answer = _scan(link, rules, order, file)
        except MemoryError:
            answer = Answer(not_scanned="error", detail="more memory than the scanner may have")
        except yara.Error as error:
            answer = Answer(not_scanned="error", detail=f"rules do not compile: {error}"[:200])
        finally:
            os.close(file)
        link.send(answer)


def read_capped(file: int, size: int, cap_bytes: int) -> bytes | None:
    """Give what an open file holds; None when that is more than the cap, also where its size is not told.

    :raises OSError: when it cannot be read.
    """
    data = os.pread(file, min(size, cap_bytes) + 1, 0)
    if len(data) == size <= cap_bytes:
        return data
    pieces, total = [data], len(data)
    while total <= cap_bytes:
        piece = os.pread(file, min(cap_bytes + 1 - total, 1 << 20), total)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        total += len(piece)
    return None


def match(rules: Any, data: bytes, variables: dict[str, str], timeout_s: int) -> Answer:
    """Give what compiled rules find in bytes, or why they could not say."""
    try:
        found = rules.match(data=data, externals=variables, fast=True, timeout=timeout_s, warnings_callback=_note_flood)
    except yara.TimeoutError:
        return Answer(not_scanned="timeout", detail=f"no answer within {timeout_s} s")
    except yara.Error as error:
        return Answer(not_scanned="error", detail=str(error)[:200])
    if not found:
        return Answer()
    matches = tuple(
        Match(each.namespace, each.rule, _strings(each), bounded_meta(each.meta)) for each in found[:MATCHES_CAP]
    )
    return Answer(matches, sha256=hashlib.sha256(data).hexdigest())


def _scan(link: Link, rules: Rules, order: Order, file: int) -> Answer:
    try:
        data = read_capped(file, order.size, order.cap_bytes)
    except OSError as error:
        return Answer(not_scanned="unreadable", detail=error.strerror or str(error))
    if data is None:
        return Answer(not_scanned="too_big", detail=f"more than {order.cap_bytes} bytes")
    limit_cpu(order.timeout_s + _GRACE_S)
    begin = rules.clock()
    answer = _match(link, rules, order, order.path, data, order.timeout_s)
    if answer.not_scanned or not order.inside.depth:
        return answer
    return look_inside(
        data,
        order,
        answer,
        lambda: begin + order.timeout_s - rules.clock(),
        lambda path, content, left_s: _match(link, rules, order, path, content, left_s),
    )


def _match(link: Link, rules: Rules, order: Order, path: str, data: bytes, timeout_s: int) -> Answer:
    kind = kind_of(data[:8])
    if not rules.has(kind):
        link.send(Answer(wait=True))
        limit_cpu(_COMPILE_S)
    compiled = rules.of(kind)
    if compiled is None:
        return Answer()
    limit_cpu(order.timeout_s + _GRACE_S)
    return match(compiled, data, externals(path, order.owner, data[:8]), timeout_s)


def look_inside(
    data: bytes,
    order: Order,
    answer: Answer,
    left_s: Callable[[], float],
    scan: Callable[[str, bytes, int], Answer],
) -> Answer:
    """Give the answer for a file together with what is found in the files within it.

    :param left_s: gives how many seconds are left for the file.
    """
    inside = Inside(order.inside, lambda: left_s() <= 0)
    found = {(each.namespace, each.rule): each for each in answer.matches}
    name = ""
    try:
        for name, content in inside.members(data, order.path):
            said = scan(f"{order.path}/{name}", content, max(math.ceil(left_s()), 1))
            if said.not_scanned:
                inside.note("time" if said.not_scanned == "timeout" else said.not_scanned, name)
            for each in said.matches:
                known = found.get((each.namespace, each.rule))
                if known is None and len(found) < MATCHES_CAP:
                    found[each.namespace, each.rule] = replace(each, member=name, members=1)
                elif known is not None and known.member:
                    found[each.namespace, each.rule] = replace(known, members=known.members + 1)
    except MemoryError:
        inside.note("memory", name)
    digest = answer.sha256 or (hashlib.sha256(data).hexdigest() if found else "")
    return replace(answer, matches=tuple(found.values()), sha256=digest, beyond=inside.beyond)


def _strings(found: Any) -> tuple[str, ...]:
    return tuple(sorted({string.identifier for string in found.strings})[:_STRINGS])


def bounded_meta(meta: dict[str, Any]) -> dict[str, Any]:
    """Give ``meta`` with so many keys, and values so long, that a finding stays a line of reasonable length."""
    short = list(meta.items())[:_META_KEYS]
    return {key: value[:_META_CHARACTERS] if isinstance(value, str) else value for key, value in short}


def _note_flood(kind: int, about: Any) -> int:
    """Go on where a string matches all over the file: libyara stops counting it."""
    del kind, about
    return int(yara.CALLBACK_CONTINUE)
