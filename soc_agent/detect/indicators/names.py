"""Where in a block a domain name of the list may stand, or the host of a URL.

From the full stops of a block those are kept that have a top-level domain of the list behind them; from each the
labels before it are gone through, and every name that ends there is looked up.
"""

import numpy as np

from soc_agent.detect.indicators.words import (
    FOLD,
    IS_LABEL,
    IS_LETTER,
    Flags,
    Members,
    Places,
    Text,
    Words,
    keys_of,
    labels_before,
    letters_in,
    mix,
)

LABELS_CAP = 32
"""Names of more labels are matched by their last ones only."""
_LABEL_CAP = 63
_TOP_BITS = 16
_PUNYCODE = np.frombuffer(b"xn\0\0\0\0\0\0", "<u8")[0]
_FAR = 9


def spot_of_tops(tops: Words) -> Places:
    """Give the place in the map of top-level domains, from their first eight letters (folded)."""
    return (mix(tops) >> np.uint64(64 - _TOP_BITS)).astype(np.int64)


def map_of_tops(tops: Words) -> Flags:
    """Make the map of the top-level domains of a list."""
    flags = np.zeros(1 << _TOP_BITS, np.bool_)
    flags[spot_of_tops(tops)] = True
    return flags


def tops_of(text: Text, dots: Places) -> Words:
    """Give the first letters of what follows each full stop: up to eight, ``xn`` for punycode."""
    return letters_in(text.words(dots + 1) | FOLD)[0]


def find_names(text: Text, members: Members, tops: Flags, *, wide: bool) -> Places:
    """Give the places of names that may be of the list.

    :param wide: whether a name of the list has letters beyond ASCII; then a name with such letters may be one.
    """
    dots = text.dots
    dots = dots[IS_LETTER.take(text.at(dots + 1))]
    letters, counts = letters_in(text.words(dots + 1) | FOLD)
    known = tops.take(spot_of_tops(letters))
    found = []
    if wide:
        # the top-level domain itself may have such letters, raw or escaped
        ends = text.dots + 1
        first = text.at(ends)
        escaped = (first == ord("%")) | ((first == ord("\\")) & (text.at(ends + 1) == ord("u")))
        found.append(ends[(first >= 0x80) | escaped])
    dots, letters, counts = dots[known], letters[known], counts[known]
    if not len(dots):
        return np.concatenate([dots, *found])
    ends = _ends(text, dots + 1 + counts, (counts == 8) | (letters == _PUNYCODE))
    if wide:
        found.append(dots[text.at(ends) >= 0x80])
    # the name ends here: no letter follows, nor a full stop with one more label
    after = text.at(ends)
    whole = ~IS_LABEL.take(after) & ~((after == ord(".")) & IS_LABEL.take(text.at(ends + 1)))
    ends, dots = ends[whole], dots[whole]
    found.append(_known_names(text, members, dots, ends, wide=wide))
    return np.concatenate(found)


def _ends(text: Text, ends: Places, longer: Flags) -> Places:
    """Go on to the end of the label where it may be longer than what was read."""
    active = np.flatnonzero(longer)
    for _ in range(_LABEL_CAP):
        active = active[IS_LABEL.take(text.at(ends[active]))]
        if not len(active):
            break
        ends[active] += 1
    return ends


def _known_names(text: Text, members: Members, borders: Places, ends: Places, *, wide: bool) -> Places:
    """Look up every name that ends at ``ends``; ``borders`` are the full stops before their last labels."""
    found = []
    for _ in range(LABELS_CAP):
        starts = _label_starts(text, borders)
        if wide:
            found.append(borders[text.at(borders - 1) >= 0x80])
        real = starts < borders
        starts, ends = starts[real], ends[real]
        if not len(starts):
            break
        found.append(starts[members.has(keys_of(text, starts, ends - starts))])
        before = text.at(starts - 1)
        escaped = (before == ord("%")) | (before == ord("\\"))
        if escaped.any():
            first, last = starts[escaped] + _escape_lengths(text, starts[escaped]), ends[escaped]
            inside = first < last
            first, last = first[inside], last[inside]
            found.append(first[members.has(keys_of(text, first, last - first))])
        if wide:
            beyond = (before >= 0x80) | (before == ord("%")) | ((before == ord("\\")) & (text.at(starts) == ord("u")))
            found.append(starts[beyond])
        more = before == ord(".")
        borders, ends = starts[more] - 1, ends[more]
    return np.concatenate(found) if found else borders


def _label_starts(text: Text, borders: Places) -> Places:
    """Give where the label that ends before each border begins; the border itself where there is none."""
    starts = borders.copy()
    active = np.arange(len(starts))
    for _ in range(_FAR):
        counts = labels_before(text.words(starts[active] - 8))
        starts[active] -= counts
        active = active[counts == 8]
        if not len(active):
            break
    return starts


def _escape_lengths(text: Text, starts: Places) -> Places:
    r"""Give how many letters belong to the escape that begins before each place: ``%2F``, ``\u0026``, ``\n``."""
    before, first = text.at(starts - 1), text.at(starts)
    cases = [before == ord("%"), first == ord("u"), first == ord("x")]
    return np.select(cases, [2, 5, 3], 1)
