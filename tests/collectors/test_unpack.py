"""Archives of frames: what they hold comes, what they may not have is refused."""

import lzma
import subprocess
import sys
from pathlib import Path

import pytest
from backports import zstd

from collectors.archive import is_packed, read_blocks
from collectors.unpack import MissingLibraryError, is_missing_for
from soc_agent.errors import SourceError

LINES = b"".join(b"line %d\n" % n for n in range(5000))


def test_an_archive_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xz"
    packer = lzma.LZMACompressor(
        filters=[
            {"id": lzma.FILTER_LZMA2, "dict_size": 1 << 28, "mode": lzma.MODE_FAST, "mf": lzma.MF_HC3, "nice_len": 8}
        ]
    )
    path.write_bytes(packer.compress(b"line\n") + packer.flush())
    with pytest.raises(SourceError, match=r"[Mm]emory"):
        list(read_blocks(path, "plain"))


def test_several_xz_streams_in_one_file_with_padding(tmp_path: Path) -> None:
    path = tmp_path / "x.xz"
    path.write_bytes(lzma.compress(LINES) + b"\0" * 8 + lzma.compress(b"more\n") + b"\0" * 4)
    assert b"".join(block.data for block in read_blocks(path, "plain")) == LINES + b"more\n"


def test_several_zstd_frames_in_one_file_and_some_to_be_skipped(tmp_path: Path) -> None:
    """RFC 8878, section 3.1.2: pzstd writes such frames, and one may begin a file."""
    skipped = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"\0\1\2\3"
    path = tmp_path / "x.zst"
    path.write_bytes(skipped + zstd.compress(LINES) + skipped + zstd.compress(b"more\n") + skipped)
    assert is_packed(path)
    assert b"".join(block.data for block in read_blocks(path, "plain")) == LINES + b"more\n"


def test_a_zstd_archive_that_asks_for_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zst"
    packer = zstd.ZstdCompressor(options={int(zstd.CompressionParameter.window_log): 28})
    path.write_bytes(packer.compress(b"line\n") + packer.flush())
    with pytest.raises(SourceError, match=r"[Mm]emory"):
        list(read_blocks(path, "plain"))


def test_a_bomb_is_unpacked_a_piece_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "x.zst"
    path.write_bytes(zstd.compress(b"\n" * 200_000_000))
    assert path.stat().st_size < 50_000
    sizes = [len(block.data) for block in read_blocks(path, "plain")]
    assert sum(sizes) == 200_000_000
    assert max(sizes) < 2_500_000


def test_without_the_library_it_is_named_and_nothing_else_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "backports.zstd", None)
    monkeypatch.setitem(sys.modules, "compression.zstd", None)
    path = tmp_path / "x.zst"
    path.write_bytes(zstd.compress(LINES))
    with pytest.raises(MissingLibraryError, match=r"soc-agent\[zstd\]"):
        list(read_blocks(path, "plain"))
    assert is_missing_for(str(path))
    assert not is_missing_for("x.gz")


def test_the_library_is_loaded_only_when_it_is_needed() -> None:
    code = "import sys, collectors.archive; sys.exit(any('zstd' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
