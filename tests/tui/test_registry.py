"""The registry: a screen is a file and a line."""

from pathlib import Path

import tui
from tui.registry import VIEWS
from tui.view import View


def test_every_screen_is_a_view_of_its_own_module() -> None:
    for entry in VIEWS:
        loaded = entry.load()
        assert issubclass(loaded, View)
        assert loaded.__module__ == entry.module


def test_names_and_number_keys_are_enough_for_all() -> None:
    assert len({entry.name for entry in VIEWS}) == len(VIEWS) <= 9


def test_every_screen_file_is_listed_or_opened_from_another() -> None:
    folder = Path(tui.__file__).parent / "screens"
    found = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    listed = {entry.module.rpartition(".")[2] for entry in VIEWS}
    assert found - listed == {"banner", "detail", "explained", "judged", "lines", "narrowed", "tuned", "worked"}
