"""What is known of a watched folder, without threads: what commits together, what comes back."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from collectors.file_watch.folder import Folder
from soc_agent.model import Block


def read_all(folder: Folder, positions: dict[str, bytes]) -> list[Block]:
    blocks = []
    folder.gather()
    while (block := folder.take_block(5)) is not None:
        assert block.position is not None
        positions[block.position.stream_id] = block.position.state
        blocks.append(block)
    return blocks


def test_a_finding_and_that_its_file_was_scanned_are_one_block() -> None:
    """They commit together, so that neither can be there without the other."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    folder.scanned("/srv/a", 2, [b"line 1\n", b"line 2\n"])
    (block,) = read_all(folder, positions)
    assert (block.data, block.offset, block.first_line, block.received_ns) == (b"line 1\nline 2\n", 0, 1, 5)
    again = Folder("/srv", "drop", positions)
    assert again.was_scanned("/srv/a", 2)
    assert not again.was_scanned("/srv/a", 4)
    again.scanned("/srv/a", 4, [b"line 3\n"])
    (block,) = read_all(again, positions)
    assert (block.offset, block.first_line) == (14, 3)


def test_what_was_scanned_together_is_one_block_a_shard() -> None:
    """However many files there were; what comes after waits for the next round, unless its shard is given anyway."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    for number in range(1000):
        folder.scanned(f"/srv/{number}", 2, [])
    assert folder.take_block(5) is None
    assert folder.has_news()
    assert len(read_all(folder, positions)) == 64
    assert not folder.has_news()
    again = Folder("/srv", "drop", positions)
    assert all(again.was_scanned(f"/srv/{number}", 2) for number in range(1000))


def test_nothing_is_read_while_it_is_being_noted_what_was_there() -> None:
    """Half a note would make the other half look new after a kill."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    folder.held = True
    folder.note("/srv/old", 2)
    folder.scanned("/srv/new", 4, [b"line\n"])
    assert not folder.has_news()
    assert folder.take_block(5) is None
    folder.finish(7)
    blocks = read_all(folder, positions)
    assert blocks[-1].stream_id.endswith(":root")
    again = Folder("/srv", "drop", positions)
    assert again.complete
    assert again.is_known("/srv/old", 2)
    assert not again.was_scanned("/srv/old", 2)


def test_a_note_that_was_committed_in_part_is_finished_at_the_next_start() -> None:
    """Shards that were committed are known; in the others what is there is still only noted."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    folder.note("/srv/old", 2)
    read_all(folder, positions)
    again = Folder("/srv", "drop", positions)
    assert not again.complete
    assert not again.is_new_ground("/srv/old")
    assert sum(again.is_new_ground(f"/srv/{number}") for number in range(100)) > 50


def test_a_version_without_identity_is_scanned_again() -> None:
    """What changed while it was scanned is not taken for scanned."""
    folder = Folder("/srv", "drop", {})
    folder.scanned("/srv/a", 2, [])
    folder.scanned("/srv/a", None, [b"line\n"])
    assert not folder.is_known("/srv/a", 2)


def test_files_that_are_gone_are_forgotten() -> None:
    """The table does not grow for ever."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    folder.scanned("/srv/a", 2, [])
    read_all(folder, positions)
    folder.forget_others(set())
    read_all(folder, positions)
    assert not Folder("/srv", "drop", positions).is_known("/srv/a", 2)


def test_folders_of_a_source_do_not_mix() -> None:
    """Each has its own streams."""
    positions: dict[str, bytes] = {}
    one = Folder("/srv", "drop", positions)
    one.scanned("/srv/a", 2, [])
    read_all(one, positions)
    assert not Folder("/var", "drop", positions).is_known("/srv/a", 2)


@given(st.binary(max_size=40))
def test_damaged_positions_are_as_none(noise: bytes) -> None:
    """The store may be damaged; the worst is a second scan."""
    positions: dict[str, bytes] = {}
    folder = Folder("/srv", "drop", positions)
    folder.scanned("/srv/a", 2, [])
    folder.finish(7)
    read_all(folder, positions)
    damaged = Folder("/srv", "drop", dict.fromkeys(positions, noise))
    assert not damaged.complete
    assert damaged.take_block(1) is None
    odd = {key: msgspec.json.encode({"version": 99, "offset": 1, "lines": 1, "table": ""}) for key in positions}
    assert not Folder("/srv", "drop", odd).known_shards
