"""Files of rules change the ways that people and programs change them, under the real program: nothing is lost."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.end_to_end.running import GROUP_RULE, LINE_RULE, Site, eventually, sshd_line
from tests.end_to_end.test_reload import MORE_RULE, SOURCE, after_reload, found, marked, reloads, rule, write

MANY = 500
YARA = 'rule {0} {{ meta: title = "{0}" strings: $a = "{1}" condition: $a }}\n'


def started(folder: Path, **more: object) -> Site:
    (folder / "auth.log").touch()
    site = Site(folder, {"sources": [SOURCE]} | more, [LINE_RULE, GROUP_RULE])
    site.start()
    eventually(lambda: "The agent runs" in site.said(), "started")
    return site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = started(tmp_path)
    yield made
    made.stop(signal.SIGKILL)


def many(number: int, word: str) -> str:
    """Give a rule for users whose name begins with a word and ends with a number."""
    more = {
        "title": f"Rule {number}",
        "id": f"22222222-0000-4000-8000-{number:012}",
        "name": f"rule_{number}",
        "detection": {"line": {"user": f"{word}-{number}"}, "condition": "line"},
    }
    return yaml.safe_dump({**LINE_RULE, **more})


def named(user: str) -> bytes:
    return marked("x").replace(b"marked-x", user.encode())


def test_an_update_of_many_files_takes_effect_and_windows_go_on(site: Site) -> None:
    """As ``git pull`` does: each file is written beside its place and moved there."""
    folder = site.folder / "rules" / "pack"
    folder.mkdir()
    for number in range(MANY):
        (folder / f"{number}.yml").write_text(many(number, "before"), "utf-8")
    eventually(lambda: f"{MANY + 2} run" in site.said(), "all are loaded")
    write(site, *(sshd_line(n) for n in range(3)))
    eventually(lambda: len(found(site, "Numbered")) == 3, "three of five")
    for number in range(MANY):
        (folder / f".{number}.new").write_text(many(number, "after"), "utf-8")
        (folder / f".{number}.new").replace(folder / f"{number}.yml")
    (folder / "0.yml").unlink()
    (site.folder / "rules" / "test.yml").touch()
    eventually(lambda: f"{MANY + 1} run" in site.said().rpartition("rules reloaded")[2], "loaded again")
    write(site, named("before-7"), named("after-7"), named(f"after-{MANY - 1}"), named("after-0"))
    write(site, *(sshd_line(n) for n in range(3, 5)))
    eventually(lambda: len(found(site, "Numbered")) == 5, "the lines after")
    assert {alert.fields["user"] for alert in found(site, "Rule ")} == {"after-7", f"after-{MANY - 1}"}
    assert [alert.count for alert in found(site, "Five from")] == [5]


def test_what_an_editor_writes_takes_effect_and_what_it_leaves_does_not(site: Site) -> None:
    """A backup, a swap file and a new file that is moved to the place of the old one."""
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    path = site.folder / "rules" / "more.yml"
    changed = {**MORE_RULE, "detection": {"line": {"user": "marked-b"}, "condition": "line"}}
    (path.parent / ".more.yml.swp").write_bytes(b"b0VIM\0")
    shutil.copy(path, path.parent / "more.yml~")
    (path.parent / "4913").touch()
    path.rename(path.parent / "more.yml.bak")
    path.write_text(yaml.safe_dump(changed), "utf-8")
    after_reload(site, 2)
    assert "+0 −0 ~1" in site.said()
    write(site, marked("a"), marked("b"))
    eventually(lambda: len(found(site, "Marked")) == 1, "the version of the editor")
    assert found(site, "Marked")[0].fields["user"] == "marked-b"
    assert "refused" not in site.said()


def test_a_file_that_is_written_slowly_is_taken_when_it_is_whole(site: Site) -> None:
    rule(site, "more", MORE_RULE)
    after_reload(site, 1)
    text = yaml.safe_dump({**MORE_RULE, "detection": {"line": {"user": "marked-b"}, "condition": "line"}})
    pause = threading.Event()
    with (site.folder / "rules" / "more.yml").open("w") as file:
        for place in range(0, len(text), 24):
            file.write(text[place : place + 24])
            file.flush()
            os.fsync(file.fileno())
            pause.wait(0.1)
    after_reload(site, 2)
    write(site, marked("a"), marked("b"))
    eventually(lambda: len(found(site, "Marked")) == 1, "the whole version")
    assert found(site, "Marked")[0].fields["user"] == "marked-b"
    assert reloads(site) == 2
    assert "refused" not in site.said()


def test_a_change_before_the_first_line_was_read_counts(tmp_path: Path) -> None:
    site = started(tmp_path)
    try:
        rule(site, "more", MORE_RULE)
        write(site, *(sshd_line(n) for n in range(5)))
        after_reload(site, 1)
        write(site, marked("a"))
        eventually(lambda: len(found(site, "Marked")) == 1, "an alert of the new rule")
        assert len(found(site, "Numbered")) == 5
        assert [alert.count for alert in found(site, "Five from")] == [5]
    finally:
        assert site.stop() == 0


def test_yara_rules_change_while_folders_are_watched(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    # on a busy machine the first file may be there before the folder is watched
    watch = {"kind": "watch", "name": "www", "paths": ["www"], "scan_existing": True}
    (tmp_path / "yara").mkdir()
    (tmp_path / "yara" / "a.yar").write_text(YARA.format("First", "first-word"))
    rules = {"builtin": False, "paths": ["rules", "yara"]}
    site = started(tmp_path, sources=[SOURCE, watch], rules=rules)
    try:
        (tmp_path / "www" / "one.php").write_text("first-word")
        eventually(lambda: len(found(site, "First")) == 1, "a finding of the rule at the start")
        (tmp_path / "yara" / "a.yar").write_text(YARA.format("First", "other-word"))
        (tmp_path / "yara" / "b.yar").write_text(YARA.format("Second", "first-word"))
        after_reload(site, 1)
        assert "+1 −0 ~1" in site.said()
        (tmp_path / "www" / "two.php").write_text("first-word of another file")
        eventually(lambda: len(found(site, "Second")) == 1, "a finding of the new rule")
        assert len(found(site, "First")) == 1
        (tmp_path / "yara" / "b.yar").write_text("rule Second {\n condition:\n}\n")
        after_reload(site, 2)
        assert "refused: b.yar:3" in site.said()
        assert "the version before runs of: b.yar" in site.said()
        (tmp_path / "www" / "three.php").write_text("first-word of a third file")
        eventually(lambda: len(found(site, "Second")) == 2, "the version before goes on")
        (tmp_path / "yara" / "b.yar").unlink()
        after_reload(site, 3)
        assert "+0 −1 ~0" in site.said()
    finally:
        assert site.stop() == 0
