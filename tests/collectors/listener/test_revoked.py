"""Revocation lists as openssl writes them, and what is none."""

import ssl
import time
from pathlib import Path

import pytest

from collectors.listener.revoked import Revoked, read_revoked
from collectors.packets.certificate import parse
from tests.collectors.listener.authority import Authority


def der(pem: Path) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pem.read_text())


def test_numbers_and_the_end_of_several_lists(tmp_path: Path) -> None:
    first, second = Authority(tmp_path / "first"), Authority(tmp_path / "second")
    signed = [first.sign("a")[0], first.sign("b")[0], second.sign("c")[0]]
    lists = first.revoke(*signed[:2], days=9).read_bytes() + second.revoke(signed[2], days=3).read_bytes()
    revoked = read_revoked(lists)
    certificates = [parse(der(path)) for path in signed]
    assert revoked.serials == {int(each.serial, 16) for each in certificates if each}
    assert revoked.until is not None
    assert abs(revoked.until - time.time() - 3 * 86_400) < 300


def test_a_list_without_entries_is_a_list(tmp_path: Path) -> None:
    assert read_revoked(Authority(tmp_path).revoke().read_bytes()).serials == frozenset()


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        b"-----BEGIN X509 CRL-----\n!!!\n-----END X509 CRL-----",
        b"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----",
        b"-----BEGIN X509 CRL-----\nMAIwMA==\n-----END X509 CRL-----",
    ],
)
def test_what_is_none_is_said(pem: bytes) -> None:
    with pytest.raises(ValueError, match=r"revocation list|^[0-9]+$"):
        read_revoked(pem)


def test_nothing_is_revoked_where_there_is_no_list() -> None:
    assert Revoked() == (frozenset(), None)
