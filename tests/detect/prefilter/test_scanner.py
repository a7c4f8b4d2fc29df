"""One scan of a block finds every literal, whichever library does it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.detect.prefilter import scanner as prefilter
from soc_agent.detect.prefilter.scanner import (
    NUMBER_BITS,
    Backend,
    Database,
    all_lines,
    available_backend,
    make_scanner,
)

BACKENDS: tuple[Backend, ...] = ("hyperscan", "ahocorasick") if available_backend() == "hyperscan" else ("ahocorasick",)
LITERALS = st.lists(st.sampled_from([b"a", b"ab", b"BA", b"a b", b"\\u00", b"<", b"\xe2\x84\xaa", b"aaa"]), unique=True)
DATA = st.lists(st.sampled_from([b"a", b"A", b"b", b" ", b"\n", b"\\u00e1", b"<", b"\xe2\x84\xaa", b"\xff"])).map(
    b"".join
)


def places(data: bytes, literals: Sequence[bytes]) -> list[tuple[int, int]]:
    low = data.lower()
    return [
        (start + len(literal), number)
        for number, literal in enumerate(literals)
        for start in range(len(data))
        if low.startswith(literal.lower(), start)
    ]


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=DATA, literals=LITERALS)
def test_every_place_of_every_literal_is_found(backend: Backend, data: bytes, literals: list[bytes]) -> None:
    hits = make_scanner(literals, backend).scan(data)
    mask = (1 << NUMBER_BITS) - 1
    assert [(hit >> NUMBER_BITS, hit & mask) for hit in hits] == sorted(places(data, literals))


@given(DATA)
def test_all_lines_are_those_between_newlines(data: bytes) -> None:
    lines = [data[start:end] for start, end in all_lines(data)]
    assert lines == (data.removesuffix(b"\n").split(b"\n") if data else [])


def test_nothing_to_look_for() -> None:
    assert make_scanner([]).scan(b"anything\n") == []


def test_the_fallback_is_chosen_where_hyperscan_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "find_spec", lambda name: None)
    assert available_backend() == "ahocorasick"
    assert type(make_scanner([b"a"])).__name__ == "_AhoCorasick"


@pytest.mark.skipif("hyperscan" not in BACKENDS, reason="there is no Hyperscan to fail")
def test_the_fallback_is_chosen_where_hyperscan_does_not_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import hyperscan

    def fails(literals: Sequence[bytes]) -> None:
        raise hyperscan.ArchitectureError("no SSSE3")

    monkeypatch.setattr(prefilter, "_Hyperscan", fails)
    assert type(make_scanner([b"a"])).__name__ == "_AhoCorasick"
    assert "no SSSE3" in caplog.text


def test_a_scanner_can_be_used_again() -> None:
    scanner = make_scanner([b"a"])
    first = scanner.scan(b"a a\n")
    scanner.scan(b"nothing\n")
    assert len(first) == 2
    assert scanner.scan(b"a a\n") == first


def test_many_literals_are_found_too() -> None:
    literals = [b"literal-%d-" % number for number in range(3_000)]
    scanner = make_scanner(literals)
    assert [hit & ((1 << NUMBER_BITS) - 1) for hit in scanner.scan(b"x literal-7- y LITERAL-2999- z")] == [7, 2999]


@pytest.mark.parametrize("backend", BACKENDS)
@given(data=DATA, literals=LITERALS, known=st.integers(0, 8))
def test_literals_that_come_later_are_found_beside_the_others(
    backend: Backend, data: bytes, literals: list[bytes], known: int
) -> None:
    database = Database(literals[:known], backend)
    scanner = database.with_more(literals)
    assert scanner.scan(data) == make_scanner(literals, backend).scan(data)
    assert (scanner is database.scanner) == (known >= len(literals))
