"""The assets: each once, found by name or address, by those of the register and of the sources alike."""

from soc_agent.config import AssetOptions
from soc_agent.layers.register import known_assets
from soc_agent.store import AssetSeen


def seen(host: str, *addresses: str) -> AssetSeen:
    return AssetSeen(host, addresses, 1, 2, ("auth",))


def test_each_host_has_its_entry_and_nothing_is_missing() -> None:
    registered = [
        AssetOptions(name="portal", addresses=("192.0.2.10",)),
        AssetOptions(name="db-01.tinh.example"),
        AssetOptions(name="switches", addresses=("198.51.100.0/28",)),
        AssetOptions(name="gone"),
    ]
    hosts = [seen("web7", "192.0.2.10"), seen("DB-01"), seen("sw1", "not an address", "198.51.100.3"), seen("stranger")]
    found = known_assets(registered, hosts)
    assert [(known.name, known.registered and known.registered.name, known.seen is not None) for known in found] == [
        ("web7", "portal", True),
        ("DB-01", "db-01.tinh.example", True),
        ("sw1", "switches", True),
        ("stranger", None, True),
        ("gone", "gone", False),
    ]
    assert known_assets([], []) == []
