"""Rule files as YAML: bounded, without duplicate keys, every fault with its line."""

import pytest

from soc_agent.detect.load.documents import (
    DEPTH_CAP,
    NODES_CAP,
    NUMBER_CAP_CHARS,
    SIZE_CAP_BYTES,
    Document,
    documents_of,
)
from soc_agent.errors import describe
from soc_agent.model import Problem


def read(text: str | bytes) -> list[Document | Problem]:
    return list(documents_of(text if isinstance(text, bytes) else text.encode(), "x.yml"))


def problem(text: str | bytes) -> Problem:
    *_, last = read(text)
    assert isinstance(last, Problem)
    assert describe(last).startswith("x.yml")
    return last


def test_several_documents_with_their_lines() -> None:
    found = read("---\ntitle: a\n---\n\ntitle: b\n---\n")
    assert [(d.tree, d.line) for d in found if isinstance(d, Document)] == [({"title": "a"}, 2), ({"title": "b"}, 5)]


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    (document,) = read(b"\xef\xbb\xbftitle: a\n")
    assert isinstance(document, Document)
    assert document.tree == {"title": "a"}


def test_places_of_words() -> None:
    (document,) = read("title: a\ndetection:\n  s:\n    f|foo: bar\n  condition: s\n")
    assert isinstance(document, Document)
    assert document.line_of("|foo") == 4
    assert document.line_of("nowhere", "condition") == 5
    assert document.line_of("nowhere") == 1


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\nb: [1\n", "rule.not_yaml", 3),
        ("a: 1\n\tb: 2\n", "rule.not_yaml", 2),
        ("a: 1\nb: 2\na: 3\n", "rule.duplicate_key", 3),
        ("a:\n  b: 2\n  b: 3\n", "rule.duplicate_key", 3),
        ("- a\n- b\n", "rule.not_a_rule", 1),
        ("just text\n", "rule.not_a_rule", 1),
        ("1: a\n", "rule.not_a_rule", 1),
        (b"a: 1\nb: \xff\n", "rule.not_utf8", 2),
        ("a: !!python/object:os.system x\n", "rule.not_yaml", 1),
        ("a: 2026-13-45\n", "rule.not_yaml", 1),
        ("a: *nowhere\n", "rule.not_yaml", 1),
        ("a: \x00\n", "rule.not_yaml", 0),
    ],
)
def test_faults_are_named_with_their_line(text: str | bytes, code: str, line: int) -> None:
    found = problem(text)
    assert (found.code, found.where.line) == (code, line)


def test_what_stands_before_a_fault_is_read() -> None:
    good, bad = read("title: a\n---\nb: [\n")
    assert isinstance(good, Document)
    assert isinstance(bad, Problem)


def test_a_fault_in_one_document_leaves_the_next() -> None:
    bad, good = read("a: 1\na: 2\n---\ntitle: b\n")
    assert isinstance(bad, Problem)
    assert isinstance(good, Document)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_does_not_end_the_process(opening: str) -> None:
    assert problem("a:\n  " + opening * 100_000).code in {"rule.too_deep", "rule.not_yaml"}


def test_nesting_is_bounded() -> None:
    text = "a: " + "[" * DEPTH_CAP + "]" * DEPTH_CAP + "\n# " + "x" * 5_000
    assert problem(text).code == "rule.too_deep"


def test_size_is_bounded() -> None:
    assert problem(b"#" * (SIZE_CAP_BYTES + 1)).code == "rule.too_big"


def test_nothing_in_an_empty_file() -> None:
    assert read("") == []
    assert read("# only a comment\n") == []


def test_merged_keys_are_no_duplicates() -> None:
    (document,) = read("a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n")
    assert isinstance(document, Document)
    assert document.tree["b"] == {"k": 2}


def test_merge_keys_do_not_multiply_without_end() -> None:
    levels = "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}], k{n}: x}}\n" for n in range(1, 40))
    assert problem(f"a0: &a0 {{k0: x}}\n{levels}").code == "bounds.nodes"


def test_merge_keys_merge() -> None:
    (document,) = read("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n")
    assert isinstance(document, Document)
    assert document.tree["b"] == {"x": 1, "y": 3}


def test_numbers_are_read_unless_they_are_too_long_to_be() -> None:
    (document,) = read("a: [7, -1.5, 0x1f, 0b11, 1:30, 1e3, .inf]\n")
    assert isinstance(document, Document)
    assert document.tree["a"] == [7, -1.5, 31, 3, 90, "1e3", float("inf")]
    assert problem(f"a: {'9' * (NUMBER_CAP_CHARS + 1)}\n").code == "bounds.number"


def test_parts_are_counted_document_by_document() -> None:
    half = f"a: [{'x, ' * (NODES_CAP // 2)}x]\n"
    assert all(isinstance(found, Document) for found in read(f"{half}---\n{half}---\n{half}"))
    assert problem(f"a: [{'x, ' * NODES_CAP}x]\n").code == "bounds.nodes"
