import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.errors import StoreError
from soc_agent.model import Counters, Position
from soc_agent.store import AlertFilter, Store
from soc_agent.store.connection import in_network
from tests.store.making import detection, different, put

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")


def test_the_file_and_its_companions_are_for_their_owner_alone(store: Store, path: Path) -> None:
    put(store, detection())
    for name in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        assert stat.S_IMODE(name.stat().st_mode) == 0o600, name


def test_in_a_folder_for_a_group_the_file_is_for_that_group(tmp_path: Path) -> None:
    """A service keeps it so for those who use the console; whoever opens it first, with whatever mask."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o2770)
    before = os.umask(0o077)
    try:
        with Store.open(folder / "soc.db") as store:
            put(store, detection())
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(("soc.db", "soc.db-wal", "soc.db-shm"), 0o660)


def test_every_commit_is_on_the_disk_before_it_is_acknowledged(store: Store) -> None:
    with store._connections.writing() as conn:
        assert conn.execute("PRAGMA synchronous").fetchone() == (2,)
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert conn.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_closing_leaves_one_file(path: Path) -> None:
    with Store.open(path) as store:
        put(store, detection())
        store.alert_ids()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_closed_store_says_so(path: Path) -> None:
    store = Store.open(path)
    store.close()
    store.close()
    for use in (store.alert_ids, store.version, lambda: put(store, detection())):
        with pytest.raises(StoreError) as caught:
            use()
        assert caught.value.problem.code == "store.closed"


def test_a_reader_of_an_absent_file_is_told_and_makes_none(path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Store.open(path, read_only=True)
    assert caught.value.problem.code == "store.absent"
    assert not path.exists()


def test_a_path_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for bad in (tmp_path / "file" / "a.db", tmp_path):
        with pytest.raises(StoreError) as caught:
            Store.open(bad)
        assert caught.value.problem.code == "store.cannot_open"


def test_a_path_with_signs_that_mean_something_in_an_address(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c%20d" / "đường dẫn.db"
    with Store.open(path) as store:
        put(store, detection())
        assert len(store.alert_ids()) == 1


def test_a_read_only_store_cannot_act(path: Path) -> None:
    with Store.open(path) as store:
        put(store, detection())
    with Store.open(path, read_only=True) as store:
        assert len(store.alert_ids()) == 1
        with pytest.raises(StoreError) as caught:
            store.acknowledge([1], "An")
        assert caught.value.problem.code == "store.read_only"


@pytest.mark.parametrize("damage", ["header", "middle", "text"])
def test_a_damaged_file_is_told_and_left_alone(path: Path, damage: str) -> None:
    with Store.open(path) as store:
        put(store, *different(300))
    data = bytearray(path.read_bytes())
    if damage == "header":
        data[:32] = b"\xff" * 32
    elif damage == "middle":
        data[4096:] = b"\xa5" * (len(data) - 4096)
    else:
        data = bytearray(b"this is not a database, " * 200)
    path.write_bytes(data)
    with pytest.raises(StoreError) as caught, Store.open(path) as store:
        store.alerts(store.alert_ids())
    assert caught.value.problem.code == "store.corrupt"
    assert len(path.read_bytes()) == len(data)


def test_a_file_held_by_another_program_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soc_agent.store.connection._BUSY_TIMEOUT_S", 0.05)
    with Store.open(path) as holder, Store.open(path) as other:
        with holder.transaction(), pytest.raises(StoreError) as caught:
            other.acknowledge([1], "An")
        assert caught.value.problem.code == "store.locked"
        put(other, detection())
        assert len(holder.alert_ids()) == 1


def test_a_transaction_within_a_transaction_is_a_mistake(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction(), store.transaction():
        pass
    put(store, detection())


def test_an_error_of_the_caller_undoes_the_transaction(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as transaction:
            transaction.add_alert(detection())
            transaction.save_position(Position("auth", "1", b"{}"))
            transaction.add_repeat(99, detection(1))

    with pytest.raises(KeyError):
        fail()
    assert not store.alert_ids()
    assert store.positions("auth") == {}
    put(store, detection())
    assert len(store.alert_ids()) == 1


def test_many_threads_read_while_one_writes(store: Store) -> None:
    errors: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                ids = store.alert_ids(AlertFilter.parse("status=open"))
                # what a list named is there, whole, however much is written meanwhile
                assert len(store.alerts(ids)) == len(ids)
                assert store.counts().total >= len(ids)
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(40):
        put(store, *different(5, number * 5))
    done.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(store.alert_ids()) == 200


def test_addresses_lie_in_networks_of_their_own_kind() -> None:
    assert in_network("10.1.2.3", "10.0.0.0/8")
    assert in_network("10.1.2.3", "10.9.9.9/8")
    assert in_network("2001:db8::1", "2001:db8::/32")
    assert not in_network("11.0.0.1", "10.0.0.0/8")
    assert not in_network("2001:db8::1", "10.0.0.0/8")
    assert not in_network("web01", "10.0.0.0/8")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder on a file system of one MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"cannot mount here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@needs_root
def test_a_full_disk_is_told_undoes_all_and_the_same_can_be_tried_again(small_disk: Path) -> None:
    path = small_disk / "a.db"
    with Store.open(path) as store:
        put(store, detection(0))
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(200_000))
        batch = different(400, 1, raw=b"x" * 1000)

        def write() -> None:
            with store.transaction() as transaction:
                for found in batch:
                    transaction.add_alert(found)
                transaction.add_counters("auth", Counters(lines=len(batch)))
                transaction.save_position(Position("auth", "1", b"after"))

        with pytest.raises(StoreError) as caught:
            write()
        assert caught.value.problem.code == "store.full"
        assert len(store.alert_ids()) == 1, "reading goes on"
        assert store.positions("auth") == {}
        subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
        write()
        assert len(store.alert_ids()) == 401
        assert store.positions("auth") == {"1": b"after"}
        assert store.ledger()[0].totals.lines == 400
        assert store.verify_history().ok


@needs_root
def test_a_copy_on_a_medium_that_cannot_be_written_is_read(small_disk: Path) -> None:
    path = small_disk / "a.db"
    with Store.open(path) as store:
        put(store, detection())
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with Store.open(path, read_only=True) as store:
        assert len(store.alert_ids()) == 1
        assert store.verify_history().ok
    with pytest.raises(StoreError) as caught, Store.open(path) as store:
        put(store, detection(1))
    assert caught.value.problem.code in ("store.read_only", "store.cannot_open")
