import subprocess
import sys
from pathlib import Path

from soc_agent.model import Position
from soc_agent.store import Store
from tests.store.making import detection, put


def test_the_version_changes_with_every_commit_of_anybody(path: Path) -> None:
    with Store.open(path) as agent, Store.open(path) as console:
        seen = [console.version()]
        assert console.version() == seen[0]
        put(agent, detection(0))
        seen.append(console.version())
        console.acknowledge([1], "An")
        seen.append(console.version())
        with agent.transaction() as transaction:
            transaction.save_position(Position("auth", "1", b"{}"))
        seen.append(console.version())
        assert len(set(seen)) == 4
        console.alert_ids()
        assert console.version() == seen[-1]


def test_an_empty_position_is_forgotten(tmp_path: Path) -> None:
    """A stream that is gone for long is told so: its row goes."""
    with Store.open(tmp_path / "db") as store:
        with store.transaction() as transaction:
            transaction.save_position(Position("auth", "1", b"{}"))
            transaction.save_position(Position("auth", "2", b"{}"))
        with store.transaction() as transaction:
            transaction.save_position(Position("auth", "1", b""))
        assert store.positions("auth") == {"2": b"{}"}


def test_the_last_entry_changes_only_with_the_history(store: Store) -> None:
    put(store, detection(0))
    assert store.last_seq() == 1
    with store.transaction() as transaction:
        transaction.save_position(Position("auth", "1", b"{}"))
    assert store.last_seq() == 1


def test_a_store_that_is_up_to_date_opens_without_the_migration_library(path: Path) -> None:
    Store.open(path).close()
    program = (
        "import sys; from pathlib import Path; from soc_agent.store import Store;"
        f" Store.open(Path({str(path)!r})).close(); sys.exit('sqlite_utils' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
