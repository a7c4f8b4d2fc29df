"""What is inside archives is given out, and what is beyond a bound, or cannot be read, is named."""

import bz2
import gzip
import io
import lzma
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.scanning.archives import Bounds, Inside

BOUNDS = Bounds(depth=4, members=100, bytes=8 * 1024 * 1024)
NOISE = random.Random(1).randbytes(300_000)


def look(data: bytes, bounds: Bounds = BOUNDS, title: str = "f", late: Callable[[], bool] = lambda: False) -> Inside:
    inside = Inside(bounds, late)
    found.clear()
    found.extend(inside.members(data, title))
    return inside


found: list[tuple[str, bytes]] = []


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_gives_its_files(method: int) -> None:
    """Folders are none; big and empty ones are whole."""
    members = {"a.php": b"<?php", "d/": b"", "d/noise": NOISE, "d/none": b""}
    assert look(zipped(members, method)).beyond == {}
    assert dict(found) == {name: content for name, content in members.items() if not name.endswith("/")}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_stream_gives_what_it_stands_for(pack: Callable[[bytes], bytes]) -> None:
    """Under the name without its ending; streams one after another are one file; garbage behind them is none."""
    content = NOISE + b"x" * 100_000
    ending = {gzip.compress: "gz", bz2.compress: "bz2", lzma.compress: "xz"}[pack]
    assert look(pack(content) + pack(b"more"), title=f"/srv/shell.php.{ending}").beyond == {}
    assert found == [("shell.php", content + b"more")]
    look(pack(content) + b"\0" * 512)
    assert found == [("f", content)]


def test_archives_in_archives() -> None:
    """A document in a tar in a gzip: each level has its name before it."""
    data = gzip.compress(tarred({"up/a.docx": zipped({"word/vbaProject.bin": b"macro"}), "b": b"text"}))
    assert look(data, title="/srv/x.tar.gz").beyond == {}
    names = [name for name, _ in found]
    assert names == ["x.tar", "x.tar/up/a.docx", "x.tar/up/a.docx/word/vbaProject.bin", "x.tar/b"]
    assert found[2][1] == b"macro"


def test_a_zip_behind_a_program_is_found() -> None:
    """It is known by its end."""
    look(b"MZ" + NOISE + zipped({"a": b"hello"}))
    assert found == [("a", b"hello")]
    assert look(b"text with PK\x05\x06 in it, and more than twenty bytes behind").beyond == {}
    assert found == []


def test_each_bound_is_named_with_where_it_was_reached() -> None:
    nested = zipped({"deep": b"x"})
    for level in range(5):
        nested = zipped({str(level): nested})
    assert look(nested).beyond == {"depth": "4/3/2/1"}
    assert look(zipped({str(n): b"" for n in range(150)})).beyond == {"members": "100"}
    assert len(found) == 100
    assert look(zipped({str(n): NOISE for n in range(50)})).beyond == {"bytes": "27"}
    assert 27 <= len(found) <= 28
    assert look(zipped({"bomb": b"\0" * 7_000_000})).beyond == {"ratio": "bomb"}
    clock = count()
    assert look(zipped({str(n): b"x" for n in range(10)}), late=lambda: next(clock) > 5).beyond.keys() == {"time"}


def test_a_bomb_costs_no_more_than_its_bounds() -> None:
    """A stream that grows without end, and a tar that says that it does."""
    bomb = gzip.compress(gzip.compress(b"\0" * 400_000_000, 9), 9)
    assert "ratio" in look(bomb).beyond or "bytes" in look(bomb).beyond
    assert sum(len(content) for _, content in found) < 10_000_000
    sparse = io.BytesIO()
    with tarfile.open(fileobj=sparse, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("huge")
        info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.size": str(10**12), "GNU.sparse.numblocks": "0"}
        info.pax_headers["GNU.sparse.map"] = f"{10**12 - 1},0"
        archive.addfile(info)
    assert look(sparse.getvalue()).beyond.keys() <= {"ratio", "bytes", "damaged"}
    assert sum(len(content) for _, content in found) < 10_000_000


def test_what_is_encrypted_or_of_another_format_is_named() -> None:
    data = bytearray(zipped({"secret": b"x" * 20, "open": b"y"}))
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    assert look(bytes(data)).beyond == {"encrypted": "secret"}
    assert found == [("open", b"y")]
    data = bytearray(zipped({"odd": b"x"}))
    data[data.index(b"PK\x01\x02") + 10] = 99
    assert look(bytes(data)).beyond == {"format": "odd"}
    assert look(b"7z\xbc\xaf\x27\x1c" + NOISE, title="/srv/x.7z").beyond == {"format": "x.7z"}
    assert look(b"Rar!\x1a\x07\x01\x00" + NOISE, title="/srv/x.rar").beyond == {"format": "x.rar"}


def test_a_wrong_check_sum_hides_nothing() -> None:
    """Programs that unpack may overlook it."""
    data = bytearray(zipped({"a": b"hello" * 100}))
    crc = struct.pack("<I", zlib.crc32(b"hello" * 100))
    assert data.count(crc) == 2
    assert look(bytes(data.replace(crc, b"\1\2\3\4"))).beyond == {}
    assert found == [("a", b"hello" * 100)]


@pytest.mark.parametrize(
    "whole",
    [zipped({"a": NOISE}), gzip.compress(NOISE), bz2.compress(NOISE), lzma.compress(NOISE), tarred({"a": NOISE})],
)
def test_what_is_cut_short_is_said_to_be_damaged(whole: bytes) -> None:
    """And what is there of it is given."""
    inside = look(whole[: len(whole) // 2])
    assert list(inside.beyond) == ["damaged"]
    assert found == [] or NOISE.startswith(found[0][1])


def test_names_of_any_bytes_are_text() -> None:
    look(tarred({"a\udcff\nb": b"x"}))
    assert found == [("a\\udcff\nb", b"x")]


def test_archives_without_end() -> None:
    """However often it is packed, it ends at the bound."""
    data = b"x"
    for _ in range(50):
        data = gzip.compress(data)
    assert look(data).beyond.keys() == {"depth"}
    assert len(found) == BOUNDS.depth


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=20))
def test_hostile_bytes_never_raise(which: int, changes: list[tuple[int, int]]) -> None:
    """Whatever is changed in an archive, looking into it ends, within its bounds."""
    members = {"a": b"hello" * 50, "b.zip": zipped({"c": b"x" * 500})}
    data = bytearray(
        [zipped(members), tarred(members), gzip.compress(tarred(members)), lzma.compress(zipped(members))][which]
    )
    for at, value in changes:
        data[at % len(data)] = value
    look(bytes(data))
    assert len(found) <= BOUNDS.members
