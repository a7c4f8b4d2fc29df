"""The scan of a block."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.indicators.scan import BlockScan, ScanData, lines_of
from tests.detect.indicators.making import indicators_of


def test_places_become_lines() -> None:
    block = b"one\ntwo\nthree"
    assert lines_of(block, [0, 1, 5, 12]) == [0, 4, 8]
    assert lines_of(block, []) == []
    assert lines_of(b"", []) == []


@given(st.binary(max_size=300))
def test_any_block_can_be_scanned(block: bytes) -> None:
    scan = BlockScan(ScanData())
    places = scan.places(block)
    assert places == sorted(set(places))
    assert all(0 <= place < len(block) for place in places)


@pytest.mark.parametrize("hidden", [b"%2e", b"%41", b"\\u002e", b"\\u0041", b"\\u003a"])
def test_a_line_with_hidden_characters_is_looked_at(hidden: bytes) -> None:
    assert BlockScan(ScanData()).places(b"one\nt" + hidden + b"\n") != []


@pytest.mark.parametrize(
    "plain", [b"%20", b"%2F", b"%3A", b"\\u0026", b"\\u003c", b"\\u00e9", b"\\u1ea1", b"100%", b"\\"]
)
def test_other_escapes_cost_nothing(plain: bytes) -> None:
    assert BlockScan(ScanData()).places(b"one\nt" + plain + b"\n") == []


def test_a_quiet_block_has_no_candidates(tmp_path: Path) -> None:
    """Neither times, versions, paths nor the addresses of others look like those of the list."""
    lists = "203.0.113.9\nevil.com\n2001:db8::5\n" + "a1" * 32
    listed = indicators_of(tmp_path, lists)
    block = (
        b'192.0.2.1 - - [20/Nov/2026:08:14:03 +0700] "GET /a.php?x=%20 HTTP/1.1" 200 5 "-" "Chrome/130.0.0.0"\n'
        b"Nov 20 08:14:03 web01 sshd[7]: Accepted publickey for x from 192.0.2.9 port 22 ssh2: ED25519 SHA256:k\n"
        b'{"Hashes":"SHA256=' + b"b2" * 32 + b",MD5=" + b"c3" * 16 + b'","Computer":"pc1.tinh.com","v6":"2400::1"}\n'
    ) * 50
    assert listed.lines(block) == []
    assert listed.lines(block + b"from 203.0.113.9\n" + block) == [len(block)]
