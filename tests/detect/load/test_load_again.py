"""Rules loaded again and again: only what changed is read, and what went wrong does not take the place of what runs."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soc_agent.detect import Engine, StateChange
from soc_agent.detect.load import rule_files
from soc_agent.detect.load.settle import Look, signatures
from soc_agent.detect.load.shelf import Shelf
from soc_agent.model import Detection
from tests import product
from tests.detect.making import block_of, context_of
from tests.end_to_end.running import GROUP_RULE, LINE_RULE

ID = "00000000-0000-4000-8000-00000000000"
"""With the letter of a rule it is the rule's id."""
MANY, OTHER = "e", "f"
RULE = (
    f"title: {{0}}\nid: {ID}{{0}}\nname: n-{{0}}\nlogsource: {{{{product: linux}}}}\n"
    "detection: {{s: {{f: {1}}}, condition: s}}\n"
)
COUNT = (
    f"title: {MANY}\nid: {ID}{MANY}\ncorrelation:"
    " {{type: event_count, rules: [n-{0}], group-by: [host], timespan: 1h, condition: {{gte: 3}}}}\n"
)


class Folder:
    """A folder of rules, and the shelf that loads it."""

    def __init__(self, path: Path) -> None:
        self.path = path / "rules"
        self.path.mkdir()
        self.shelf = Shelf(cache_dir=path / "cache")

    def write(self, name: str, text: str) -> None:
        (self.path / f"{name}.yml").write_text(text, "utf-8")

    def remove(self, name: str) -> None:
        (self.path / f"{name}.yml").unlink()

    def load(self, look: Look | None = None) -> dict[str, object]:
        """Load again; give the value of the field ``f`` by rule."""
        rules = self.shelf.load([self.path], look=look)
        return {rule.info.title: str(rule.selections["s"]) for rule in rules.rules} | {
            spec.info.title: spec.rule_ids for spec in rules.correlations
        }

    def codes(self) -> list[str]:
        return [problem.code for problem in self.shelf.load([self.path]).problems]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path)
    made.write("a", RULE.format("a", 1))
    made.write("b", RULE.format("b", 1))
    made.load()
    return made


def test_only_what_changed_is_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    true = rule_files.read_file

    def counted(path: Path, *rest: object) -> object:
        read.append(path.name)
        return true(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("soc_agent.detect.load.shelf.read_file", counted)
    folder.load()
    assert read == []
    folder.write("a", RULE.format("a", 2))
    folder.write("c", RULE.format("c", 1))
    folder.remove("b")
    assert folder.load().keys() == {"a", "c"}
    assert read == ["a.yml", "c.yml"]
    changes = folder.shelf.changes
    assert (changes.added, changes.removed, changes.changed) == ((f"{ID}c",), (f"{ID}b",), (f"{ID}a",))


BROKEN: list[tuple[str, str]] = [
    ("title: [", "rule.not_yaml"),
    (RULE.format("a", 2) + "level: nonsense\n", "rule.invalid"),
    (RULE.format("a", 2).replace("condition: s", "condition: t"), "rule.condition"),
    ("just text", "rule.not_a_rule"),
    (RULE.format(OTHER, 2) + "---\n" + RULE.format("a", 3).replace("{f", "{f|nonsense"), "rule.modifier"),
]


@pytest.mark.parametrize(("text", "code"), BROKEN)
def test_a_file_that_went_wrong_leaves_its_old_version_running(folder: Folder, text: str, code: str) -> None:
    before = folder.load()
    folder.write("a", text)
    for _ in range(2):
        assert folder.load() == before
        assert folder.codes() == [code]
        assert [Path(path).name for path in folder.shelf.changes.kept] == ["a.yml"]
    folder.write("a", RULE.format("a", 5))
    assert folder.load() != before
    assert folder.codes() == []
    assert folder.shelf.changes.kept == ()


def test_a_wrong_file_that_is_removed_ends_its_rules(folder: Folder) -> None:
    folder.write("a", "title: [")
    folder.load()
    folder.remove("a")
    assert folder.load().keys() == {"b"}
    assert folder.codes() == []


def test_a_file_that_cannot_be_read_leaves_its_old_version_running(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = folder.load()
    folder.write("a", RULE.format("a", 9))
    true: Callable[..., object] = Path.open

    def refused(self: Path, *rest: str) -> object:
        if self.name == "a.yml":
            raise PermissionError(13, "Permission denied")
        return true(self, *rest)

    monkeypatch.setattr(Path, "open", refused)
    assert folder.load() == before
    assert folder.codes() == ["rule.unreadable"]


def test_taking_rules_out_of_a_file_is_no_fault(folder: Folder) -> None:
    folder.write("a", RULE.format("a", 1) + "---\n" + RULE.format("c", 1))
    assert folder.load().keys() == {"a", "b", "c"}
    folder.write("a", RULE.format("c", 1))
    assert folder.load().keys() == {"b", "c"}


def test_what_was_wrong_from_the_beginning_may_be_bettered_bit_by_bit(folder: Folder) -> None:
    folder.write("c", "title: [")
    assert folder.load().keys() == {"a", "b"}
    folder.write("c", RULE.format("c", 1) + "---\ntitle: only\n")
    assert folder.load().keys() == {"a", "b", "c"}


def test_a_correlation_that_refers_to_nothing_any_more_stays_as_it_was(folder: Folder) -> None:
    folder.write("m", COUNT.format("a"))
    before = folder.load()
    folder.write("m", COUNT.format("nobody"))
    assert folder.load() == before
    assert [Path(path).name for path in folder.shelf.changes.kept] == ["m.yml"]
    folder.write("m", COUNT.format("b"))
    assert folder.load()[MANY] == (f"{ID}b",)


def test_a_correlation_whose_rule_was_removed_is_refused_by_name(folder: Folder) -> None:
    folder.write("m", COUNT.format("a"))
    folder.load()
    folder.remove("a")
    assert folder.load().keys() == {"b"}
    assert folder.codes() == ["correlation.unknown_rule"]


def test_an_unfinished_file_stays_as_it_runs(folder: Folder) -> None:
    before = folder.load()
    path = str(folder.path / "a.yml")
    folder.write("a", "")
    look = Look(signatures([folder.path]), frozenset({path}))
    folder.write("c", RULE.format("c", 1))
    assert folder.load(look) == before, "one is not finished, the other came after the look"
    Path(path).unlink()
    assert folder.load(look) == before, "gone since the look"
    folder.write("a", RULE.format("a", 7))
    assert folder.load(Look(signatures([folder.path]))).keys() == {"a", "b", "c"}


def test_other_options_take_over_what_is_held(folder: Folder) -> None:
    before = folder.load()
    folder.write("a", "title: [")
    other = Shelf(before=folder.shelf, disabled=[f"{ID}b"])
    rules = other.load([folder.path])
    assert [rule.info.title for rule in rules.rules] == ["a"]
    assert str(rules.rules[0].selections["s"]) == before["a"]
    assert other.changes.removed == (f"{ID}b",)


def test_the_next_start_finds_in_the_cache_what_was_read_last(folder: Folder, tmp_path: Path) -> None:
    folder.write("a", RULE.format("a", 2))
    folder.load()
    again = Shelf(cache_dir=tmp_path / "cache")
    assert {rule.info.title for rule in again.load([folder.path]).rules} == {"a", "b"}
    assert list((tmp_path / "cache").iterdir())


LINES = [
    f"Nov 21 10:{n // 60:02}:{n % 60:02} host sshd[{n}]: Invalid user user-{n} from 10.0.0.{n % 3} port {n}\n".encode()
    for n in range(60)
]


def _run(cuts: list[int], reload: Callable[[int], Engine]) -> list[bytes]:
    """Run all lines in blocks. Before each, ``reload`` may give another engine: it goes on from what is kept."""
    found: list[Detection] = []
    kept: dict[tuple[str, str], StateChange] = {}
    places = [0, *sorted({cut for cut in cuts if 0 < cut < len(LINES)}), len(LINES)]
    engine: Engine | None = None
    for number, (start, end) in enumerate(pairwise(places)):
        fresh = reload(number)
        if fresh is not engine:
            fresh.restore([change for change in kept.values() if change.data is not None])
            engine = fresh
        offset = sum(map(len, LINES[:start]))
        block = block_of(b"".join(LINES[start:end]), "syslog", offset=offset, first_line=start + 1)
        result = engine.run(block, context_of("syslog"))
        kept |= {(change.rule_id, change.group): change for change in result.changes}
        found += result.detections
    return [detection.uid for detection in found]


@settings(max_examples=25, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 59), max_size=8),
    edits=st.lists(st.sampled_from(["touch", "more", "less", "broken", "filter", "none"]), min_size=9, max_size=9),
)
def test_reloading_at_any_point_changes_no_alert(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], edits: list[str]
) -> None:
    """Whatever happens to other files, or to this one without a change of meaning."""
    import yaml

    path = tmp_path_factory.mktemp("reload")
    decoders = product.decoders()
    text = yaml.safe_dump_all([LINE_RULE, GROUP_RULE])
    (path / "a.yml").write_text(text, "utf-8")
    shelf = Shelf()
    constant = Engine(shelf.load([path]), decoders)
    unchanged = _run(cuts, lambda _: constant)

    def reload(number: int) -> Engine:
        match edits[number]:
            case "touch":
                (path / "a.yml").write_text(f"# {number}\n{text}", "utf-8")
            case "more":
                (path / "other.yml").write_text(RULE.format(OTHER, number), "utf-8")
            case "less":
                (path / "other.yml").unlink(missing_ok=True)
            case "broken":
                (path / "a.yml").write_text("title: [", "utf-8")
            case "filter":
                filter_ = {"rules": ["numbered_user"], "s": {"user": f"nobody-{number}"}, "condition": "not s"}
                document = {"title": "f", "logsource": {"product": "linux"}, "filter": filter_}
                (path / "f.yml").write_text(yaml.safe_dump(document), "utf-8")
        made = Engine(shelf.load([path]), decoders)
        made.prepare(last[-1])
        last.append(made)
        return made

    last = [constant]
    assert _run(cuts, reload) == unchanged
