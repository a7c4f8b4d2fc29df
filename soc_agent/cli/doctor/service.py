"""The unit that is installed here: whose it is, and whether it still fits the configuration."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from soc_agent.cli.doctor.check import Check, error, ok, warn
from soc_agent.cli.install.image import Image
from soc_agent.cli.install.needs import Needs
from soc_agent.cli.install.unit import STATE, UNIT_PATH

_LISTS = ("AmbientCapabilities", "SupplementaryGroups", "ReadWritePaths", "RestrictAddressFamilies", "SocketBindAllow")


def read_unit(image: Image) -> Mapping[str, tuple[str, ...]] | None:
    """Give the directives of the installed unit with those that a person put beside it; None where there is none.

    Words of lists add up, an empty value begins anew, of others the last counts (systemd.unit(5)).
    """
    path = image.at(UNIT_PATH)
    beside = image.at(f"{UNIT_PATH}.d")
    found: dict[str, tuple[str, ...]] = {}
    try:
        texts = [path.read_text("utf-8", "replace")]
        texts += [file.read_text("utf-8", "replace") for file in sorted(beside.glob("*.conf"))]
    except OSError:
        return None
    for line in (line.strip() for text in texts for line in text.splitlines()):
        key, sign, value = line.partition("=")
        if not sign or line.startswith(("#", ";")):
            continue
        words = tuple(word.strip('"') for word in value.split())
        found[key] = (*found.get(key, ()), *words) if key in _LISTS and words else words
    return found


def unit_user(unit: Mapping[str, tuple[str, ...]]) -> str:
    """Give the user of a unit."""
    return next(iter(unit.get("User", ())), "root")


def rights_of(unit: Mapping[str, tuple[str, ...]]) -> Needs:
    """Give the capabilities and groups that a unit gives."""
    return Needs(
        capabilities={name: [] for name in unit.get("AmbientCapabilities", ())},
        groups={name: [] for name in unit.get("SupplementaryGroups", ())},
    )


def service(unit: Mapping[str, tuple[str, ...]] | None, needs: Needs, config: Path) -> Iterator[Check]:
    """Compare the installed unit with what the configuration asks for now."""
    if unit is None:
        return
    if str(config) not in unit.get("ExecStart", ()):
        yield warn("service", "doctor.other_config", str(UNIT_PATH), config=str(config))
        return
    lacks = [
        *_without(unit, "AmbientCapabilities", needs.capabilities),
        *_without(unit, "SupplementaryGroups", needs.groups),
    ]
    lacks += _without(unit, "RestrictAddressFamilies", needs.families)
    if unit.get("SocketBindDeny"):
        lacks += _without(unit, "SocketBindAllow", needs.ports)
    elif unit.get("PrivateNetwork") == ("yes",):
        lacks += needs.ports
    open_to = [STATE, *(Path(word.lstrip("-+")) for word in unit.get("ReadWritePaths", ()))]
    lacks += [str(path) for path in needs.writes if not any(path.is_relative_to(place) for place in open_to)]
    if lacks:
        yield error("service", "doctor.unit_behind", str(UNIT_PATH), lacks=", ".join(lacks))
        return
    spare = [name for name in unit.get("AmbientCapabilities", ()) if name not in needs.capabilities]
    if spare:
        yield warn("service", "doctor.unit_spare", str(UNIT_PATH), spare=", ".join(spare))
    else:
        yield ok("service", str(UNIT_PATH))


def _without(
    unit: Mapping[str, tuple[str, ...]], key: str, wanted: Mapping[str, object] | tuple[str, ...]
) -> list[str]:
    return [word for word in wanted if word not in unit.get(key, ())]
