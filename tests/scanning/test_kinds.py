"""Kinds of files, and which rules they can match."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.scanning.kinds import KINDS, externals, kind_of, kinds_of_prefixes, kinds_without


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"MZ\x90\0", "pe"),
        (b"\x7fELF\2", "elf"),
        (b"PK\x03\x04", "document"),
        (b"%PDF-1.7", "document"),
        (b"<?php ec", "text"),
        (b"#!/bin/s", "text"),
        (b"M", "text"),
        (b"", "text"),
    ],
)
def test_a_kind_is_known_by_the_first_bytes(head: bytes, kind: str) -> None:
    assert kind_of(head) == kind


def test_rules_for_one_kind_are_for_that_alone() -> None:
    assert kinds_of_prefixes([b"MZ"]) == {"pe"}
    assert kinds_of_prefixes([b"\x7fELF", b"MZ"]) == {"elf", "pe"}
    assert kinds_of_prefixes([b"PK"]) == {"document", "text"}


PREFIXES = st.one_of(
    st.binary(min_size=1, max_size=4),
    st.sampled_from([magic[:size] for magics in KINDS.values() for magic in magics for size in range(1, 5)]),
)


@given(st.lists(PREFIXES, min_size=1, max_size=3), st.binary(max_size=4))
def test_no_file_that_begins_so_is_of_a_kind_left_out(prefixes: list[bytes], rest: bytes) -> None:
    """The law: what may match is tried."""
    for prefix in prefixes:
        assert kind_of(prefix + rest) in kinds_of_prefixes(prefixes)


def test_rules_that_refuse_programs_are_not_tried_on_them() -> None:
    assert kinds_without(b"MZ") == KINDS.keys() - {"pe"}
    assert kinds_without(b"M") == KINDS.keys() - {"pe"}
    assert kinds_without(b"%PDF") == KINDS.keys()


@given(PREFIXES, st.one_of(PREFIXES, st.binary(max_size=8)))
def test_no_file_that_begins_otherwise_is_of_a_kind_left_out(prefix: bytes, data: bytes) -> None:
    """The law again: what is not refused is tried."""
    assert data.startswith(prefix) or kind_of(data) in kinds_without(prefix)


def test_variables_are_those_of_the_public_sets() -> None:
    assert externals("/srv/www/a.PHP", "www-data", b"<?php") == {
        "filename": "a.PHP",
        "filepath": "/srv/www",
        "extension": ".php",
        "filetype": "PHP",
        "owner": "www-data",
    }


@pytest.mark.parametrize("path", ["/a/b.TXT", "/a/.hidden", "/a/..x", "/a/b.", "/b", "/a/b.tar.gz", "name", "/a/.h.sh"])
def test_names_are_taken_apart_as_everywhere(path: str) -> None:
    found, pure = externals(path, "", b""), PurePosixPath(path)
    assert (found["filename"], found["extension"]) == (pure.name, pure.suffix.lower())
