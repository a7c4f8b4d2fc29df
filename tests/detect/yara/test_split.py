"""YARA source taken apart: never a rule lost, never a kind of file left out that a rule can match."""

import re
import tarfile
from pathlib import Path

import pytest
import yara
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect.yara.split import split
from soc_agent.scanning.kinds import KINDS, externals, kind_of
from soc_agent.scanning.server import EXTERNALS, Rules

WHOLE: tuple[str, ...] = ()


def names(source: str) -> list[str]:
    return [rule.identifier for rule in yara.compile(source=source, externals=EXTERNALS) if not rule.is_private]


def kinds(source: str) -> list[tuple[str, ...]]:
    return [found for _, found in split("n", source, names(source)).rules]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("uint16(0) == 0x5A4D", ("pe",)),
        ("0x5a4d == uint16( 0 ) and filesize < 2MB", ("pe",)),
        ("uint32be(0) == 0x7F454C46", ("elf",)),
        ("int8(0) == 60", ("text",)),
        ("filesize < 5 and ((uint16(0) == 0x5a4d or uint32(0) == 0x464c457f) and #a > 2)", ("elf", "pe")),
        ("(uint16(0) == 0x5a4d and $a) or (uint32(0) == 0x464c457f)", ("elf", "pe")),
        ("uint16(0) == 0x5a4d or $a", WHOLE),
        ("not uint16(0) == 0x5a4d", WHOLE),
        ("not (uint16(0) == 0x5a4d)", WHOLE),
        ("uint16(1) == 0x5a4d", WHOLE),
        ("uint16(0) == 0x5a4d + 1", WHOLE),
        ("uint16(0) != 0x5a4d", ("document", "elf", "text")),
        ("$a and uint16(0) != 0x5a4d and 0x7F454C46 != uint32be(0)", ("document", "text")),
        ("uint16(0) != 0x5a4d or uint32be(0) != 0x7F454C46", WHOLE),
        ("uint16(0) == 0x5a4d and uint16(0) != 0x5a4d", ("none",)),
        ("uint8(0) != 0x4d", ("document", "elf", "text")),
        ("uint32(0) != 0x00905a4d", WHOLE),
        ("int16(0) != 0x5a4d", WHOLE),
        ("uint32be(0) != 0x25504446", WHOLE),
        ("not uint16(0) != 0x5a4d", WHOLE),
        ("uint16(uint32(0x3c)) == 0x4550", WHOLE),
        ("for any i in (0..2) : (uint16(0) == 0x5a4d)", WHOLE),
        ("for all of them : ($ at 0) and uint16(0) == 0x5a4d", ("pe",)),
        ("$a or $b and uint16(0) == 0x5a4d", WHOLE),
        ("uint8(0) == 256", WHOLE),
    ],
)
def test_what_a_condition_demands_of_the_first_bytes(condition: str, wanted: tuple[str, ...]) -> None:
    named = "".join(f'${name} = "{name}" ' for name in "ab" if re.search(rf"[$#]{name}\b", condition))
    named = named or ('$ = "a" ' if "them" in condition else "")
    assert kinds(f"rule r {{ {'strings: ' if named else ''}{named}condition: {condition} }}") == [wanted]


def test_rules_are_taken_apart_whatever_they_hold() -> None:
    """Braces in strings, comments, expressions and hex; imports in the middle."""
    source = """import "pe" // rule x { condition: true }
    /* } rule y { */
    rule one : tag { meta: a = "} rule z {" strings: $h = { 4D 5A ( 01 | 02 ) [2-4] /* } */ ?? } $r = /a{2}\\/}/ nocase
        condition: uint16(0) == 0x5A4D and any of them }
    import "math"
    private rule two { condition: math.entropy(0, filesize) > 7 }
    rule three { strings: $a = "\\"}" condition: uint32(0) == 0x464c457f and two and $a }
    """.replace("/* } */", "")
    assert kinds(source) == [("pe",), WHOLE, ("elf",)]
    pieces = split("n", source, names(source))
    again = "\n".join([pieces.head, *(text for text, _ in pieces.rules)])
    assert names(again) == ["one", "three"]


@pytest.mark.parametrize(
    "source",
    [
        "global rule g { condition: filesize < 10 } rule r { condition: uint16(0) == 0x5a4d }",
        "rule aa { condition: uint16(0) == 0x5a4d } rule ab { condition: true } rule r { condition: any of (a*) }",
    ],
)
def test_rules_that_lean_on_others_stay_whole(source: str) -> None:
    assert all(found == WHOLE for found in kinds(source))


def test_a_rule_that_another_asks_for_is_always_there() -> None:
    source = "rule a { condition: uint16(0) == 0x5a4d } rule b { condition: not a }"
    assert kinds(source) == [WHOLE, WHOLE]


HEADS = st.sampled_from(
    [b"MZ", b"\x7fELF", b"%PDF", b"PK\x03\x04", b"PK\x05\x06", b"<?php", b"M", b"", b"\xd0\xcf\x11\xe0"]
)
ATOMS = st.sampled_from(
    [
        *("uint16(0) == 0x5a4d", "uint32(0) == 0x464c457f", "uint32be(0) == 0x25504446", "uint16(0) == 0x4b50"),
        *("filesize < 6", "filesize > 1", '"x" == filename', "uint8(0) == 0x4d", "0x3f3c == uint16(0)"),
        *("uint16(0) != 0x5a4d", "0x7f454c46 != uint32be(0)", "uint8(0) != 0x4d", "int8(0) != 0xd0"),
    ]
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"not ({text})"),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(CONDITIONS, HEADS, st.binary(max_size=6))
def test_the_rules_for_its_kind_say_of_a_file_what_all_rules_say(condition: str, head: bytes, rest: bytes) -> None:
    """The law."""
    source, data = f"rule r {{ condition: {condition} }}", head + rest
    everything = yara.compile(source=source, externals=EXTERNALS)
    chosen = Rules([split("n", source, ["r"])]).of(kind_of(data[:8]))
    variables = externals("/srv/x", "root", data[:8])
    assert bool(everything.match(data=data, externals=variables)) == bool(
        chosen is not None and chosen.match(data=data, externals=variables)
    )


@pytest.mark.data
def test_a_large_public_set_is_taken_apart_without_loss(shared_data: Path, tmp_path: Path) -> None:
    """Every rule is in some set, each set compiles, and far fewer are tried on a page than on a program."""
    with tarfile.open(shared_data / "signature-base-yara.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    pieces, total = [], 0
    for path in sorted(tmp_path.rglob("*.yar")):
        source = path.read_text("utf-8-sig")
        pieces.append(split(str(path), source, names(source)))
        total += sum(1 for _ in yara.compile(source=source, externals=EXTERNALS))
    rules = Rules(pieces)
    found = {kind: {(each.identifier, str(each.meta)) for each in rules.of(kind)} for kind in KINDS}
    assert sum(1 for _ in rules._compile("")) == total
    assert len(set.union(*found.values())) == len({(each.identifier, str(each.meta)) for each in rules._compile("")})
    assert len(found["text"]) < 0.6 * total
