"""Kinds of files by their first bytes, and the variables that rules may ask of a file.

A rule that demands certain first bytes (``uint16(0) == 0x5A4D``) cannot match a file that begins otherwise, and one
that refuses them (``!=``) no file that begins so. So the rules for programs of Windows, more than half of public sets,
are not tried on pages, scripts and logs, and rules for scripts not on programs.
"""

from collections.abc import Collection

_FILE_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"PK\x03\x04", "ZIP"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x1f\x8b", "GZIP"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"\xca\xfe\xba\xbe", "JAVACLASS"),
    (b"\xfe\xed\xfa\xce", "MACH-O"),
    (b"\xfe\xed\xfa\xcf", "MACH-O"),
    (b"\xcf\xfa\xed\xfe", "MACH-O"),
    (b"MDMP", "MDMP"),
    (b"<?php", "PHP"),
    (b"<%@", "ASP"),
)
KINDS: dict[str, tuple[bytes, ...]] = {
    "pe": (b"MZ",),
    "elf": (b"\x7fELF",),
    "document": (b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rt", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
    "text": (),
}
"""Each kind with the first bytes by which it is known; ``text`` is what has none of these: pages, scripts, all else."""
ARCHIVES = ("ZIP", "RAR", "7Z", "GZIP")


def kind_of(head: bytes) -> str:
    """Give the kind of a file by its first bytes."""
    return next((kind for kind, magics in KINDS.items() if head.startswith(magics)), "text") if head else "text"


def kinds_of_prefixes(prefixes: Collection[bytes]) -> frozenset[str]:
    """Give the kinds of files that can begin with one of these bytes: none is left out that could."""
    found = set()
    for prefix in prefixes:
        for kind, magics in KINDS.items():
            if any(magic.startswith(prefix) or prefix.startswith(magic) for magic in magics):
                found.add(kind)
        if not any(prefix.startswith(magic) for magics in KINDS.values() for magic in magics):
            found.add("text")
    return frozenset(found)


def kinds_without(prefix: bytes) -> frozenset[str]:
    """Give the kinds of files that can begin with something else than these bytes."""
    return frozenset(
        kind for kind, magics in KINDS.items() if not magics or not all(magic.startswith(prefix) for magic in magics)
    )


def file_type(head: bytes) -> str:
    """Give a word for the first bytes (``ELF``, ``ZIP`` …), or nothing, as the public rule sets mean ``filetype``."""
    return next((word for magic, word in _FILE_TYPES if head.startswith(magic)), "")


def externals(path: str, owner: str, head: bytes) -> dict[str, str]:
    """Give the values of the variables that rules may ask for, in the sense of the public rule sets.

    ``filename`` is the last part of the path, ``filepath`` the folder, ``extension`` the suffix with its dot in lower
    case, ``filetype`` a word for the first bytes or empty.
    """
    folder, _, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    return {
        "filename": name,
        "filepath": folder or "/",
        "extension": (dot + suffix).lower() if stem and suffix else "",
        "filetype": file_type(head),
        "owner": owner,
    }
