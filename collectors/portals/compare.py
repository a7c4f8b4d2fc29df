"""Telling apart what changed between the picture that a page had and the one that it has."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from msgspec import Struct

from collectors.portals.code import hosts_of, means_of
from collectors.portals.masks import mask
from collectors.portals.picture import Block, Picture

HARD = frozenset(
    {
        "title",
        "heading",
        "text",
        "structure",
        "scripts",
        "inline_scripts",
        "frames",
        "forms",
        "hidden_links",
        "refresh",
        "images",
    }
)
"""Kinds of change after which a page is no longer what was approved. New hosts in links alone are told, and taken over:
news link out every day."""


class Baseline(Struct):
    """What a page is known to be. Learnt from several pictures, or approved by a person."""

    title: str = ""
    heading: str = ""
    texts: dict[str, int] = {}
    """Hashes of its blocks of text, with their sizes."""
    volatile: list[str] = []
    """Places at which another text stands each time: banners, counters, nonces."""
    changing: list[str] = []
    """Which of ``title``, ``heading``, ``structure`` and ``inline_scripts`` change from look to look."""
    places: list[str] = []
    scripts: list[str] = []
    inline: list[str] = []
    inline_does: list[str] = []
    """Means that scripts in the page use, and hosts that they name: what counts where the scripts themselves change."""
    frames: list[str] = []
    forms: list[str] = []
    links: list[str] = []
    hidden_links: list[str] = []
    images: dict[str, str] = {}
    """Place to name of the pictures of its frame that stay the same."""
    refresh: str = ""


class Difference(Struct, frozen=True):
    """What is different."""

    kinds: tuple[str, ...] = ()
    """Of :data:`HARD`, and ``links``."""
    text_percent: int = 100
    """How much of the text is the same: shared text by all text, in characters."""
    structure_percent: int = 100
    added: dict[str, tuple[str, ...]] = {}
    """Kind to what is new of it."""
    removed: dict[str, tuple[str, ...]] = {}

    @property
    def is_hard(self) -> bool:
        """Whether the page is no longer what it was."""
        return not HARD.isdisjoint(self.kinds)


_LISTS = ("scripts", "frames", "forms", "links", "hidden_links")


def learn(pictures: Sequence[Picture]) -> Baseline:
    """Make a baseline of several pictures of a page, got one after the other; what differs among them is volatile."""
    last = pictures[-1]
    volatile = _differing(pictures, lambda picture: picture.blocks)
    volatile |= _differing(pictures, lambda picture: picture.hidden)
    changing = []
    for kind, shown in (
        ("title", {mask(picture.title) for picture in pictures}),
        ("heading", {mask(picture.heading) for picture in pictures}),
        ("structure", {frozenset(picture.places) for picture in pictures}),
        ("inline_scripts", {frozenset(picture.inline) for picture in pictures}),
    ):
        if len(shown) > 1:
            changing.append(kind)
    lists = {name: _union(getattr(picture, name) for picture in pictures) for name in _LISTS}
    return Baseline(
        title=last.title,
        heading=last.heading,
        texts=_texts(last, volatile),
        volatile=sorted(volatile),
        changing=changing,
        places=_union(picture.places for picture in pictures),
        inline=_union(picture.inline for picture in pictures),
        inline_does=_union(_does(code) for picture in pictures for code in picture.inline.values()),
        images={
            place: name
            for place, name in last.images.items()
            if all(picture.images.get(place) == name for picture in pictures)
        },
        refresh=last.refresh,
        **lists,
    )


def after(baseline: Baseline, picture: Picture, *, approved: bool = False) -> Baseline:
    """Give the baseline of a page that now looks like this: a person approved it, or little changed.

    What was learnt to be volatile stays so. Little by little only the text, its places and the hosts of links are taken
    over; what counts as a hard change is taken over only when it is approved.
    """
    volatile = set(baseline.volatile)
    soft = Baseline(
        title=baseline.title,
        heading=baseline.heading,
        texts=_texts(picture, volatile),
        volatile=baseline.volatile,
        changing=baseline.changing,
        places=list(picture.places),
        scripts=baseline.scripts,
        inline=baseline.inline,
        inline_does=baseline.inline_does,
        frames=baseline.frames,
        forms=baseline.forms,
        links=_union((baseline.links, picture.links))[-2_000:],
        hidden_links=baseline.hidden_links,
        images=baseline.images,
        refresh=baseline.refresh,
    )
    if approved:
        soft.title, soft.heading, soft.refresh = picture.title, picture.heading, picture.refresh
        soft.scripts = _union((baseline.scripts, picture.scripts))
        soft.inline = _union((baseline.inline, picture.inline))
        soft.inline_does = _union((baseline.inline_does, *map(_does, picture.inline.values())))
        soft.frames, soft.forms = list(picture.frames), list(picture.forms)
        soft.hidden_links = list(picture.hidden_links)
        soft.images = {place: name for place, name in picture.images.items() if place in baseline.images}
    return soft


def compare(baseline: Baseline, picture: Picture, similarity_percent: int, ignored: Iterable[str] = ()) -> Difference:
    """Say what is different. ``ignored`` names kinds of change that are not looked at."""
    ignored = set(ignored)
    passed = {*ignored, *baseline.changing} - ({"structure"} - ignored)
    volatile = set(baseline.volatile)
    text = _text_percent(baseline.texts, _texts(picture, volatile))
    structure = _share(set(baseline.places), set(picture.places))
    added: dict[str, tuple[str, ...]] = {}
    removed: dict[str, tuple[str, ...]] = {}
    kinds = []
    if mask(picture.title) != mask(baseline.title):
        kinds.append("title")
    if mask(picture.heading) != mask(baseline.heading):
        kinds.append("heading")
    if text < similarity_percent:
        kinds.append("text")
    if structure < (similarity_percent if "structure" not in baseline.changing else similarity_percent // 2):
        kinds.append("structure")
    for name in _LISTS:
        shown = getattr(picture, name)
        known = getattr(baseline, name)
        if new := tuple(item for item in shown if item not in known):
            added[name] = new
            kinds.append(name)
        if gone := tuple(item for item in known if item not in shown):
            removed[name] = gone
    if new := tuple(code for key, code in picture.inline.items() if key not in baseline.inline):
        added["inline_scripts"] = new
        kinds.append("inline_scripts")
        if "inline_scripts" in baseline.changing and not {*chain(*map(_does, new))} <= set(baseline.inline_does):
            passed -= {"inline_scripts"} - set(ignored)
    for place, name in baseline.images.items():
        if picture.images.get(place, name) != name:
            added["images"] = (*added.get("images", ()), picture.images[place])
            removed["images"] = (*removed.get("images", ()), name)
    if "images" in added:
        kinds.append("images")
    if picture.refresh != baseline.refresh:
        added["refresh"] = (picture.refresh,)
        kinds.append("refresh")
    return Difference(tuple(kind for kind in kinds if kind not in passed), text, structure, added, removed)


def new_blocks(blocks: Iterable[Block], known: "dict[str, int] | set[str]") -> list[Block]:
    """Give the blocks of text that are not known, each text once."""
    return list({block.key: block for block in blocks if block.key not in known}.values())


def _texts(picture: Picture, volatile: set[str]) -> dict[str, int]:
    return {block.key: block.size for block in picture.blocks if block.place not in volatile}


def _text_percent(before: dict[str, int], now: dict[str, int]) -> int:
    whole = sum(before.values()) + sum(size for key, size in now.items() if key not in before)
    same = sum(size for key, size in before.items() if key in now)
    return 100 if not whole else same * 100 // whole


def _share(before: set[str], now: set[str]) -> int:
    whole = len(before | now)
    return 100 if not whole else len(before & now) * 100 // whole


def _differing(pictures: Sequence[Picture], blocks_of: Callable[[Picture], Sequence[Block]]) -> set[str]:
    """Give the places of which the texts are not the same in all pictures."""
    shown: list[dict[str, set[str]]] = []
    for picture in pictures:
        places: dict[str, set[str]] = {}
        for block in blocks_of(picture):
            places.setdefault(block.place, set()).add(block.key)
        shown.append(places)
    every = set().union(*shown)
    return {place for place in every if any(places.get(place) != shown[0].get(place) for places in shown)}


def _does(code: str) -> tuple[str, ...]:
    return means_of(code) + hosts_of(code)


def _union(lists: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(item for each in lists for item in each))
