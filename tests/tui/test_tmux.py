"""The real process in a real terminal: keys come in, the screen goes out, and the terminal stays unharmed."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from soc_agent.store import Store
from tests.tui.hostile import HOSTILE
from tests.tui.stage import Clock, a_store, fill
from tests.tui.test_hostile import hostile_detections

ROOT = Path(__file__).parents[2]
DEADLINE_S = 30.0
PROGRAM = """
import sys, time
from pathlib import Path
from soc_agent.text import use_language
from tests.tui.stage import a_config
from tui import run_console
use_language(sys.argv[2])
sys.exit(run_console(Path(sys.argv[1]), a_config()))
"""

pytestmark = [
    pytest.mark.tmux,
    pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed"),
]


class Terminal:
    """A terminal of our own: a tmux server that nobody else uses."""

    def __init__(self, socket: Path, size: tuple[int, int]) -> None:
        self._socket = socket
        self._size = size

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, "-f", "/dev/null", *words], capture_output=True, text=True, check=True
        )
        return done.stdout

    def start(self, *words: str) -> None:
        width, height = map(str, self._size)
        self.tmux("new-session", "-d", "-x", width, "-y", height, "-c", str(ROOT), *words)

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", *keys)

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p")

    def title(self) -> str:
        return self.tmux("display-message", "-p", "#{pane_title}").strip()

    def until(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline, self.screen()
            time.sleep(0.05)

    def shows(self, text: str) -> None:
        self.until(lambda: text in self.screen())

    def close(self) -> None:
        subprocess.run(["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False)


@pytest.fixture(params=[(80, 24), (160, 50)], ids=["80x24", "160x50"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path / "tmux", request.param)
    yield opened
    opened.close()


def start(terminal: Terminal, store: Path, language: str = "en") -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    program = shlex.join([sys.executable, "-c", PROGRAM, str(store), language])
    terminal.start(
        "env", *(f"{name}={environment[name]}" for name in ("PYTHONPATH", "TERM", "PATH")),
        "sh", "-c", f"{program}; echo left with $?; exec sleep 600",
    )  # fmt: skip


def test_the_screens_can_be_walked_through_and_left(terminal: Terminal, tmp_path: Path) -> None:
    start(terminal, a_store(tmp_path / "store.db", Clock(time.time_ns())))
    terminal.shows("Webshell")
    for key, text in (
        ("2", "status=open"),
        ("3", "NOT LIVE"),
        ("4", "auth"),
        ("5", "T1505"),
        ("6", "lan.nt"),
        ("1", "Webshell"),
    ):
        terminal.press(key)
        terminal.shows(text)
    terminal.press("L")
    terminal.shows("Tổng quan")
    terminal.press("?")
    terminal.shows("Trên màn hình này")
    terminal.press("q")
    terminal.until(lambda: "Trên màn hình này" not in terminal.screen())
    terminal.press("L")
    terminal.shows("Overview")
    terminal.press("Enter")
    terminal.shows("What to do first")
    terminal.press("BSpace")
    terminal.until(lambda: "What to do first" not in terminal.screen())
    terminal.press("2")
    terminal.shows("status=open")
    terminal.press("/")
    terminal.press(" level=critical", "Enter")
    terminal.shows("1 shown")
    terminal.press("q")
    terminal.shows("left with 0")


def test_every_key_can_be_pressed_in_a_real_terminal(terminal: Terminal, tmp_path: Path) -> None:
    start(terminal, a_store(tmp_path / "store.db", Clock(time.time_ns())), "vi")
    terminal.shows("Tổng quan")
    keys = "aoncfupwxsStzbed+-,.vhljkgGrL*"
    for number in "123456":
        for key in keys:
            terminal.press(number)
            terminal.press("-l", key)
        for key in ("Left", "Right", "S-Left", "S-Right", "Up", "Down", "PageUp", "PageDown", "Home", "End", "Space"):
            terminal.press(key)

    def out_of_every_dialog() -> bool:
        terminal.press("Escape")
        time.sleep(0.2)  # a key right after Escape would be one with Alt
        terminal.press("4")
        return "webroot" in terminal.screen()

    terminal.until(out_of_every_dialog)
    assert "left with" not in terminal.screen()


def test_hostile_lines_do_not_reach_the_terminal(terminal: Terminal, tmp_path: Path) -> None:
    clock = Clock(time.time_ns())
    with Store.open(tmp_path / "store.db", clock=clock) as store:
        fill(store, clock, hostile_detections())
    start(terminal, tmp_path / "store.db")
    terminal.shows("Overview")
    before = terminal.title()
    terminal.press("2")
    terminal.shows("status=open")
    for _ in HOSTILE:
        terminal.press("Enter")
        terminal.press("End")
        terminal.press("BSpace")
        terminal.press("Down")
    terminal.press("3")
    terminal.shows("NOT LIVE")
    assert terminal.title() == before
    assert "PWNED" not in terminal.title()
    assert "PWNED" not in terminal.tmux("show-buffer") if terminal.tmux("list-buffers") else True
    terminal.press("q")
    terminal.shows("left with 0")


def test_a_store_that_comes_later(terminal: Terminal, tmp_path: Path) -> None:
    start(terminal, tmp_path / "store.db")
    terminal.shows("soc-agent run")
    a_store(tmp_path / "store.db", Clock(time.time_ns()))
    terminal.shows("Webshell")
