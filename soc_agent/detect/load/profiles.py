"""Profiles: which of the rules that come with the product run on a host of one kind.

``profiles/web.yml`` in the folder of rules says it with globs of files, from that folder on::

    title: Web server
    title_vi: Máy chủ web
    includes: [minimal]
    rules: [sigma/web/**, yara/webshell*]

What a chosen correlation builds on runs too. Rules of one's own are not concerned: they always run.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from soc_agent.detect.load.cache import FileEntry
from soc_agent.detect.load.rule_files import PROFILES_FOLDER
from soc_agent.errors import RuleError
from soc_agent.model import Problem, Where


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of host."""

    title: str
    title_vi: str
    rules: tuple[str, ...]
    """Globs of files, from the folder of rules on; ``**`` is any number of folders."""
    description: str = ""
    description_vi: str = ""
    includes: tuple[str, ...] = ()
    """Names of other profiles, of which all that they hold runs too."""


class Selection(Struct, frozen=True):
    """Which rule files run."""

    root: Path | None = None
    """The folder of rules that is chosen from: every other file runs. None: every file runs."""
    globs: tuple[str, ...] = ()

    def takes(self, path: str) -> bool:
        """Say whether what stands in a file runs."""
        if self.root is None:
            return True
        try:
            inside = Path(path).relative_to(self.root).as_posix()
        except ValueError:
            return True
        return any(_expression(glob).fullmatch(inside) for glob in self.globs)

    def unwanted(self, entries: Iterable[FileEntry]) -> frozenset[str]:
        """Give the ids of the rules and correlations that do not run: not chosen, and no part of what is chosen."""
        if self.root is None:
            return frozenset()
        entries = list(entries)
        found = [(rule.info, rule.name) for entry in entries for rule in entry.rules]
        correlations = [correlation for entry in entries for correlation in entry.correlations]
        found += [(correlation.spec.info, correlation.name) for correlation in correlations]
        ids = {info.id for info, _ in found}
        by_name = {name.lower(): info.id for info, name in found if name} | {each.lower(): each for each in ids}
        bases = {
            each.spec.info.id: [by_name.get(name.lower(), "") for name in each.spec.rule_ids] for each in correlations
        }
        wanted: set[str] = set()
        waiting = [info.id for info, _ in found if self.takes(info.path)]
        while waiting:
            if (rule_id := waiting.pop()) not in wanted:
                wanted.add(rule_id)
                waiting += bases.get(rule_id, ())
        return frozenset(ids - wanted)


EVERYTHING = Selection()


def read_profiles(root: Path) -> dict[str, Profile]:
    """Read the profiles in a folder of rules: name to profile, in order of name.

    :raises RuleError: for a file that is no profile.
    """
    found = {}
    for path in sorted((root / PROFILES_FOLDER).glob("*.yml")):
        try:
            found[path.stem] = msgspec.convert(yaml.safe_load(path.read_bytes()), Profile)
        except (OSError, ValueError, yaml.YAMLError) as error:  # a msgspec.ValidationError is a ValueError
            raise RuleError(Problem("profile.wrong", Where(str(path)), {"reason": str(error)})) from error
    return found


def selection_of(names: Sequence[str], root: Path) -> Selection:
    """Give what the profiles of these names take; everything when there are none.

    :raises RuleError: when there is no profile of a name.
    """
    if not names:
        return EVERYTHING
    profiles = read_profiles(root)
    taken: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        if (name := waiting.pop()) in taken:
            continue
        profile = _named(name, profiles)
        taken[name] = None
        waiting += profile.includes
    globs = dict.fromkeys(glob for name in taken for glob in profiles[name].rules)
    return Selection(root, tuple(sorted(globs)))


def _named(name: str, profiles: Mapping[str, Profile]) -> Profile:
    if name in profiles:
        return profiles[name]
    near: Collection[str] = get_close_matches(name, profiles, n=1) or profiles
    raise RuleError(Problem("profile.unknown", values={"name": name, "known": ", ".join(near)}))


def _expression(glob: str) -> re.Pattern[str]:
    """Give a glob as an expression: ``*`` stays within a folder, ``**`` does not. ``re`` keeps what it made."""
    parts = (".*" if part == "**" else "[^/]*" if part == "*" else re.escape(part) for part in re.split(r"(\*+)", glob))
    return re.compile("".join(parts))
