"""Assets as lines: how each stands in a row, and all that is known of one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo

from msgspec import Struct

from soc_agent.config import SystemOptions
from soc_agent.layers import Health, KnownAsset
from soc_agent.text import SafeText
from soc_agent.text.catalog import has
from tui import times
from tui.outside import Line, Part, cells, fit, joined, part, safe, said
from tui.panels import section
from tui.paper import cut, labelled, wrapped
from tui.words import HEALTH_GLYPH, HEALTH_TEXT, separator, tier_word

_LIMIT = 512
_GAP = "  "
_NAME_MOST = 28
_UPDATES_OLD_DAYS = 45
"""As a source of kind ``host`` has it by default: so long without an update is too long."""
FIRST = ("system", "antivirus", "firewall", "access_control", "updates", "clock", "disks")
"""Sections of what a host says of itself that are read for the list, too: they are short."""
_SHOWN = ("ports", "admins", "users", "disks", "system", "access_control", "addresses", "services")
"""Sections that a page shows, the most telling first; those on protection are judged above them."""
_ITEMS = 25
_PROTECTION = ("antivirus", "firewall")
"""What a host that speaks of itself should have."""
Facts = Mapping[str, Mapping[str, tuple[str, int]]]
"""What a host says of itself: section to item to value and since when."""


class Asset(Struct, frozen=True):
    """An asset, and what it says of itself."""

    known: KnownAsset
    facts: Facts = {}
    counts: Mapping[str, int] = {}
    """How many items each section has; empty: it says nothing of itself."""
    open_alerts: int = 0


def facts_of(rows: Iterable[tuple[str, str, str, int]]) -> dict[str, dict[str, tuple[str, int]]]:
    """Give what the store says of a host by section and item."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for name, item, value, since_ns in rows:
        found.setdefault(name, {})[item] = (value, since_ns)
    return found


def standing(asset: Asset) -> tuple[str, Health]:
    """Say how an asset stands: a word of the catalogue, and how well that is."""
    if asset.known.registered is None:
        return "stranger", Health.ATTENTION
    if asset.known.seen is None:
        return "unseen", Health.ATTENTION
    return "registered", Health.OK


def asset_line(asset: Asset, width: int, now_ns: int) -> Line:
    """Draw an asset as a row: name, how it stands, when it was last seen, open alerts, what it says of itself."""
    word, health = standing(asset)
    state = joined(HEALTH_GLYPH[health], " ", said(f"assets.standing.{word}"))
    states = (
        f"{HEALTH_GLYPH[health]} {said(f'assets.standing.{each}')}" for each in ("registered", "unseen", "stranger")
    )
    seen = asset.known.seen
    parts: list[Part] = [
        part(fit(safe(asset.known.name, 64), min(_NAME_MOST, max(width // 5, 12))), "strong"),
        part(_GAP),
        Part(fit(state, max(map(cells, states))), HEALTH_TEXT[health]),
        part(_GAP),
        part(fit(times.lasting(now_ns - seen.last_ns) if seen else safe("–"), 6, right=True), "muted"),
        part(_GAP),
    ]
    if asset.open_alerts:
        parts += [Part(said("assets.open", count=times.number(asset.open_alerts)), "attention"), part(_GAP)]
    parts += _summary(asset, now_ns)
    return cut(tuple(parts), width)


def _summary(asset: Asset, now_ns: int) -> list[Part]:
    """Give what is not well first, then how much there is; else where it is known from."""
    if not asset.counts:
        seen = asset.known.seen
        texts = [*seen.addresses, *seen.sources] if seen is not None else []
        return [part(safe(" ".join(texts), _LIMIT), "muted")]
    found: list[Part] = []
    for text, bad in (*_protection(asset), _clock(asset), _updated(asset, now_ns)):
        if bad:
            found += [Part(joined("! ", text), "attention"), separator()]
    for name in ("ports", "packages", "users"):
        found += [
            Part(said(f"assets.count.{name}", count=times.number(asset.counts.get(name, 0))), "muted"),
            separator(),
        ]
    return found[:-1]


def _protection(asset: Asset) -> list[tuple[SafeText, bool]]:
    """Give what protects a host, and what of that is missing or not running."""
    found: list[tuple[SafeText, bool]] = []
    for name in _PROTECTION:
        items = asset.facts.get(name, {})
        words = safe(", ".join(f"{item} {value}".strip() for item, (value, _) in items.items()), 80)
        runs = any(not value.startswith(("not ", "stopped", "disabled")) for value, _ in items.values())
        found.append((words if items else said(f"assets.lacks.{name}"), not runs))
    return found


def _clock(asset: Asset) -> tuple[SafeText, bool]:
    clock = {item: value for item, (value, _) in asset.facts.get("clock", {}).items()}
    if not clock:
        return safe("–"), False
    kept = clock.get("kept") != "no"
    offset = safe(clock.get("offset", ""), 40)
    return joined(said(f"assets.clock.{'kept' if kept else 'free'}"), " " if offset else "", offset), not kept


def _updated(asset: Asset, now_ns: int) -> tuple[SafeText, bool]:
    """Give when packages were last changed."""
    value, _ = asset.facts.get("updates", {}).get("packages changed", ("", 0))
    day = times.typed(value, now_ns, UTC) if value else None
    if day is None:
        return safe(value or "–", 40), False
    days = max(now_ns - day, 0) // times.DAY
    return said("assets.updated", days=times.number(days)), days > _UPDATES_OLD_DAYS


def asset_page(asset: Asset, systems: Sequence[SystemOptions], width: int, now_ns: int, zone: tzinfo) -> list[Line]:
    """Draw all that is known of an asset."""
    word, health = standing(asset)
    name = asset.known.name
    rows: list[Line] = [
        *wrapped(
            (part(safe(name, 128), "strong"), part(_GAP), Part(said(f"assets.standing.{word}"), HEALTH_TEXT[health])),
            width,
        )
    ]
    rows += wrapped((part("→ ", "key"), Part(said(f"assets.next.{word}", name=name))), width, indent=2)
    if asset.open_alerts:
        rows += wrapped((part("→ ", "key"), Part(said("assets.next.alerts", count=asset.open_alerts))), width, indent=2)
    rows += [
        (),
        section(said("assets.title.register"), width),
        *labelled(_registered(asset, systems, now_ns, zone), width),
    ]
    if not asset.counts:
        rows += [(), section(said("assets.title.facts"), width)]
        return rows + wrapped((Part(said("assets.no_facts"), "muted"),), width)
    judged = [*zip(("antivirus", "firewall"), _protection(asset), strict=True)]
    judged += [("clock", _clock(asset)), ("updates", _updated(asset, now_ns))]
    packages = said("assets.count.packages", count=times.number(asset.counts.get("packages", 0)))
    judged.append(("packages", (packages, False)))
    told: list[tuple[SafeText, Line]] = []
    for key, (text, bad) in judged:
        told.append(
            (said(f"assets.section.{key}"), (Part(joined("! " if bad else "✓ ", text), "attention" if bad else "ok"),))
        )
    rows += [(), section(said("assets.title.health"), width), *labelled(told, width)]
    for key in _SHOWN:
        items = asset.facts.get(key, {})
        if items:
            title = said("assets.title.section", name=_section_word(key), count=times.number(len(items)))
            rows += [(), section(title, width), *_items(items, width, now_ns, zone)]
            if len(items) > _ITEMS:
                rows.append((Part(said("assets.more", count=len(items) - _ITEMS, host=name, section=key), "muted"),))
    rest = ", ".join(f"{key} {count}" for key, count in asset.counts.items() if key not in (*_SHOWN, *FIRST))
    if rest:
        rows += [(), *wrapped((Part(said("assets.rest", names=rest, host=name), "muted"),), width)]
    return rows


def _registered(
    asset: Asset, systems: Sequence[SystemOptions], now_ns: int, zone: tzinfo
) -> list[tuple[SafeText, Line]]:
    known, seen = asset.known.registered, asset.known.seen
    found: list[tuple[SafeText, Line]] = []
    if known is not None:
        system = next((each for each in systems if each.name == known.system), None)
        level = (separator(), Part(said("assets.level", level=system.level), "key")) if system else ()
        found += [
            (said("assets.register.name"), (part(safe(known.name, 128)),)),
            (said("assets.register.system"), (part(safe(known.system or "–", 128)), *level)),
            (said("assets.register.owner"), (part(safe(known.owner or (system.owner if system else "") or "–", 128)),)),
            (said("assets.register.tier"), (Part(tier_word(known.tier)),)),
        ]
    addresses = dict.fromkeys([*(known.addresses if known else ()), *(seen.addresses if seen else ())])
    if addresses:
        found.append((said("assets.register.addresses"), (part(safe(" ".join(addresses), _LIMIT), "entity"),)))
    if seen is not None:
        first, last = times.moment(seen.first_ns, zone), times.lasting(now_ns - seen.last_ns)
        found.append((said("assets.register.seen"), (Part(said("assets.since", first=first, ago=last)),)))
        found.append((said("assets.register.sources"), (part(safe(" ".join(seen.sources), _LIMIT)),)))
    return found


def _items(items: Mapping[str, tuple[str, int]], width: int, now_ns: int, zone: tzinfo) -> list[Line]:
    shown = list(items.items())[:_ITEMS]
    size = min(max(cells(safe(item, _LIMIT)) for item, _ in shown), width // 2)
    rows: list[Line] = []
    for item, (value, since_ns) in shown:
        parts = [part(fit(safe(item, _LIMIT), size), "entity"), part(_GAP), part(safe(value, _LIMIT))]
        parts += [part(_GAP), Part(said("assets.item_since", time=times.brief(since_ns, now_ns, zone)), "faint")]
        rows.append(cut(tuple(parts), width))
    return rows


def _section_word(name: str) -> SafeText:
    key = f"assets.section.{name}"
    return said(key) if has(key) else safe(name, 40)
