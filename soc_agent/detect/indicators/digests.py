"""Where in a block a file hash of the list may stand: long runs of hexadecimal digits."""

import numpy as np

from soc_agent.detect.indicators.words import FOLD, IS_HEX, Members, Places, Text, Words, digits_before, mix

_STEP = 16
"""Every run of 32 digits covers two neighbours of those bytes that are looked at."""
_BETWEEN = (8, 4, 12, 2, 6, 10, 14, 1, 3, 5, 7, 9, 11, 13, 15)
_HEAD = 16
"""So many digits of a hash are looked up; the rest is compared when the line is read."""


def key_of_digests(digests: Words) -> Words:
    """Give the numbers under which hashes are looked up, from pairs of words with their first 16 digits (folded)."""
    return mix(digests[:, 0], digests[:, 1])


def find_digests(text: Text, members: Members) -> Places:
    """Give the places where a hash of the list may begin."""
    sampled = IS_HEX.take(text.bytes[::_STEP])
    runs = np.flatnonzero(sampled[:-1] & sampled[1:]) * _STEP
    for between in _BETWEEN:
        runs = runs[IS_HEX.take(text.at(runs + between))]
        if not len(runs):
            return runs
    starts = _begin(text, runs)
    starts = np.concatenate([starts, _behind_escapes(text, starts)])
    words = np.stack([text.words(starts) | FOLD, text.words(starts + 8) | FOLD], axis=1)
    return starts[members.has(key_of_digests(words))]


def _begin(text: Text, places: Places) -> Places:
    """Give where the runs begin; those that began a step or more before are found from there."""
    near = digits_before(text.words(places - 8))
    whole = near == 8
    far = places[whole] - 8
    more = digits_before(text.words(far - 8))
    return np.concatenate([places[~whole] - near[~whole], (far - more)[more < 8]])


def _behind_escapes(text: Text, starts: Places) -> Places:
    r"""Give where a run begins when its first digits belong to an escape: ``%3D``, ``\x22``, ``\u0026``, ``\b``."""
    before, second = text.at(starts - 1), text.at(starts - 2)
    escaped = second == ord("\\")
    return np.concatenate(
        [
            starts[before == ord("%")] + 2,
            starts[before == ord("\\")] + 1,
            starts[(before == ord("x")) & escaped] + 2,
            starts[(before == ord("u")) & escaped] + 4,
        ]
    )
