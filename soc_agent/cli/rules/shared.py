"""What the commands on rules share: paths that must be there, and a rule by whatever a person calls it."""

from pathlib import Path

import click

from soc_agent.detect import RuleSet
from soc_agent.errors import RuleError
from soc_agent.model import Problem
from soc_agent.text import fold

FOLDER = click.Path(path_type=Path, exists=True)
"""A file or folder of rules, which must be there."""
_TITLES_SHOWN = 5


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
