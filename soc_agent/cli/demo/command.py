"""``soc-agent demo``: agent and console on a synthetic data centre, while an attack is played on its portal."""

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from soc_agent.cli.console import LateDesk, LateTuner, agent_process
from soc_agent.cli.demo.estate import Estate
from soc_agent.cli.demo.story import Stage, play
from soc_agent.cli.filekeeper import StoreFiles
from soc_agent.cli.output import narrate, table, title_in_language
from soc_agent.config import load_config
from soc_agent.layers import layer_states
from soc_agent.model import Alert
from soc_agent.store import Order, Store
from soc_agent.text import current_language, say

SETTLE_STEPS = 120
QUIET_STEPS = 12


@click.command("demo", help=say("cli.demo.help"))
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), help=say("cli.demo.dir"))
@click.option("--speed", type=click.FloatRange(0.1, 20), default=1.0, show_default=True, help=say("cli.demo.speed"))
@click.option("--plain", is_flag=True, help=say("cli.demo.plain"))
def command(folder: Path | None, speed: float, *, plain: bool) -> None:
    """Play the demo; without a terminal, or with ``--plain``, tell it and print the alerts at its end."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    with demo_folder(folder) as place:
        estate = Estate(place)
        estate.build(current_language())
        # the compiled rules, and the folder that scapy makes, stay inside the demo's folder too
        os.environ["XDG_CACHE_HOME"] = str(place / "cache")
        os.environ["XDG_CONFIG_HOME"] = str(place / "settings")
        store_path = place / "soc-agent.db"
        with agent_process(estate.config_path, place / "agent.log"):
            if plain or not terminal:
                _tell(estate, store_path, speed)
            else:
                sys.exit(_show(estate, store_path, speed))


@contextmanager
def demo_folder(named: Path | None) -> Iterator[Path]:
    """Give the folder of the demo: the one named, which stays, or one that goes when the demo ends."""
    if named:
        named.mkdir(parents=True, exist_ok=True)
        yield named.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="soc-agent-demo-") as made:
        yield Path(made)


def _show(estate: Estate, store_path: Path, speed: float) -> int:
    """Play behind the console."""
    from tui import run_console

    stopped = threading.Event()
    player = threading.Thread(
        target=play, args=(Stage(estate), speed, stopped.wait, _say_nothing), name="player", daemon=True
    )
    player.start()
    try:
        config = load_config(estate.config_path)
        desk, tuner = LateDesk(config, estate.folder), LateTuner(config, estate.folder, store_path)
        return run_console(store_path, config, desk=desk, tuner=tuner, files=StoreFiles(store_path))
    finally:
        stopped.set()
        player.join(5.0)


def _say_nothing(scene: str) -> None:
    """On the console, the alerts tell the story."""
    del scene


def _tell(estate: Estate, store_path: Path, speed: float) -> None:
    """Play, tell each scene, and print what came of it."""
    pause = threading.Event()
    play(Stage(estate), speed, pause.wait, lambda name: narrate(say(f"cli.demo.scene.{name}")))
    with Store.open(store_path, read_only=True) as store:
        _settle(store, pause)
        alerts = store.alerts(store.alert_ids(order=Order.TIME, reverse=True))
        rows = [_row(store, alert) for alert in alerts]
        states = layer_states(store, load_config(estate.config_path), _now(store))
    table(
        [say(f"cli.alerts.column.{name}") for name in ("level", "layer", "host", "title", "count")], rows, numbers={4}
    )
    for state in states:
        click.echo(f"{say(f'layers.title.{int(state.layer)}')}: {say(f'layers.health.{state.health.value}')}")


def _row(store: Store, alert: Alert) -> list[str]:
    title = title_in_language(alert.title, store.rule_info(alert.rule_id))
    return [say(f"cli.level.{alert.level.word}"), str(int(alert.layer)), alert.host, title, str(alert.count)]


def _settle(store: Store, pause: threading.Event) -> None:
    """Wait until the agent has nothing more to say: no new history for a while, bounded."""
    seen, quiet = -1, 0
    for _ in range(SETTLE_STEPS):
        seq = store.last_seq()
        quiet = quiet + 1 if seq == seen else 0
        seen = seq
        if quiet >= QUIET_STEPS:
            return
        pause.wait(0.5)


def _now(store: Store) -> int:
    span = store.span()
    return span[1] if span else 0
