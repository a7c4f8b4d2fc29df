"""Certificates: against OpenSSL's own reading, in the server's messages whole, split, cut and broken."""

import base64
import ssl
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets import read_capture
from collectors.packets.certificate import parse, server_certificate

DER = base64.b64decode(
    "MIIB+TCCAZ+gAwIBAgIECLsA7jAKBggqhkjOPQQDAjA/MQswCQYDVQQGEwJWTjEWMBQGA1UECgwNU28gVFRUVCwgdGluaDEYMBYG"
    "A1UEAwwPY29uZy5leGFtcGxlLnZuMCAXDTI2MTEyMjAyMjA0MloYDzIxMjYxMDI5MDIyMDQyWjA/MQswCQYDVQQGEwJWTjEWMBQG"
    "A1UECgwNU28gVFRUVCwgdGluaDEYMBYGA1UEAwwPY29uZy5leGFtcGxlLnZuMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElbxL"
    "u/+7fFy8hmZiWJRZhMTCkHrZ4uTkWkPVM5kPyenwwOW7xQ2eD41vn1jqbXISf+mEPu9QQoyuqocIo4Sej6OBhjCBgzAdBgNVHQ4E"
    "FgQUHs+857b2IAzCtql5KyQ2VF2n1v4wHwYDVR0jBBgwFoAUHs+857b2IAzCtql5KyQ2VF2n1v4wDwYDVR0TAQH/BAUwAwEB/zAw"
    "BgNVHREEKTAngg9jb25nLmV4YW1wbGUudm6CDnd3dy5leGFtcGxlLnZuhwQKAAABMAoGCCqGSM49BAMCA0gAMEUCIEn6UHSHbTXt"
    "PrJnQWoA7F4EjxfgUr220lXlSOcDWXxEAiEAqFI3W77xDWFg3WeMvCkNdVEg86u3mU66u6ex6GhwRRQ="
)


def records(*messages: bytes, size: int = 16000) -> bytes:
    data = b"".join(messages)
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)


def message(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def certificates(*ders: bytes) -> bytes:
    listed = b"".join(len(der).to_bytes(3, "big") + der for der in ders)
    return message(11, len(listed).to_bytes(3, "big") + listed)


HELLO = message(2, bytes(40))


def test_what_a_certificate_says() -> None:
    found = parse(DER)
    assert found is not None
    assert found.fingerprint == "34fac8d4e316830bb651cff5b5d5a7e0154af230bf560f5ad96756f1e8a50327"
    assert (found.version, found.serial) == (3, "8BB00EE")
    assert found.subject == found.issuer == "CN=cong.example.vn,O=So TTTT\\, tinh,C=VN"
    assert (found.key_alg, found.sig_alg) == ("id-ecPublicKey", "ecdsa-with-SHA256")
    assert found.dns == ("cong.example.vn", "www.example.vn")


def test_it_agrees_with_openssl(tmp_path: Path) -> None:
    path = tmp_path / "c.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(DER))
    decode: Any = ssl._ssl._test_decode_cert  # type: ignore[attr-defined]
    theirs, ours = decode(str(path)), parse(DER)
    assert ours is not None
    assert int(theirs["serialNumber"], 16) == int(ours.serial, 16)
    assert theirs["version"] == ours.version
    assert ssl.cert_time_to_seconds(theirs["notBefore"]) == ours.not_valid_before
    assert ssl.cert_time_to_seconds(theirs["notAfter"]) == ours.not_valid_after
    assert tuple(name for kind, name in theirs["subjectAltName"] if kind == "DNS") == ours.dns


@pytest.mark.parametrize("size", [1, 7, 100, 16000])
def test_the_first_certificate_of_a_server_over_records_of_any_size(size: int) -> None:
    data = records(HELLO, certificates(DER, b"another"), message(14, b""), size=size)
    assert server_certificate(data) == DER
    with pytest.raises(EOFError):
        server_certificate(data[: len(data) // 2])


def test_what_has_none() -> None:
    assert server_certificate(records(HELLO) + b"\x14\x03\x03\x00\x01\x01") is None
    assert server_certificate(records(HELLO, message(14, b""))) is None
    assert server_certificate(records(certificates())) is None
    assert server_certificate(b"\x15\x03\x03\x00\x02\x02\x28") is None
    assert server_certificate(b"\x16\x03\x03\xff\xff" + HELLO) is None
    assert server_certificate(b"\x16\x03\x03\x10\x00\x0e") is None
    with pytest.raises(EOFError):
        server_certificate(b"")
    assert parse(b"") is None
    assert parse(b"\x30\x03\x30\x01\x00") is None


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DER) - 1), st.integers(0, 255), st.binary(max_size=50))
def test_broken_ones_break_nothing(at: int, byte: int, junk: bytes) -> None:
    changed = DER[:at] + bytes([byte]) + DER[at + 1 :]
    for der in (changed, DER[:at], junk, DER[:at] + junk):
        parse(der)
        try:
            server_certificate(records(HELLO, certificates(der))[: len(DER) - at] + junk)
        except EOFError:
            continue


@pytest.mark.data
def test_real_ones(shared_data: Path) -> None:
    path = shared_data / "pcap" / "tls_heartbleed-success.pcap"
    data = b"".join(block.data for block in read_capture(path))
    assert b'"certificate.subject":"emailAddress=postmaster@lilawelt.de,CN=www.lilawelt.de,C=US"' in data
