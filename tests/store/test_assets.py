from soc_agent.store import AssetSeen, Store
from tests.store.making import SECOND, START, Clock


def see(store: Store, *sightings: tuple[str, str, str, int]) -> None:
    with store.transaction() as transaction:
        for host, address, source, time_ns in sightings:
            transaction.see_asset(host, address, source, time_ns)


def test_a_host_gathers_addresses_sources_and_the_times_it_was_seen(store: Store) -> None:
    see(store, ("web01", "10.0.0.2", "auth", START), ("web01", "", "web", START + 5), ("db01", "", "auth", START))
    see(store, ("web01", "10.0.0.1", "auth", START - 7), ("web01", "10.0.0.2", "", START + 3), ("", "10.0.0.3", "x", 1))
    assert store.assets() == [
        AssetSeen("db01", (), START, START, ("auth",)),
        AssetSeen("web01", ("10.0.0.1", "10.0.0.2"), START - 7, START + 5, ("auth", "web")),
    ]


def test_hosts_of_an_earlier_moment(store: Store, clock: Clock) -> None:
    see(store, ("web01", "10.0.0.1", "auth", START))
    clock.pass_s(10)
    see(store, ("web01", "10.0.0.2", "auth", START + 9 * SECOND), ("db01", "", "auth", START))
    assert store.assets(START) == [AssetSeen("web01", ("10.0.0.1",), START, START, ("auth",))]
    assert len(store.assets(START + 10 * SECOND)) == 2
    assert store.assets(START - 1) == []


def test_a_host_that_claims_countless_addresses_stays_bounded(store: Store) -> None:
    for turn in range(3):
        see(store, *(("liar", f"10.{turn}.{n // 256}.{n % 256}", f"s{n % 3}", START) for n in range(1000)))
    (host,) = store.assets()
    assert len(host.addresses) <= 64


def test_a_hostile_name_is_stored(store: Store) -> None:
    see(store, ("a\ud800b", "\ud800", "auth", 10**30))
    assert store.assets() == [AssetSeen("a?b", ("?",), 2**63 - 1, 2**63 - 1, ("auth",))]
