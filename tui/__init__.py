"""The console: reads and acts through the store and the layers alone, so it runs wherever the store can be read.

A screen is a file in ``tui/screens/`` and a line in ``tui/registry.py``. All text passes ``tui/outside.py``.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from soc_agent.config import Config
from soc_agent.model.custody import FileKeeper
from soc_agent.model.judging import LineDesk
from soc_agent.model.portal import PortalSeen
from soc_agent.model.tuning import Tuner
from soc_agent.store import Store
from soc_agent.text import say

__all__ = ["run_console"]

NOT_A_TERMINAL = 2


def run_console(
    store_path: Path,
    config: Config,
    *,
    read_only: bool = False,
    status: Callable[[], str] | None = None,
    desk: LineDesk | None = None,
    tuner: Tuner | None = None,
    files: FileKeeper | None = None,
    portals: Callable[[Store], Sequence[PortalSeen]] | None = None,
) -> int:
    """Show the console until the person leaves it; give the exit code.

    ``status`` gives the status line of an agent that runs in this process. ``desk`` reads lines and says what rules
    make of them, ``tuner`` proposes filters: both are called in a thread, and may read the rules for it.
    ``files`` moves files of alerts into quarantine and back. ``portals`` gives how the watched web pages were last
    seen.

    The language is the one in use. Without a terminal on standard input, output and error (Textual draws on the last)
    nothing is started: the exit code is 2, and standard error says why.
    """
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        sys.stderr.write(say("tui.not_a_terminal") + "\n")
        return NOT_A_TERMINAL
    from tui.app import Console

    console = Console(
        store_path, config, read_only=read_only, status=status, desk=desk, tuner=tuner, files=files, portals=portals
    )
    console.run()
    return console.return_code or 0
