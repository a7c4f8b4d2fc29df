"""``soc-agent install --systemd``: the agent as a service, planned, explained, written and undone."""

import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import click

from soc_agent.cli.install import files, manager
from soc_agent.cli.install.files import State, Wanted
from soc_agent.cli.install.image import Image
from soc_agent.cli.install.needs import TEMPORARY, needs_of, own_files
from soc_agent.cli.install.unit import (
    CACHE,
    FOLDERS_PATH,
    LOGS,
    STATE,
    UNIT_PATH,
    USERS_PATH,
    Service,
    folder_lines,
    render,
    unit_lines,
    user_lines,
)
from soc_agent.cli.output import narrate
from soc_agent.cli.workspace import Workspace
from soc_agent.config import Config
from soc_agent.text import make_safe, say

_PATHS = (UNIT_PATH, USERS_PATH, FOLDERS_PATH)
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
_SIZE = re.compile(r"[1-9][0-9]*[KMGT]?|[1-9][0-9]?%|100%|infinity")
_SHARE = re.compile(r"[1-9][0-9]*%")
ROOT = Path("/")


@click.command("install", help=say("cli.install.help"))
@click.option("--systemd", is_flag=True, required=True, help=say("install.option.systemd"))
@click.option("--dry-run", is_flag=True, help=say("install.option.dry_run"))
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=ROOT,
    help=say("install.option.root"),
)
@click.option("--user", default="soc-agent", show_default=True, help=say("install.option.user"))
@click.option("--program", help=say("install.option.program"))
@click.option("--memory-max", default="1G", show_default=True, help=say("install.option.memory_max"))
@click.option("--cpu-quota", default="100%", show_default=True, help=say("install.option.cpu_quota"))
@click.option("--now", is_flag=True, help=say("install.option.now"))
@click.option("--force", is_flag=True, help=say("install.option.force"))
@click.option("--undo", is_flag=True, help=say("install.option.undo"))
@click.option("--yes", "-y", is_flag=True, help=say("install.option.yes"))
@click.pass_obj
def command(  # each is an option of its own
    workspace: Workspace,
    root: Path,
    user: str,
    program: str | None,
    memory_max: str,
    cpu_quota: str,
    *,
    systemd: bool,
    dry_run: bool,
    now: bool,
    force: bool,
    undo: bool,
    yes: bool,
) -> None:
    """Say what would be written, then write it; or take it back."""
    del systemd
    forms = ((user, _USER, "--user"), (memory_max, _SIZE, "--memory-max"), (cpu_quota, _SHARE, "--cpu-quota"))
    for value, form, name in forms:
        if not form.fullmatch(value):
            raise click.BadParameter(say("install.bad_value", value=make_safe(value)), param_hint=name)
    image = Image(root)
    if undo:
        _undo(image, dry_run=dry_run, force=force, yes=yes)
        return
    service = plan(workspace, image, user, program, memory_max, cpu_quota)
    wanted = wanted_files(service)
    _show(wanted, image, manager.steps(root, now=now), whole=dry_run)
    for line in _remarks(service, workspace.config, image):
        narrate(line)
    if dry_run:
        narrate(say("install.dry_run"))
        return
    _agree(yes=yes)
    written = files.write(wanted, image, force=force)
    for step in manager.steps(root, now=now):
        if not manager.run(step):
            narrate(say("install.not_run", command=" ".join(step), program=step[0]))
    narrate(say("install.done", count=len(written)))
    if not now:
        narrate(say("install.next"))


def plan(
    workspace: Workspace, image: Image, user: str, program: str | None, memory_max: str, cpu_quota: str
) -> Service:
    """Work out the service for a configuration.

    :raises ConfigError: when there is none, or it is wrong.
    """
    config_path = image.inside(workspace.config_path)
    config = workspace.config
    needs = needs_of(config, config_path.parent, image)
    made = (STATE, CACHE, LOGS)
    own = [path for path in needs.writes if not any(path.is_relative_to(folder) for folder in made)]
    return Service(
        program=(program,) if program else _program(),
        config=config_path,
        store=config_path.parent / config.store.path,
        user=user,
        memory_max=memory_max,
        cpu_quota=cpu_quota,
        needs=needs,
        interpreter=Path("/usr" if program else sys.base_prefix),
        folders=tuple(path for path in own if _may_be_ours(path, image, user)),
    )


def wanted_files(service: Service) -> list[Wanted]:
    """Give the files of a service."""
    parts = (unit_lines(service), user_lines(service), folder_lines(service))
    return [Wanted(path, render(lines)) for path, lines in zip(_PATHS, parts, strict=True)]


def _program() -> tuple[str, ...]:
    """Give the command of this installation, as a path that stays."""
    script = Path(sys.executable).parent / "soc-agent"
    return (str(script),) if script.exists() else (sys.executable, "-m", "soc_agent")


def _may_be_ours(path: Path, image: Image, user: str) -> bool:
    """Say whether a folder may be given to the service: it is not there yet, or was given to it before."""
    return image.owner(path) in (None, user)


def _show(wanted: Iterable[Wanted], image: Image, steps: Iterable[list[str]], *, whole: bool) -> None:
    for file in wanted:
        state = files.look(file, image)
        narrate(f"{say(f'install.state.{state.value}')}  {image.at(file.path)}")
        if whole and state in (State.ABSENT, State.SAME):
            click.echo(f"## {file.path}\n{file.content}")
        elif state in (State.OLDER, State.CHANGED):
            for line in files.difference(file, image).splitlines():
                click.echo(make_safe(line))
    for step in steps:
        narrate(f"{say('install.state.run')}  {' '.join(step)}")


def _remarks(service: Service, config: Config, image: Image) -> Iterable[str]:
    """Say what a person should know of this plan."""
    for name, path in (("program", Path(service.program[0])), ("interpreter", service.interpreter)):
        if image.log_group_for(path) != "":
            yield say(f"install.remark.{name}", path=path, user=service.user)
    if not service.store.is_relative_to(STATE):
        yield say("install.remark.store", path=service.store, folder=STATE)
    for path in (service.config, *own_files(config, service.config.parent)):
        if image.log_group_for(path, (service.user,)) is None:
            yield say("install.remark.own_file", path=path, user=service.user)
    for path in (Path(service.program[0]), service.config, service.store):
        if any(path.is_relative_to(place) for place in TEMPORARY):
            yield say("install.remark.temporary", path=path)
    for path in service.needs.writes:
        if not _may_be_ours(path, image, service.user):
            yield say("install.remark.not_ours", path=path, user=service.user)


def _agree(*, yes: bool) -> None:
    """Ask a person who is there; a script that says ``install`` means it."""
    if not yes and sys.stdin.isatty():
        click.confirm(say("install.go_on"), abort=True, err=True)


def _undo(image: Image, *, dry_run: bool, force: bool, yes: bool) -> None:
    there = [path for path in _PATHS if os.path.lexists(image.at(path))]
    if not there:
        narrate(say("install.nothing_to_undo"))
        return
    steps = list(manager.undoing(image.root)) if UNIT_PATH in there else []
    for step in steps:
        narrate(f"{say('install.state.run')}  {' '.join(step)}")
    for path in there:
        narrate(f"{say('install.state.remove')}  {image.at(path)}")
    if dry_run:
        narrate(say("install.dry_run"))
        return
    _agree(yes=yes)
    files.check_removable(there, image, force=force)
    for step in steps:
        if not manager.run(step):
            narrate(say("install.not_run", command=" ".join(step), program=step[0]))
    files.remove(there, image)
    if manager.is_booted(image.root):
        manager.run(["systemctl", "daemon-reload"])
    narrate(say("install.undone", state=STATE, cache=CACHE, logs=LOGS))
