"""Which version of which file was scanned."""

from hypothesis import given
from hypothesis import strategies as st

from collectors.file_watch.table import SHARDS, Table, key_of

identities = st.integers(0, 2**63 - 1).map(lambda number: number * 2)


@given(st.dictionaries(st.integers(0, 2**64 - 1), st.tuples(identities, st.booleans()), max_size=50))
def test_shards_come_back(files: dict[int, tuple[int, bool]]) -> None:
    """16 bytes a file, and nothing else is known afterwards."""
    table, again = Table(), Table()
    for key, (identity, baseline) in files.items():
        table.put(key, identity, baseline=baseline)
    encoded = [table.encode(shard) for shard in range(SHARDS)]
    assert sum(map(len, encoded)) == 16 * len(files)
    assert all(again.load(shard, data) for shard, data in enumerate(encoded))
    assert sorted(again.known_keys()) == sorted(files)
    for key, (identity, baseline) in files.items():
        assert again.knows(key, identity)
        assert again.has_scanned(key, identity) is not baseline
        assert not again.knows(key, identity ^ 2)


def test_bytes_of_something_else_are_refused() -> None:
    """Not whole entries, or those of another shard."""
    assert not Table().load(0, b"x" * 15)
    table = Table()
    table.put(1, 2)
    assert not Table().load(2, table.encode(1))
    assert Table().load(1, table.encode(1))


def test_what_is_forgotten_is_unknown() -> None:
    """Once."""
    table = Table()
    table.put(key_of("/a"), 2)
    assert len(table) == 1
    assert table.forget(key_of("/a"))
    assert not table.forget(key_of("/a"))
    assert not table.knows(key_of("/a"), 2)


def test_paths_spread_over_the_shards() -> None:
    """Also those of any bytes."""
    assert len({key_of(f"/srv/{number}") % SHARDS for number in range(1000)}) == SHARDS
    assert key_of("/srv/\udcff") != key_of("/srv/\udcfe")
