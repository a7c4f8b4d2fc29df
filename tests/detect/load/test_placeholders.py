"""Placeholders are filled from lists of one's own; without a list the rule is named, and nothing else suffers."""

from pathlib import Path
from typing import Any

import pytest

from soc_agent.detect import RuleSet, ir, load_rules
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.load import placeholders as module
from soc_agent.detect.load.placeholders import Lists, read_lists
from soc_agent.errors import describe
from soc_agent.model import Where
from tests.detect.making import rule_text, view_of


def folder_of(where: Path, **files: str) -> Path:
    """Make a folder of lists: the name of a file with ``_`` for its dot, and its content."""
    made = where / "placeholders"
    made.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (made / f"{stem}.{suffix}").write_text(text, "utf-8")
    return made


def loaded(where: Path, detection: str, **files: str) -> RuleSet:
    rules = where / "rules"
    folder_of(rules, **files)
    (rules / "rule.yml").write_text(rule_text(detection), "utf-8")
    return load_rules([rules], cache_dir=where / "cache")


def matches(where: Path, detection: str, fields: dict[str, Any], **files: str) -> bool:
    rules = loaded(where, detection, **files)
    assert rules.problems == ()
    return compile_rule(rules.rules[0])(view_of(fields))


def test_a_text_file_is_a_list_of_its_lines(tmp_path: Path) -> None:
    lists = read_lists([folder_of(tmp_path, Servers_txt="# ours\nweb-01\n\n  web-02  \nweb-01\n")])
    assert lists.of("servers") == lists.of("Servers") == ("web-01", "web-02")
    assert lists.of("others") == ()
    assert lists.names() == ["servers"]


def test_a_yaml_file_holds_lists_by_name(tmp_path: Path) -> None:
    lists = read_lists([folder_of(tmp_path, all_yml="Ports: [22, 3389]\nAdmin: root\nEmpty:\n")])
    assert lists.of("ports") == ("22", "3389")
    assert lists.of("admin") == ("root",)
    assert lists.of("empty") == ()
    assert lists.problems == []


def test_lists_of_one_name_are_joined(tmp_path: Path) -> None:
    folders = [folder_of(tmp_path / "a", S_txt="one"), folder_of(tmp_path / "b", s_txt="two\none")]
    assert read_lists(folders).of("S") == ("one", "two")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("[a, b]", "placeholder.malformed"),
        ("A: {b: c}", "placeholder.malformed"),
        ("A: [true]", "placeholder.malformed"),
        ("A: [", "placeholder.unreadable"),
    ],
)
def test_what_is_no_list_is_named(tmp_path: Path, content: str, code: str) -> None:
    (problem,) = read_lists([folder_of(tmp_path, x_yml=content)]).problems
    assert problem.code == code
    assert "x.yml" in describe(problem)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "a.txt").write_bytes(b"\xff\xfe\x00")
    (folder / "b.txt").write_text("good")
    lists = read_lists([folder])
    assert [problem.code for problem in lists.problems] == ["placeholder.unreadable"]
    assert lists.of("b") == ("good",)


def test_a_list_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VALUES_CAP", 3)
    monkeypatch.setattr(module, "SIZE_CAP_BYTES", 100)
    folder = folder_of(tmp_path, many_txt="a\nb\nc\nd", big_txt="x" * 101, good_txt="a")
    lists = read_lists([folder, tmp_path / "nowhere"])
    assert sorted(problem.code for problem in lists.problems) == [
        "placeholder.no_such_folder",
        "placeholder.too_big",
        "placeholder.too_many",
    ]
    assert lists.names() == ["good"]


def test_the_digest_is_that_of_the_values() -> None:
    one, other = Lists(), Lists()
    one.add("S", ["a"], Where())
    other.add("s", ["a", "b"], Where())
    assert one.digest("s") != other.digest("s")
    assert one.digest("nothing") == b""


@pytest.mark.parametrize(
    ("detection", "value", "expected"),
    [
        ("f|expand: '%S%'", "WEB-01", True),
        ("f|expand: '%S%'", "db-77", True),
        ("f|expand: '%S%'", "web-011", False),
        ("f|expand: '%S%.local'", "web-01.local", True),
        ("f|expand: '%S%.local'", "web-01", False),
        ("f|contains|expand: '%S%'", "the web-01 here", True),
        ("f|contains|expand: '%S%'", "nothing", False),
        ("f|expand: '%S%-%T%'", "web-01-b", True),
        ("f|expand: '%S%-%T%'", "web-01-c", False),
        ("f|expand: ['%S%', 'x']", "x", True),
        ("f|re|expand: '^%S%$'", "web-01", True),
        ("f|re|expand: '^%D%$'", "a.b", True),
        ("f|re|expand: '^%D%$'", "aXb", False),
        # a value means the same in an expression, wildcards too
        ("f|re|expand: '^%W%$'", "srv-07", True),
        ("f|re|expand: '^%W%$'", "xsrv-07", False),
        ("f|re|expand: '^%W%$'", "a*b", True),
        ("f|re|expand: '^%W%$'", "axb", False),
        ("f|cased|expand: '%S%'", "WEB-01", False),
    ],
)
def test_a_placeholder_stands_for_each_value(tmp_path: Path, detection: str, value: str, *, expected: bool) -> None:
    lists = {"S_txt": "web-01\ndb-*\n", "T_txt": "a\nb", "D_txt": "a.b", "W_txt": "srv-*\na\\*b"}
    assert matches(tmp_path, f"selection:\n  {detection}", {"f": value}, **lists) is expected


def test_an_escaped_wildcard_of_a_list_is_a_sign(tmp_path: Path) -> None:
    assert matches(tmp_path, "selection:\n  f|expand: '%S%'", {"f": "a*"}, S_txt="a\\*")
    assert not matches(tmp_path, "selection:\n  f|expand: '%S%'", {"f": "ab"}, S_txt="a\\*")


def test_what_fills_a_placeholder_is_one_of_several_also_with_all(tmp_path: Path) -> None:
    rules = loaded(tmp_path, "selection:\n  f|contains|all|expand: ['%S%', z]", S_txt="a\nb")
    item = rules.rules[0].selections["selection"]
    assert isinstance(item, ir.Item)
    assert item.all
    assert [type(test) for test in item.tests] == [ir.AnyOf, ir.Text]


def test_without_a_list_the_rule_says_which_is_missing_and_where_it_belongs(tmp_path: Path) -> None:
    rules = loaded(tmp_path, "selection:\n  f|expand: ['%S%', '%T%', '%U%']", S_txt="a", T_txt="# none yet\n")
    (problem,) = rules.problems
    assert problem.code == "rule.placeholder"
    assert "T, U" in describe(problem)
    assert "`T.txt`" in describe(problem)
    (refused,) = rules.refused
    assert (refused.title, refused.problems) == ("Test", (problem,))


def test_a_selection_that_no_condition_names_needs_no_list(tmp_path: Path) -> None:
    rules = loaded(tmp_path, "selection: {f: 1}\nunused:\n  g|expand: '%S%'")
    assert rules.problems == ()


def test_a_rule_that_grows_beyond_measure_is_refused(tmp_path: Path) -> None:
    values = "\n".join(f"v{number}" for number in range(200))
    rules = loaded(tmp_path, "selection:\n  f|expand: '%S%%S%%S%'", S_txt=values)
    assert [problem.code for problem in rules.problems] == ["rule.invalid"]


def test_filters_are_filled_too(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    folder_of(rules, Own_txt="10.0.0.*")
    (rules / "rule.yml").write_text(rule_text("selection: {f: 1}"))
    (rules / "filter.yml").write_text(
        "title: F\nlogsource: {product: linux}\n"
        "filter:\n  rules: any\n  own:\n    ip|expand: '%own%'\n  condition: not own\n"
    )
    (rule,) = load_rules([rules]).rules
    predicate = compile_rule(rule)
    assert predicate(view_of({"f": 1, "ip": "192.0.2.1"}))
    assert not predicate(view_of({"f": 1, "ip": "10.0.0.7"}))


def test_the_cache_sees_that_a_list_changed(tmp_path: Path) -> None:
    detection = "selection:\n  f|expand: '%S%'"
    assert loaded(tmp_path, detection).rules == ()
    assert compile_rule(loaded(tmp_path, detection, S_txt="a").rules[0])(view_of({"f": "a"}))
    changed = compile_rule(loaded(tmp_path, detection, S_txt="b").rules[0])
    assert changed(view_of({"f": "b"}))
    assert not changed(view_of({"f": "a"}))
    (tmp_path / "rules" / "placeholders" / "S.txt").unlink()
    assert [problem.code for problem in loaded(tmp_path, detection).problems] == ["rule.placeholder"]


def test_lists_are_no_rules_and_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = folder_of(tmp_path / "elsewhere", S_txt="a", more_yml="T: [b]")
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "rule.yml").write_text(rule_text("selection:\n  f|expand: ['%S%', '%T%']"))
    found = load_rules([rules], lists=[elsewhere])
    assert (len(found.rules), found.problems) == (1, ())
    assert load_rules([rules, elsewhere]).problems == ()
