from pathlib import Path

import pytest

from soc_agent.model import HostFacts
from soc_agent.store import Store
from tests.store.making import detection


def test_facts_are_kept_item_by_item_with_since_when(path: Path) -> None:
    now = [1_000]
    with Store.open(path, clock=lambda: now[0]) as store:

        def put(**sections: dict[str, str]) -> None:
            with store.transaction() as transaction:
                transaction.put_facts(HostFacts("web01", sections))

        put(users={"an": "uid=1", "binh": "uid=2"}, ports={"tcp :22": "sshd"})
        now[0] = 2_000
        put(users={"an": "uid=1", "chi": "uid=3"})
        assert store.host_facts("web01") == [
            ("ports", "tcp :22", "sshd", 1_000),
            ("users", "an", "uid=1", 1_000),
            ("users", "chi", "uid=3", 2_000),
        ]
        assert store.host_facts("web01", ["ports"]) == [("ports", "tcp :22", "sshd", 1_000)]
        assert store.hosts() == {"web01": {"ports": 1, "users": 2}}
        put(users={})
        assert store.hosts() == {"web01": {"ports": 1}}


def test_what_does_not_commit_is_not_kept(path: Path) -> None:
    def broken(store: Store) -> None:
        with store.transaction() as transaction:
            transaction.put_facts(HostFacts("web01", {"users": {"an": ""}}))
            transaction.add_repeat(99, detection())

    with Store.open(path) as store:
        with pytest.raises(KeyError):
            broken(store)
        assert store.hosts() == {}


def test_hostile_names_are_bounded(path: Path) -> None:
    with Store.open(path) as store, store.transaction() as transaction:
        transaction.put_facts(HostFacts("h", {"packages": {"x" * 5_000: "y" * 5_000, "\ud800": "\x00"}}))
    with Store.open(path) as store:
        assert max(len(item) for _, item, _, _ in store.host_facts("h")) == 1_000
