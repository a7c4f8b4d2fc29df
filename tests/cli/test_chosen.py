"""The alerts that a command acts on."""

from pathlib import Path

import pytest

from soc_agent.cli.chosen import act_on, actor_of, find_alert
from soc_agent.cli.workspace import Workspace
from soc_agent.errors import StoreError
from soc_agent.store import Store
from tests.store.making import different, put


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "config.yaml").write_text("store: {path: soc.db}\nconsole: {user: truc-ban}\n")
    with Store.open(tmp_path / "soc.db") as store:
        put(store, *different(2))
    return Workspace(tmp_path / "config.yaml", "en")


def test_an_alert_is_found_by_number_and_by_uid(workspace: Workspace) -> None:
    with Store.open(workspace.store_path) as store:
        second = find_alert(store, "2")
        assert find_alert(store, second.uid.hex()[:8]) == second
        with pytest.raises(StoreError):
            find_alert(store, "77")


def test_all_are_found_before_anything_is_done(workspace: Workspace) -> None:
    done: list[list[int]] = []

    def act(store: Store, ids: object) -> int:
        del store
        done.append(list(ids))  # type: ignore[call-overload]
        return 0

    act_on(workspace, ["1", "2"], act)
    with pytest.raises(StoreError):
        act_on(workspace, ["1", "77"], act)
    assert done == [[1, 2]]


def test_the_person_is_the_one_named_else_that_of_the_configuration(workspace: Workspace) -> None:
    assert actor_of(workspace, "lan.nt") == "lan.nt"
    assert actor_of(workspace, "") == "truc-ban"
