"""The way to the store: threads of its own, a store that may be absent, and an orderly end."""

import asyncio
import threading
from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.store import Store
from tests.tui.stage import Clock
from tui.reading import Reader


async def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    reader = Reader(path)
    assert not await reader.open()
    assert not reader.is_open
    reader.close()
    with pytest.raises(StoreError):
        Store.open(path, read_only=True)


async def test_what_is_no_store_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"no database at all, but long enough" * 50)
    reader = Reader(tmp_path / "store.db")
    with pytest.raises(StoreError):
        await reader.open()
    reader.close()


async def test_jobs_run_outside_the_thread_of_the_screen(store_path: Path) -> None:
    reader = Reader(store_path)
    assert await reader.open()
    here = threading.get_ident()
    slow = await reader.ask(lambda store: (threading.get_ident(), store.counts().total))
    quick = await reader.ask(lambda _: threading.get_ident(), quick=True)
    assert here not in (slow[0], quick)
    assert slow[0] != quick
    assert slow[1] > 0
    reader.close()
    assert not reader.is_open


async def test_a_long_question_does_not_hold_up_a_quick_one(store_path: Path) -> None:
    reader = Reader(store_path)
    await reader.open()
    gate = threading.Event()
    long = asyncio.ensure_future(reader.ask(lambda _: gate.wait(20)))
    assert await reader.ask(lambda store: store.version(), quick=True) is not None
    assert not long.done()
    gate.set()
    assert await long
    reader.close()


async def test_read_only_refuses_to_write(store_path: Path, clock: Clock) -> None:
    reader = Reader(store_path, read_only=True, clock=clock)
    await reader.open()
    key = await reader.ask(lambda store: store.alert_ids()[0])

    def act(store: Store) -> int:
        return store.acknowledge([key], "lan.nt")

    with pytest.raises(StoreError):
        await reader.ask(act)
    reader.close()
