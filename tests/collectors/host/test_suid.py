import os
from pathlib import Path

import pytest

from collectors.host.reading import Root
from collectors.host.suid import suid_programs


@pytest.fixture(params=["find", "walk"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways give the same."""
    if request.param == "walk":
        monkeypatch.setenv("PATH", "/nowhere")


def program(path: Path, mode: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    path.chmod(mode)
    return path


def test_programs_with_the_bit_are_found_and_others_not(tmp_path: Path) -> None:
    program(tmp_path / "usr/bin/su", 0o4755)
    program(tmp_path / "usr/bin/wall", 0o2755)
    program(tmp_path / "usr/bin/ls", 0o755)
    program(tmp_path / "usr/share/data", 0o4644)
    (tmp_path / "usr/bin/link").symlink_to("su")
    found = suid_programs(Root(str(tmp_path)), ["/usr", "/none"])
    assert set(found) == {"/usr/bin/su", "/usr/bin/wall"}
    assert found["/usr/bin/su"] == f"uid={os.getuid()} gid={os.getgid()} mode=4755"


def test_a_folder_within_another_is_gone_through_once(tmp_path: Path) -> None:
    program(tmp_path / "usr/bin/su", 0o4755)
    (tmp_path / "bin").symlink_to("usr/bin")
    assert suid_programs(Root(str(tmp_path)), ["/usr", "/bin", "/usr/bin"], limit=1) == {
        "/usr/bin/su": f"uid={os.getuid()} gid={os.getgid()} mode=4755"
    }


def test_a_name_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/x\xff"
    with open(raw, "wb"):  # noqa: PTH123
        pass
    os.chmod(raw, 0o4755)  # noqa: PTH101
    assert list(suid_programs(Root(str(tmp_path)), ["/"])) == ["/x\\xff"]


def test_the_walk_is_bounded(tmp_path: Path) -> None:
    for number in range(20):
        program(tmp_path / f"p{number}", 0o4755)
    assert len(suid_programs(Root(str(tmp_path)), ["/"], limit=5)) == 5


def test_programs_in_the_layers_of_containers_are_none_of_the_host(tmp_path: Path) -> None:
    for folder in (
        *("var/lib/docker/overlay2/ab12/diff/usr/bin", "var/lib/containers/storage/overlay/cd/diff/bin"),
        *("var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/7/fs/bin", "srv/docker/overlay2/x/diff"),
    ):
        path = tmp_path / folder / "su"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"x")
        path.chmod(0o4755)
    own = tmp_path / "var/lib/su"
    own.write_bytes(b"x")
    own.chmod(0o4755)
    assert set(suid_programs(Root(str(tmp_path)), ["/var", "/srv"])) == {"/var/lib/su"}
