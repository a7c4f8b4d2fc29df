from pathlib import Path

import pytest

from soc_agent.decode.linetypes import LINE_TYPES
from soc_agent.decode.load import load_decoders
from soc_agent.errors import describe
from soc_agent.model import Problem
from soc_agent.text import use_language

GOOD = "name: good\ndescription: d\nprograms: [good]\npatterns:\n  - match: '(?P<a>.*)'\n"


def load(folder: Path, **files: str | bytes) -> tuple[list[str], list[Problem]]:
    for name, text in files.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.yml").write_bytes(data)
    decoders, problems = load_decoders([folder], LINE_TYPES)
    return [decoder.name for decoder in decoders], problems


@pytest.mark.parametrize(
    ("text", "code", "line", "key"),
    [
        ("name: [", "decode.not_yaml", 2, ""),
        ("", "decode.empty", 0, ""),
        (b"name: x\ndescription: \xff\n", "decode.not_utf8", 2, ""),
        ("name: x\ndescription: d\nprograms: [x]\ncolour: red\n", "decode.bad_value", 4, "colour"),
        (
            "name: x\ndescription: d\nprograms: [x]\npatterns:\n  - match: 7\n",
            "decode.bad_value",
            5,
            "patterns[0].match",
        ),
        (
            "name: x\ndescription: d\nprograms: [x]\npatterns:\n  - match: a\n  - match: (?=b)\n",
            "decode.bad_pattern",
            6,
            "patterns[1].match",
        ),
        ("name: x\ndescription: d\nprograms: [x]\nprefix: (\n", "decode.bad_pattern", 4, "prefix"),
        ("name: x\ndescription: d\n", "decode.no_candidates", 0, ""),
        ("name: x\ndescription: d\nparent: morse\nprograms: [x]\n", "decode.unknown_type", 3, "parent"),
        ("name: x\ndescription: d\nprograms: [x]\npayload: [morse]\n", "decode.unknown_type", 4, "payload"),
        ("name: x\ndescription: d\nprograms: [x]\ncasts: {port: int}\n", "decode.no_such_group", 4, "casts.port"),
        ("name: x\ndescription: &d d\nprograms: &p [x]\nfind: *p\n", "decode.not_yaml", 3, ""),
        ("- a\n- b\n", "decode.bad_value", 1, ""),
        ("7", "decode.bad_value", 1, ""),
    ],
)
def test_a_bad_file_is_named_with_line_and_key_and_the_rest_runs(
    tmp_path: Path, text: str | bytes, code: str, line: int, key: str
) -> None:
    names, problems = load(tmp_path, bad=text, good=GOOD)
    assert names == ["good"]
    [problem] = problems
    assert problem.code == code
    assert problem.where.file == str(tmp_path / "bad.yml")
    assert (problem.where.line, problem.where.key) == (line, key)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_problem_has_its_words(tmp_path: Path, language: str) -> None:
    _, problems = load(tmp_path, bad="name: x\ndescription: d\nparent: morse\nprograms: [x]\n")
    use_language(language)
    assert "morse" in describe(problems[0])
    assert "syslog" in describe(problems[0])


def test_a_file_that_is_too_big_is_not_read(tmp_path: Path) -> None:
    names, problems = load(tmp_path, big=GOOD + "#" * 1024 * 1024)
    assert (names, [problem.code for problem in problems]) == ([], ["decode.too_big"])


def test_a_missing_folder_is_a_problem(tmp_path: Path) -> None:
    decoders, problems = load_decoders([tmp_path / "none"], LINE_TYPES)
    assert (decoders, [problem.code for problem in problems]) == ([], ["decode.unreadable"])


def test_one_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(GOOD)
    decoders, problems = load_decoders([tmp_path / "one.yml"], LINE_TYPES)
    assert ([decoder.name for decoder in decoders], problems) == (["good"], [])
    assert decoders[0].path == str(tmp_path / "one.yml")


def test_a_name_stands_once_in_a_folder(tmp_path: Path) -> None:
    names, problems = load(tmp_path, a=GOOD, b=GOOD)
    assert names == ["good"]
    assert [(problem.code, problem.where.key) for problem in problems] == [("decode.duplicate", "name")]


def test_a_later_folder_replaces_a_decoder(tmp_path: Path) -> None:
    for name, program in (("ours", "old"), ("theirs", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.yaml").write_text(f"name: x\ndescription: d\nprograms: [{program}]\n")
    decoders, problems = load_decoders([tmp_path / "ours", tmp_path / "theirs"], LINE_TYPES)
    assert [decoder.definition.programs for decoder in decoders] == [("new",)]
    assert problems == []


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("name: [")
    assert load(tmp_path, good=GOOD) == (["good"], [])
