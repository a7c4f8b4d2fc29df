"""A console on a synthetic store, with a clock that stands."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from soc_agent.store import Store
from tests.tui.stage import Clock, a_config, a_store
from tests.tui.waiting import settled
from tui.app import Console

Opened = tuple[Console, Pilot[int]]
Open = Callable[..., AbstractAsyncContextManager[Opened]]


@pytest.fixture
def clock() -> Clock:
    """Give the clock of agent and console."""
    return Clock()


@pytest.fixture
def store_path(tmp_path: Path, clock: Clock) -> Path:
    """Give a store with a night in it."""
    return a_store(tmp_path / "store.db", clock)


@pytest.fixture
def store(store_path: Path, clock: Clock) -> Any:
    """Give that store, opened as the agent would."""
    with Store.open(store_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def open_console(store_path: Path, clock: Clock) -> Open:
    """Give a function that opens a console of a size, and waits until it shows the store."""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = (120, 40), *, path: Path | None = None, wait: bool = True, **options: Any
    ) -> AsyncIterator[Opened]:
        config = options.pop("config", None) or a_config()
        console = Console(path or store_path, config, clock=clock, **options)
        async with console.run_test(size=size, notifications=True) as pilot:
            if wait:
                await settled(console, pilot)
            yield console, pilot

    return opened
