"""What the commands on rules share: which rules are meant, and one rule by whatever a person calls it."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import click
from msgspec import Struct

from soc_agent.cli.content import decoder_folders, rule_selection
from soc_agent.cli.workspace import SEARCH, Workspace, cache_folder, own_rule_folders, rule_folders
from soc_agent.config import Config, load_config
from soc_agent.decode import Decoders
from soc_agent.detect import RuleSet, load_rules
from soc_agent.detect.indicators import rule_infos
from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.errors import ConfigError, RuleError
from soc_agent.model import Problem, RuleInfo
from soc_agent.text import fold

FOLDER = click.Path(path_type=Path, exists=True)
"""A file or folder of rules, which must be there."""
_TITLES_SHOWN = 5


class Chosen(Struct, frozen=True):
    """The rules that a command is about: those of the product, of the configuration, and more."""

    paths: list[Path]
    config: Config | None = None
    """None when there is no configuration here."""
    config_path: Path = Path()

    @property
    def folder(self) -> Path:
        """Where the relative paths of the configuration begin."""
        return self.config_path.resolve().parent

    @property
    def disabled(self) -> tuple[str, ...]:
        """Ids of rules that the configuration disables."""
        return self.config.rules.disabled if self.config is not None else ()

    @property
    def selection(self) -> Selection:
        """Which of the rules that come with the product run.

        :raises RuleError: when the configuration names a profile that there is not.
        """
        return rule_selection(self.config) if self.config is not None else EVERYTHING

    @property
    def made(self) -> tuple[RuleInfo, ...]:
        """The rules of the hits of indicators, where the configuration names lists of them."""
        return tuple(rule_infos().values()) if self.config is not None and self.config.indicators.paths else ()

    def decoders(self) -> Decoders:
        """Load the decoders of the product, and those among these folders of rules."""
        return Decoders.load(decoder_folders(self.paths))

    def load(self, *, as_run: bool = False) -> RuleSet:
        """Load them; ``as_run``: without those that are disabled, or that no profile of the configuration takes."""
        lists = [self.folder / path for path in self.config.rules.lists] if self.config is not None else []
        return load_rules(
            self.paths,
            disabled=self.disabled if as_run else (),
            cache_dir=cache_folder(),
            lists=lists,
            selection=self.selection if as_run else EVERYTHING,
        )


def chosen_rules(
    workspace: Workspace, more: tuple[Path, ...], problems: list[Problem], *, builtin: bool = True
) -> Chosen:
    """Give the rules that are meant.

    :param problems: what is wrong with a configuration that nobody named goes here, and the command goes on without.
    :raises ConfigError: when one that was named is wrong.
    """
    config, path = _config(workspace, problems)
    if config is None:
        return Chosen(rule_folders(*more, builtin=builtin))
    own = own_rule_folders(config, path.resolve().parent)
    return Chosen(rule_folders(*own, *more, builtin=builtin and config.rules.builtin), config, path)


def _config(workspace: Workspace, problems: list[Problem]) -> tuple[Config | None, Path]:
    try:
        path = workspace.config_path
    except ConfigError:
        return None, Path()
    try:
        return load_config(path), path
    except ConfigError as error:
        if path not in SEARCH:
            raise
        problems.extend(error.problems)
        return None, Path()


def find_rule(rules: RuleSet, name: str, file: Path | None = None, others: Iterable[RuleInfo] = ()) -> str:
    """Give the id of the rule or correlation that ``name`` means.

    That is: its id, its name, its title, the beginning of one of these, or (``file``) that it is the one in a file.
    Case and diacritics do not count.

    :param others: of other kinds; asked only when nothing else goes by the name, to say that it is one of these.
    :raises RuleError: when there is none, when it may be several, or when the one that is meant does not run.
    """
    if file is not None:
        place = file.resolve()
        found = [rule_id for rule_id, info in rules.infos.items() if info.path and Path(info.path).resolve() == place]
    else:
        found = _called(rules, fold(name))
    if len(found) == 1:
        return found[0]
    if found:
        titles = [rules.infos[rule_id].title for rule_id in found]
        more = ["…"] if len(titles) > _TITLES_SHOWN else []
        values = {"name": name, "count": len(found), "titles": ", ".join([*titles[:_TITLES_SHOWN], *more])}
        raise RuleError(Problem("rules.explain.several", values=values))
    _raise_refused(rules, name, file)
    wanted = fold(name)
    for info in others:
        called = wanted and any(each.startswith(wanted) for each in (fold(info.title), info.id.lower()))
        if called if file is None else Path(info.path).resolve() == place:
            raise RuleError(Problem(f"rules.explain.{info.kind.value}", values={"title": info.title}))
    if near := _near(rules, wanted):
        meant = ", ".join(f"`{title}`" for title in near)
        raise RuleError(Problem("rules.explain.near", values={"name": name, "titles": meant}))
    raise RuleError(Problem("rules.explain.unknown", values={"name": name}))


def _raise_refused(rules: RuleSet, name: str, file: Path | None) -> None:
    """Say why a rule does not run, where one that does not is meant: by its file, id, title or the beginning of it.

    :raises RuleError: when one is.
    """
    wanted = fold(name)
    # what is wrong with files together is told of a rule by its title
    found = [(each.title, each.id, each.path, each.problems) for each in rules.refused]
    found += [(str(each.values.get("title", "")), "", each.where.file, (each,)) for each in rules.problems]
    for whole in (True, False):
        for title, rule_id, path, problems in found:
            called = [fold(each) for each in (title, rule_id) if each]
            fits = wanted in called if whole else any(each.startswith(wanted) for each in called)
            if fits if file is None else Path(path).resolve() == file.resolve():
                raise RuleError(Problem("rules.explain.refused", values={"title": title or path}), *problems)


def _called(rules: RuleSet, wanted: str) -> list[str]:
    """Give the ids of the rules that go by a folded name: exactly, if any do, else by their beginning."""
    folded = {rule_id: [fold(each) for each in names] for rule_id, names in _names(rules).items()}
    exact = [rule_id for rule_id, called in folded.items() if wanted in called]
    return exact or [rule_id for rule_id, called in folded.items() if any(each.startswith(wanted) for each in called)]


def _names(rules: RuleSet) -> dict[str, list[str]]:
    """Give all that each rule goes by: its id, its name, its titles."""
    names: dict[str, list[str]] = {rule_id: [rule_id] for rule_id in rules.infos}
    for rule in rules.rules:
        names[rule.info.id].append(rule.name)
    for rule_id, info in rules.infos.items():
        names[rule_id] += [info.title, info.title_vi]
    return {rule_id: [each for each in called if each] for rule_id, called in names.items()}


def _near(rules: RuleSet, wanted: str) -> list[str]:
    """Give some titles and names that hold every word of a folded name; if there are none, some spelt much like it."""
    called = {fold(each): each for names in _names(rules).values() for each in names[1:]}
    words = wanted.split()
    holding = [each for folded, each in called.items() if words and all(word in folded for word in words)]
    spelt = [] if holding else [called[each] for each in get_close_matches(wanted, called, n=_TITLES_SHOWN)]
    return sorted(holding)[:_TITLES_SHOWN] or spelt
