"""What rpm says of files of real packages, and what a child that does not behave costs."""

from pathlib import Path

from collectors.integrity.rpm import Rpm
from tests.collectors.integrity.rpms import Rpms


def test_real_packages_are_installed_upgraded_and_removed(rpms: Rpms, tmp_path: Path) -> None:
    """By rpm itself: content, rights and where links lead are held against what it keeps."""
    top = tmp_path / "srv"
    rpms.install("pkg", "1", {"srv/tool": "old", "srv/gone": "x"})
    rpm = Rpm([str(top)], [str(rpms.database)])
    rpm.refresh()
    assert [rpm.owner(str(top / name)) for name in ("tool", "gone", "other")] == ["pkg", "pkg", ""]
    said = rpm.of(str(top / "tool"))
    assert said is not None
    assert (said.package, said.matches, said.knows_rights) == ("pkg", True, True)
    rpms.install("pkg", "2", {"srv/tool": "new", "srv/alias": "-> tool"})
    for name in ("tool", "alias"):
        said = rpm.of(str(top / name))
        assert said is not None
        assert said.matches, name
    assert rpm.owner(str(top / "gone")) == ""
    (top / "tool").chmod(0o4755)
    said = rpm.of(str(top / "tool"))
    assert said is not None
    assert (said.matches, said.knows_rights) == (True, False)
    (top / "tool").write_text("backdoor")
    (top / "alias").unlink()
    (top / "alias").symlink_to("/bin/sh")
    for name in ("tool", "alias"):
        assert not rpm.of(str(top / name)).matches  # type: ignore[union-attr]
    (top / "alias").unlink()
    (top / "alias").write_text("new")
    assert not rpm.of(str(top / "alias")).matches  # type: ignore[union-attr]
    rpms.remove("pkg")
    rpm.refresh()
    assert rpm.owner(str(top / "tool")) == ""


def database(folder: Path) -> Path:
    folder.mkdir()
    (folder / "rpmdb.sqlite").write_bytes(b"x")
    return folder


def program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_child_that_hangs_is_ended_and_asked_again_only_after_a_change(tmp_path: Path) -> None:
    """What it said until then is no ground to call anything a package's."""
    count = tmp_path / "count"
    folder = database(tmp_path / "db")
    hanging = program(tmp_path / "rpm", f"echo x >> {count}; echo 'a-1-1.noarch'; exec sleep 600")
    rpm = Rpm(["/srv"], [str(folder)], hanging, child_s=0.2)
    for _ in range(3):
        assert rpm.of("/etc/passwd") is None
    assert count.read_text() == "x\n"


def test_garbage_is_no_answer(tmp_path: Path) -> None:
    folder = database(tmp_path / "db")
    rpm = Rpm(
        ["/"],
        [str(folder)],
        program(tmp_path / "rpm", r"printf 'a\tb\tnever\n\t\t\n\377\000\n'; head -c 300000 /dev/zero"),
    )
    assert rpm.of("/etc/passwd") is None
    assert rpm.is_busy()


def test_where_there_is_no_rpm_or_no_database_nothing_is_asked(tmp_path: Path) -> None:
    rpm = Rpm(["/"], [str(tmp_path / "none")], program(tmp_path / "rpm", f"touch {tmp_path}/asked"))
    assert (rpm.of("/etc/passwd"), rpm.owner("/etc/passwd"), rpm.is_busy()) == (None, "", False)
    assert not (tmp_path / "asked").exists()
