"""Database files: opened late, taken anew when replaced, and one clear problem when they are missing or damaged."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from soc_agent.enrich.databases import About, Database, Databases
from soc_agent.enrich.place import NOWHERE, Place
from soc_agent.enrich.prefixes import Address, address_of
from tests.enrich.making import MAXMIND_ASN, MAXMIND_CITY, write_database


def at(text: str) -> Address:
    address = address_of(text)
    assert address is not None
    return address


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return write_database(tmp_path / "city.mmdb", {"1.52.0.0/14": MAXMIND_CITY, "2405:4800::/32": MAXMIND_CITY})


def test_two_files_complete_each_other(city: Path, tmp_path: Path) -> None:
    asn = write_database(tmp_path / "asn.mmdb", {"1.52.0.0/15": MAXMIND_ASN}, kind="GeoLite2-ASN")
    databases = Databases([city, asn])
    assert databases.find(at("1.52.1.1")) == Place("VN", 7552, "Viettel Group", 21.03, 105.85)
    assert databases.find(at("1.55.1.1")) == Place("VN", latitude=21.03, longitude=105.85)
    assert databases.find(at("2405:4800::1")).country == "VN"
    assert databases.find(at("8.8.8.8")) == NOWHERE
    assert databases.problems() == []


def test_nothing_is_opened_before_it_is_asked(city: Path) -> None:
    """A start without alerts does without the library."""
    code = (
        "import sys; from pathlib import Path; from soc_agent.enrich import Databases\n"
        f"databases = Databases([Path({str(city)!r})]); print('maxminddb' in sys.modules)\n"
        "from ipaddress import ip_address; print(databases.find(ip_address('1.52.1.1')).country)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "VN"]


def test_a_file_put_in_place_of_another_is_taken(city: Path) -> None:
    databases = Databases([city])
    assert databases.find(at("1.52.1.1")).country == "VN"
    write_database(city, {"1.52.0.0/14": {"country": {"iso_code": "LA"}}})
    assert databases.find(at("1.52.1.1")).country == "LA"


def test_a_missing_file_is_a_problem_until_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "city.mmdb"
    databases = Databases([path])
    for _ in range(3):
        assert databases.find(at("1.52.1.1")) == NOWHERE
    assert [(p.code, p.where.file) for p in databases.problems()] == [("enrich.unreadable", str(path))]
    write_database(path, {"1.52.0.0/14": MAXMIND_CITY})
    assert databases.find(at("1.52.1.1")).country == "VN"
    assert databases.problems() == []


def test_a_file_that_is_taken_away_is_told_and_still_answers(city: Path) -> None:
    databases = Databases([city])
    assert databases.find(at("1.52.1.1")).country == "VN"
    city.unlink()
    assert databases.find(at("1.52.1.1")).country == "VN"
    assert [p.code for p in databases.problems()] == ["enrich.unreadable"]


@pytest.mark.parametrize("data", [b"", b"no database", b"\xab\xcd\xefMaxMind.com", bytes(100_000)])
def test_a_damaged_file_is_a_problem_and_the_rest_answers(data: bytes, city: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.mmdb"
    damaged.write_bytes(data)
    databases = Databases([damaged, city])
    assert databases.find(at("1.52.1.1")).country == "VN"
    assert [p.code for p in databases.problems()] == ["enrich.damaged"]


def test_a_damaged_file_in_place_of_a_good_one_is_told_and_the_old_one_answers(city: Path) -> None:
    databases = Databases([city])
    assert databases.find(at("1.52.1.1")).country == "VN"
    city.with_suffix(".bad").write_bytes(b"nothing")
    os.replace(city.with_suffix(".bad"), city)  # noqa: PTH105 - as tools do it
    assert databases.find(at("1.52.1.1")).country == "VN"
    assert [p.code for p in databases.problems()] == ["enrich.damaged"]


def test_nothing_of_a_file_that_was_written_over_is_read_any_more(city: Path) -> None:
    """Its pages may be gone: reading them would end the process."""
    databases = Databases([city])
    assert databases.find(at("1.52.1.1")).country == "VN"
    city.write_bytes(b"")
    assert databases.find(at("1.52.1.1")) == NOWHERE
    assert databases.find(at("1.53.1.1")) == NOWHERE
    assert [p.code for p in databases.problems()] == ["enrich.damaged"]


def test_bytes_that_are_wrong_anywhere_never_fail(city: Path, tmp_path: Path) -> None:
    """Neither an exception nor, as readers in C have done, the end of the process."""
    chance, whole = random.Random(1), city.read_bytes()
    damaged = 0
    for number in range(300):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 20])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            data = data[: chance.randrange(len(data))] + whole[-200:]
        path = tmp_path / f"{number}.mmdb"
        path.write_bytes(data)
        databases = Databases([path])
        for text in ("1.52.1.1", "1.55.255.255", "8.8.8.8", "2405:4800::1", "::1"):
            databases.find(at(text))
        damaged += bool(databases.problems())
    assert damaged > 30


def test_a_database_of_ipv4_alone_knows_no_ipv6(tmp_path: Path) -> None:
    path = write_database(tmp_path / "four.mmdb", {"1.52.0.0/14": MAXMIND_CITY}, ip_version=4)
    databases = Databases([path])
    assert databases.find(at("2405:4800::1")) == NOWHERE
    assert databases.find(at("1.52.1.1")).country == "VN"
    assert databases.problems() == []


def test_a_database_says_what_it_is_and_when_it_was_built(tmp_path: Path) -> None:
    path = write_database(tmp_path / "a.mmdb", {"1.52.0.0/14": MAXMIND_ASN}, kind="GeoLite2-ASN", built_s=1_700_000_000)
    assert Database(path).about() == About("GeoLite2-ASN", 1_700_000_000)
    assert Database(tmp_path / "none.mmdb").about() is None
