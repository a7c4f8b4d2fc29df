"""YARA rules from files: broken ones are named, the rest runs."""

import tarfile
from pathlib import Path

import pytest

from soc_agent.detect.yara.rules import load_yara
from soc_agent.errors import describe
from soc_agent.text import use_language

GOOD = 'rule good { strings: $a = "malicious" condition: $a }\n'


def write(folder: Path, **files: str | bytes) -> None:
    for name, text in files.items():
        (folder / f"{name}.yar").write_bytes(text if isinstance(text, bytes) else text.encode())


def test_broken_files_are_named_with_their_line_and_the_rest_runs(tmp_path: Path) -> None:
    """One bad rule never disarms the others."""
    write(
        tmp_path,
        good=GOOD,
        identifier="rule a { condition: true }\n\nrule b { condition: nothing }\n",
        syntax="rule a {\n condition:\n}\n",
        module='import "moon"\nrule a { condition: true }',
        include='\ninclude "/etc/passwd"\nrule a { condition: true }',
        latin='// fine\nrule a { strings: $a = "caf\u00e9" condition: $a }'.encode("latin-1"),
    )
    rules = load_yara([tmp_path])
    assert [info.title for info in rules.infos.values()] == ["good"]
    assert rules.compiled.match(data=b"malicious")
    found = {(Path(p.where.file).stem, p.where.line): p.code for p in rules.problems}
    assert found == {
        ("identifier", 3): "yara.syntax",
        ("syntax", 3): "yara.syntax",
        ("module", 1): "yara.syntax",
        ("include", 2): "yara.include",
        ("latin", 2): "yara.not_utf8",
    }
    for language in ("en", "vi"):
        use_language(language)
        assert any('undefined identifier "nothing"' in describe(problem) for problem in rules.problems)


def test_two_files_may_use_the_same_names(tmp_path: Path) -> None:
    """Each file is a namespace; the ids differ by the file."""
    write(tmp_path, one=GOOD, two=GOOD)
    rules = load_yara([tmp_path])
    assert sorted(rules.infos) == ["yara:one.good", "yara:two.good"]
    assert {match.namespace for match in rules.compiled.match(data=b"malicious")} == {
        str(tmp_path / "one.yar"),
        str(tmp_path / "two.yar"),
    }


def test_an_id_that_is_used_twice_is_said(tmp_path: Path) -> None:
    """Two rules with one id would fold into each other."""
    rule = 'rule r { meta: id = "same" condition: true }'
    write(tmp_path, one=rule, two=rule)
    rules = load_yara([tmp_path])
    assert sorted(rules.infos) == ["same", "yara:two.r"]
    (problem,) = rules.problems
    assert problem.code == "yara.duplicate_id"
    assert "`yara:two.r`" in describe(problem)


def test_slow_strings_are_warned_of_and_run(tmp_path: Path) -> None:
    """The author hears of them; nothing else changes."""
    write(tmp_path, slow="rule s {\n strings:\n  $a = /.*/\n condition: $a }")
    rules = load_yara([tmp_path])
    assert rules.problems == []
    assert {(problem.code, problem.where.line) for problem in rules.warnings} == {("yara.slow", 3)}
    assert rules.compiled is not None


def test_public_rules_find_the_variables_they_ask_for(tmp_path: Path) -> None:
    """The public sets assume these five."""
    condition = 'filename == "a" and filepath == "b" and extension == "c" and filetype == "d" and owner == "e"'
    write(tmp_path, external=f"rule e {{ condition: {condition} }}")
    assert load_yara([tmp_path]).problems == []


def test_private_rules_are_not_listed(tmp_path: Path) -> None:
    """They are parts of others and never match for themselves."""
    write(tmp_path, private="private rule p { condition: true }\nrule r { condition: p }")
    assert [info.title for info in load_yara([tmp_path]).infos.values()] == ["r"]


def test_text_of_rules_may_be_vietnamese(tmp_path: Path) -> None:
    """`title_vi` is UTF-8, with or without a byte order mark."""
    write(tmp_path, vi='\ufeffrule r { meta: title_vi = "Mã độc tống tiền" condition: true }')
    assert [info.title_vi for info in load_yara([tmp_path]).infos.values()] == ["Mã độc tống tiền"]


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    """Nothing to load is no error; a path that is gone is said; other files are not for YARA."""
    (tmp_path / "sigma.yml").write_text("title: x")
    rules = load_yara([tmp_path, tmp_path / "sigma.yml", tmp_path / "gone"])
    assert rules.compiled is None
    assert [problem.code for problem in rules.problems] == ["yara.unreadable"]


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A dangling name in the folder does not stop the rest."""
    write(tmp_path, good=GOOD)
    rules = load_yara([tmp_path, tmp_path / "gone.yar"])
    assert len(rules.infos) == 1
    assert "No such file" in describe(rules.problems[0])


def test_a_huge_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Size is bounded."""
    monkeypatch.setattr("soc_agent.detect.yara.rules._FILE_CAP_BYTES", 10)
    write(tmp_path, good=GOOD)
    assert [problem.code for problem in load_yara([tmp_path]).problems] == ["yara.too_big"]


@pytest.mark.data
def test_the_public_rule_set_loads(shared_data: Path, tmp_path: Path) -> None:
    """A large public set compiles as a whole."""
    with tarfile.open(shared_data / "signature-base-yara.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    rules = load_yara([tmp_path])
    assert len(rules.infos) > 5500
    assert {problem.code for problem in rules.problems} <= {"yara.duplicate_id"}
