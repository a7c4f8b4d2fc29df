"""Revocation lists (RFC 5280 section 5): which certificates were taken back, and until when the list counts.

OpenSSL refuses a revoked certificate when a connection begins; connections that are open are looked at here.
"""

import base64
import binascii
import calendar
import re
import time
from collections.abc import Iterator
from typing import NamedTuple

from collectors.packets.der import elements, first

_PEM = re.compile(rb"-----BEGIN X509 CRL-----(.*?)-----END X509 CRL-----", re.DOTALL)
_INTEGER, _SEQUENCE, _UTC_TIME, _GENERALIZED_TIME = 0x02, 0x30, 0x17, 0x18


class Revoked(NamedTuple):
    """What the lists of a file say together."""

    serials: frozenset[int] = frozenset()
    """Numbers of the certificates."""
    until: float | None = None
    """When the first of the lists ends to count, in seconds since 1970; None: they say nothing of it."""


def read_revoked(pem: bytes) -> Revoked:
    """Read all lists of a file.

    :raises ValueError: when it holds none, or one is damaged.
    """
    serials: set[int] = set()
    ends = []
    lists = _PEM.findall(pem)
    if not lists:
        raise ValueError("no certificate revocation list (X509 CRL) in PEM form")
    for text in lists:
        try:
            parts = list(elements(first(first(base64.b64decode(text)))))
            serials.update(_serials(parts))
            ends += [_time(*part) for part in parts if part[0] in (_UTC_TIME, _GENERALIZED_TIME)][1:]
        except (IndexError, binascii.Error) as error:
            raise ValueError("a certificate revocation list is damaged") from error
    return Revoked(frozenset(serials), min(ends, default=None))


def _serials(parts: list[tuple[int, bytes]]) -> Iterator[int]:
    """Yield numbers from ``revokedCertificates``: the one sequence behind the times."""
    timed = False
    for tag, content in parts:
        timed = timed or tag in (_UTC_TIME, _GENERALIZED_TIME)
        if timed and tag == _SEQUENCE:
            for _, entry in elements(content):
                kind, number = next(elements(entry))
                if kind == _INTEGER:
                    yield int.from_bytes(number, "big", signed=True)


def _time(tag: int, data: bytes) -> float:
    text = data.decode("ascii")
    if tag == _UTC_TIME:  # years below 50 are of this century (section 4.1.2.5.1)
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    return float(calendar.timegm(time.strptime(text[:14], "%Y%m%d%H%M%S")))
