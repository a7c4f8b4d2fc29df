"""What is doubtful in a register, in networks and in databases is told; what is right is not."""

from pathlib import Path

import pytest

from soc_agent.config import AssetOptions, Config, EnrichmentOptions, NetworkOptions
from soc_agent.enrich.review import OLD_DAYS, review
from soc_agent.errors import describe
from soc_agent.text import LANGUAGES, use_language
from tests.enrich.making import MAXMIND_CITY, write_database

NOW_S = 1_795_000_000
DAY_S = 86_400


def networks(*named: tuple[str, str], internal: bool = True) -> Config:
    return Config(networks=tuple(NetworkOptions(name=name, cidrs=(cidr,), internal=internal) for name, cidr in named))


def codes(config: Config, folder: Path = Path()) -> list[str]:
    return [problem.code for problem in review(config, folder, NOW_S).problems]


def test_a_usual_configuration_is_well() -> None:
    config = networks(("lan", "10.0.0.0/8"), ("dmz", "10.1.0.0/16"), ("own", "203.0.113.0/24"), ("v6", "2001:db8::/32"))
    found = review(config, Path(), NOW_S)
    assert found.problems == ()
    assert found.public == ("203.0.113.0/24", "2001:db8::/32")
    assert found.nested == (("dmz", "lan"),)
    assert review(Config(), Path(), NOW_S).problems == ()


def test_one_range_in_two_networks_is_told() -> None:
    assert codes(networks(("a", "10.0.0.0/8"), ("b", "10.0.0.1/8"))) == ["enrich.same_range"]


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "113.160.0.0/11", "2000::/3"])
def test_a_wide_public_range_inside_is_told(cidr: str) -> None:
    assert codes(networks(("all", cidr))) == ["enrich.wide"]
    assert codes(networks(("all", cidr), internal=False)) == []


def test_assets_that_cannot_be_told_apart_are_told() -> None:
    assets = (
        AssetOptions(name="web01", addresses=("10.0.0.1",)),
        AssetOptions(name="WEB01", addresses=("10.0.0.2",)),
        AssetOptions(name="db01", addresses=("10.0.0.1/32",)),
    )
    assert codes(Config(assets=assets)) == ["enrich.same_name", "enrich.same_address"]


def test_databases_are_looked_at(tmp_path: Path) -> None:
    write_database(tmp_path / "new.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=NOW_S - OLD_DAYS * DAY_S)
    write_database(tmp_path / "old.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, built_s=NOW_S - (OLD_DAYS + 1) * DAY_S)
    (tmp_path / "bad.mmdb").write_bytes(b"bad")

    def state(city: str, asn: str) -> list[str]:
        enrichment = EnrichmentOptions(city_mmdb=city, asn_mmdb=asn)
        found = review(Config(enrichment=enrichment), tmp_path, NOW_S)
        return [problem.code if problem else "" for _, _, problem in found.databases]

    assert state("new.mmdb", "old.mmdb") == ["", "enrich.old"]
    assert state("bad.mmdb", "none.mmdb") == ["enrich.damaged", "enrich.unreadable"]
    assert state("new.mmdb", "new.mmdb") == [""]
    assert state("", "") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_reads_in_both_languages(language: str) -> None:
    use_language(language)
    same_range = networks(("a", "10.0.0.0/8"), ("b", "10.0.0.0/8"), ("c", "0.0.0.0/0"))
    assets = Config(assets=(AssetOptions(name="a", addresses=("::1",)), AssetOptions(name="a", addresses=("::1",))))
    for config in (same_range, assets):
        for problem in review(config, Path(), NOW_S).problems:
            assert "{" not in describe(problem)
