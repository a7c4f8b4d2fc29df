"""Changes as lines."""

import msgspec

from collectors.integrity.audit import Who
from collectors.integrity.entry import Entry
from collectors.integrity.lines import Change, line_of

OLD = Entry("file", 0o644, 0, 0, 5, 10, 20, 30, 1, "aa")
NEW = Entry("file", 0o4755, 4_000_000_000, 0, 6, 11, 21, 31, 2, "bb", xattrs={"security.capability": "x"})


def test_a_line_says_what_was_what_is_and_who() -> None:
    who = Who("an", "root", "/usr/bin/vi", "vi x", 7, 9, 0)
    change = Change("/etc/x", OLD, NEW, ["content", "mode", "setuid"], "unexpected", who=who)
    line = msgspec.json.decode(line_of(change, "system", 1_700_000_000_000_000_001))
    assert line["time"] == "2023-11-14T22:13:20.000000001Z"
    assert (line["action"], line["verdict"], line["watch"]) == ("changed", "unexpected", "system")
    assert (line["User"], line["Image"], line["CommandLine"], line["ProcessId"]) == ("an", "/usr/bin/vi", "vi x", 7)
    assert (line["old"]["sha256"], line["new"]["mode"], line["new"]["xattrs"]) == (
        "aa",
        "4755",
        ["security.capability"],
    )
    assert line["owner"] == "4000000000"


def test_what_came_went_or_moved_is_said() -> None:
    def action(old: Entry | None, new: Entry | None, changes: list[str], old_path: str = "") -> str:
        line = line_of(Change("/x", old, new, changes, "unexpected", old_path=old_path), "s", 0)
        assert line.endswith(b"\n")
        return str(msgspec.json.decode(line)["action"])

    assert action(None, NEW, ["created"]) == "created"
    assert action(OLD, None, ["deleted"]) == "deleted"
    assert action(OLD, OLD, ["renamed"], "/y") == "renamed"
