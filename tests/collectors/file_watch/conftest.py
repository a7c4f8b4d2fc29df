"""Watches that end with the test, and a folder to drop files into."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.collectors.file_watch.bench import Watched

Start = Callable[..., Watched]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Watched] = []

    def begin(*folders: Path | str, ready: bool = True, **options: object) -> Watched:
        watched = Watched(*folders, **options)  # type: ignore[arg-type]
        running.append(watched)
        if ready:
            watched.until_ready()
        return watched

    yield begin
    for watched in running:
        watched.scanner.gate.set()
        watched.stop()


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder
