"""The keys: no two do different things in one place, and each is spelled as it stands on the keyboard."""

from collections import Counter

import pytest

from tui.keys import ACTING, EVERYWHERE, LISTING, MOVING, OPENING, Key, all_shown, bindings, shown
from tui.registry import VIEWS
from tui.screens.detail import Detail


def clashes(keys: list[Key]) -> list[str]:
    counted = Counter(name for key in keys for name in key.keys.split(","))
    return [name for name, count in counted.items() if count > 1]


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_no_key_means_two_things_on_a_screen(view: object) -> None:
    keys = {key.name: key for key in view.load().KEYS}  # type: ignore[attr-defined]
    numbers = [Key(f"view.{n}", str(n), "") for n in range(1, len(VIEWS) + 1)]
    opens_its_own = any(key.keys == OPENING.keys for key in keys.values())
    moving = [key for key in (*MOVING, *(() if opens_its_own else (OPENING,))) if key.name not in keys]
    assert clashes([*keys.values(), *moving, *EVERYWHERE, *numbers]) == []


def test_no_key_means_two_things_in_the_dossier() -> None:
    assert clashes([*Detail.KEYS, *EVERYWHERE]) == []


def test_keys_are_spelled_as_on_the_keyboard() -> None:
    assert shown(Key("x", "question_mark,f1", "")) == "?"
    assert all_shown(Key("x", "question_mark,f1", "")) == "? F1"
    assert all_shown(Key("x", "q,ctrl+q", "")) == "q ^Q"
    assert shown(Key("x", "f", "")) == "f"
    assert shown(Key("x", "shift+left", "")) == "Shift←"


def test_bindings_carry_names_for_a_keymap() -> None:
    made = bindings(ACTING)
    assert [binding.id for binding in made] == [key.name for key in ACTING]
    assert all(not binding.show for binding in made), "the console draws its own hints"


def test_what_changes_something_is_marked_as_such() -> None:
    assert all(key.acts for key in ACTING)
    assert not any(key.acts for key in (*LISTING, *MOVING, *EVERYWHERE))
