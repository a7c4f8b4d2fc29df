import ssl
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.portals.certificate import read_certificate
from tests.collectors.portals.server import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def der(pem: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem.read_text())


def test_a_certificate_says_whose_it_is_and_until_when(authority: Authority) -> None:
    found = read_certificate(der(authority.certificate("tinh.example.vn", 10)[0]))
    assert found is not None
    assert (found.subject, found.issuer) == ("CN=tinh.example.vn", "O=Ủy ban, CN=Test CA")
    assert found.names == ("tinh.example.vn", "www.tinh.example.vn")
    assert 9.9 * 86_400 < found.not_after_s - time.time() < 10.1 * 86_400
    assert found.not_before_s <= time.time()


def test_a_renewal_with_the_old_key_keeps_the_key(authority: Authority) -> None:
    pem, key = authority.certificate("tinh.example.vn", 20)
    renewed, _ = authority.certificate("tinh.example.vn", 30, key)
    other, _ = authority.certificate("tinh.example.vn", 40)
    first, second, third = (read_certificate(der(each)) for each in (pem, renewed, other))
    assert first
    assert second
    assert third
    assert first.key_sha256 == second.key_sha256 != third.key_sha256
    assert len({first.sha256, second.sha256, third.sha256}) == 3


@given(st.binary(max_size=300))
def test_garbage_is_no_certificate(data: bytes) -> None:
    assert read_certificate(data) is None


def test_a_damaged_certificate_is_none_or_another(authority: Authority) -> None:
    """Every byte of a real one is damaged in turn: never an exception."""
    whole = der(authority.certificate("tinh.example.vn", 50)[0])
    for at in range(len(whole)):
        read_certificate(whole[:at])
        read_certificate(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
