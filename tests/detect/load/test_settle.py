"""What changed in folders, and whether it is finished."""

import os
from pathlib import Path

from soc_agent.detect.load.settle import Look, Settling, Signature, signature_of, signatures

ONE: Signature = (1, 1, 1, 1)
TWO: Signature = (1, 2, 2, 2)
THREE: Signature = (1, 3, 3, 3)


def test_a_change_is_due_when_it_was_seen_twice() -> None:
    settling = Settling({"a": ONE})
    assert settling.look({"a": ONE}) == (Look({"a": ONE}), False)
    assert settling.look({"a": TWO}) == (Look({"a": TWO}, frozenset("a")), False)
    assert settling.look({"a": TWO}) == (Look({"a": TWO}), True)
    assert settling.look({"a": TWO}) == (Look({"a": TWO}), False)


def test_a_file_that_keeps_changing_is_waited_for_and_the_others_are_not() -> None:
    settling = Settling({"a": ONE})
    settling.look({"a": TWO, "b": ONE})
    assert settling.look({"a": THREE, "b": ONE}) == (Look({"a": THREE, "b": ONE}, frozenset("a")), True)
    assert settling.look({"a": THREE, "b": ONE}) == (Look({"a": THREE, "b": ONE}), True)


def test_a_file_that_is_gone_for_one_look_was_only_written_anew() -> None:
    settling = Settling({"a": ONE})
    assert settling.look({}) == (Look({}, frozenset("a")), False)
    assert settling.look({"a": ONE}) == (Look({"a": ONE}), False)
    assert settling.look({}) == (Look({}, frozenset("a")), False)
    assert settling.look({}) == (Look({}), True)
    assert settling.look({}) == (Look({}), False)


def test_rules_lists_and_decoders_are_looked_at_and_what_editors_leave_is_not(tmp_path: Path) -> None:
    below = tmp_path / "rules" / "decoders"
    below.mkdir(parents=True)
    for name in ("a.yml", "b.yaml", "list.txt", ".a.yml.swp", "a.yml~", ".hidden.yml"):
        (below / name).write_text("x")
    (tmp_path / "single.conf").write_text("x")
    os.mkfifo(below / "pipe.yml")
    seen = signatures([tmp_path / "rules", tmp_path / "single.conf", tmp_path / "absent"])
    assert {Path(path).name for path in seen} == {"a.yml", "b.yaml", "list.txt", "single.conf"}


def test_a_look_is_settled_only_while_the_file_is_as_it_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "a.yml"
    path.write_text("a")
    look = Look(signatures([tmp_path]))
    assert look.is_settled(str(path))
    assert not Look(look.files, frozenset({str(path)})).is_settled(str(path))
    path.write_text("ab")
    assert not look.is_settled(str(path))
    path.unlink()
    assert signature_of(str(path)) is None
