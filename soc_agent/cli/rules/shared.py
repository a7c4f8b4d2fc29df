"""What the commands on rules share: which rules are meant, and one rule by whatever a person calls it."""

from pathlib import Path

import click
from msgspec import Struct

from soc_agent.cli.workspace import SEARCH, Workspace, cache_folder, own_rule_folders, rule_folders
from soc_agent.config import Config, load_config
from soc_agent.detect import RuleSet, load_rules
from soc_agent.errors import ConfigError, RuleError
from soc_agent.model import Problem
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

    def load(self, *, as_run: bool = False) -> RuleSet:
        """Load them; ``as_run``: without those that are disabled."""
        lists = [self.folder / path for path in self.config.rules.lists] if self.config is not None else []
        off = self.disabled if as_run else ()
        return load_rules(self.paths, disabled=off, cache_dir=cache_folder(), lists=lists)


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


def find_rule(rules: RuleSet, name: str, file: Path | None = None) -> str:
    """Give the id of the rule or correlation that ``name`` means.

    That is: its id, its name, its title, the beginning of one of these, or (``file``) that it is the one in a file.
    Case and diacritics do not count.

    :raises RuleError: when there is none, when it may be several, or when the one that is meant does not run.
    """
    if file is not None:
        found = [rule_id for rule_id, info in rules.infos.items() if info.path and Path(info.path) == file]
    else:
        found = _called(rules, fold(name))
    if len(found) == 1:
        return found[0]
    if found:
        titles = [rules.infos[rule_id].title for rule_id in found]
        more = ["…"] if len(titles) > _TITLES_SHOWN else []
        values = {"name": name, "count": len(found), "titles": ", ".join([*titles[:_TITLES_SHOWN], *more])}
        raise RuleError(Problem("rules.explain.several", values=values))
    for refused in rules.refused:
        if Path(refused.path) == file or (file is None and refused.title and fold(refused.title) == fold(name)):
            raise RuleError(
                Problem("rules.explain.refused", values={"title": refused.title or refused.path}), *refused.problems
            )
    raise RuleError(Problem("rules.explain.unknown", values={"name": name}))


def _called(rules: RuleSet, wanted: str) -> list[str]:
    """Give the ids of the rules that go by a folded name: exactly, if any do, else by their beginning."""
    names: dict[str, list[str]] = {rule_id: [rule_id] for rule_id in rules.infos}
    for rule in rules.rules:
        names[rule.info.id].append(rule.name)
    for rule_id, info in rules.infos.items():
        names[rule_id] += [info.title, info.title_vi]
    folded = {rule_id: [fold(each) for each in called if each] for rule_id, called in names.items()}
    exact = [rule_id for rule_id, called in folded.items() if wanted in called]
    return exact or [rule_id for rule_id, called in folded.items() if any(each.startswith(wanted) for each in called)]
