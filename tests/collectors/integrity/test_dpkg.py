"""What dpkg's database says of files; of the real one here, where there is one."""

import os
import subprocess
from hashlib import md5
from pathlib import Path

import pytest

from collectors.integrity.dpkg import Dpkg
from tests.collectors.integrity.debs import Debs


def database(root: Path) -> Path:
    info = root / "var/lib/dpkg/info"
    info.mkdir(parents=True)
    (root / "f").write_text("hello")
    (info / "p.list").write_text(f"/.\n{root}/f\n{root}/conf\n")
    (info / "p.md5sums").write_text(f"5d41402abc4b2a76b9719d911017c592  {str(root)[1:]}/f\n")
    status = f"Package: p\nConffiles:\n {root}/conf 5d41402abc4b2a76b9719d911017c592\n\n"
    (root / "var/lib/dpkg/status").write_text(status)
    return info


def test_a_file_that_holds_what_its_package_brought(tmp_path: Path) -> None:
    info = database(tmp_path)
    dpkg = Dpkg(str(tmp_path))
    said = dpkg.of(str(tmp_path / "f"))
    assert said is not None
    assert (said.package, said.matches) == ("p", True)
    assert said.changed_ns == max((info / name).stat().st_mtime_ns for name in ("p.list", "p.md5sums"))
    (tmp_path / "f").write_text("other")
    said = dpkg.of(str(tmp_path / "f"))
    assert said is not None
    assert not said.matches


def test_a_configuration_file_is_known_by_the_status(tmp_path: Path) -> None:
    database(tmp_path)
    (tmp_path / "conf").write_text("hello")
    said = Dpkg(str(tmp_path)).of(str(tmp_path / "conf"))
    assert said is not None
    assert said.matches


def test_what_belongs_to_nobody_or_where_there_is_no_dpkg(tmp_path: Path) -> None:
    assert Dpkg(str(tmp_path)).of("/etc/x") is None
    database(tmp_path)
    assert Dpkg(str(tmp_path)).of("/etc/x") is None


def test_the_packages_of_this_host() -> None:
    """Files of /bin are those of /usr/bin where the two are merged."""
    if not Path("/var/lib/dpkg/info/bash.md5sums").exists():
        pytest.skip("no dpkg here")
    dpkg = Dpkg()
    for path in ("/bin/bash", "/usr/bin/bash"):
        said = dpkg.of(path)
        assert said is not None
        assert (said.package.partition(":")[0], said.matches) == ("bash", True)


def test_real_packages_are_installed_upgraded_and_removed(debs: Debs, tmp_path: Path) -> None:
    """By dpkg itself: each of their files, links and folders is theirs, until it goes with an upgrade or a removal."""
    top = tmp_path / "srv"
    debs.install(
        "pkg", "1", {"srv/bin/tool": "old", "srv/bin/gone": "x", "srv/etc/conf": "c1"}, conffiles=["srv/etc/conf"]
    )
    dpkg = Dpkg(str(debs.root), [str(top)])
    dpkg.refresh()
    assert [dpkg.owner(str(top / name)) for name in ("bin/tool", "bin", "etc/conf", "other")] == [
        "pkg",
        "pkg",
        "pkg",
        "",
    ]
    before_ns = dpkg.of(str(top / "bin/tool")).changed_ns  # type: ignore[union-attr]
    content = {"srv/bin/tool": "new", "srv/bin/alias": "-> tool", "srv/etc/conf": "c2", "srv/lib/so": "x"}
    debs.install("pkg", "2", content, conffiles=["srv/etc/conf"])
    for name in ("bin/tool", "bin/alias", "etc/conf", "lib/so", "lib"):
        said = dpkg.of(str(top / name))
        assert said is not None, name
        assert (said.package, said.matches) == ("pkg", True), name
        assert said.changed_ns > before_ns
    assert dpkg.owner(str(top / "bin/gone")) == ""
    (top / "bin/tool").write_text("backdoor")
    (top / "etc/conf").write_text("edited")
    for name in ("bin/tool", "etc/conf"):
        assert not dpkg.of(str(top / name)).matches  # type: ignore[union-attr]
    debs.remove("pkg")
    dpkg.refresh()
    assert dpkg.owner(str(top / "bin/tool")) == ""


def test_a_link_of_a_package_that_somebody_set_elsewhere(debs: Debs, tmp_path: Path) -> None:
    """dpkg keeps no word of where it leads: one that is newer than its package, or leads nowhere, is not its."""
    content = {"srv/bin/tool": "x", "srv/bin/other": "x", "srv/bin/alias": "-> tool", "srv/bin/out": "-> nowhere"}
    debs.install("pkg", "1", content)
    dpkg = Dpkg(str(debs.root), [str(tmp_path / "srv/bin")])
    bin_ = tmp_path / "srv/bin"
    assert dpkg.of(str(bin_ / "alias")).matches  # type: ignore[union-attr]
    assert not dpkg.of(str(bin_ / "out")).matches  # type: ignore[union-attr]
    for info in (debs.root / "var/lib/dpkg/info").iterdir():
        os.utime(info, ns=(0, info.stat().st_mtime_ns - 60 * 10**9))
    (bin_ / "alias").unlink()
    (bin_ / "alias").symlink_to("other")
    assert not Dpkg(str(debs.root), [str(bin_)]).of(str(bin_ / "alias")).matches  # type: ignore[union-attr]
    (bin_ / "tool").unlink()
    (bin_ / "tool").symlink_to("other")
    assert not dpkg.of(str(bin_ / "tool")).matches  # type: ignore[union-attr]


def test_what_stands_elsewhere_because_of_a_diversion(debs: Debs, tmp_path: Path) -> None:
    """The original's sum is that of the file under its other name; the name itself is the diverting package's."""
    tool = tmp_path / "srv/tool"
    debs.install("pkg", "1", {"srv/tool": "original"})
    debs.divert("wrapper", tool)
    debs.install("wrapper", "1", {"srv/tool": "wrapper"})
    dpkg = Dpkg(str(debs.root), [str(tmp_path / "srv")])
    said = dpkg.of(str(tool))
    assert said is not None
    assert (said.package, said.matches) == ("wrapper", True)
    said = dpkg.of(f"{tool}.real")
    assert said is not None
    assert (said.package, said.matches) == ("pkg", True)
    tool.write_text("original")
    assert not dpkg.of(str(tool)).matches  # type: ignore[union-attr]


def test_alternatives_lead_where_they_may(debs: Debs, tmp_path: Path) -> None:
    """As update-alternatives itself keeps them; where /etc/alternatives is another folder, it cannot be set here."""
    admin = debs.root / "var/lib/dpkg/alternatives"
    admin.mkdir()
    link, middle, target = tmp_path / "bin/tool", tmp_path / "alt/tool", tmp_path / "bin/tool.real"
    for folder in ("bin", "alt"):
        (tmp_path / folder).mkdir()
    target.write_text("x")
    command = ("update-alternatives", "--admindir", str(admin), "--altdir", str(tmp_path / "alt"))
    subprocess.run([*command, "--log", "/dev/null", "--install", str(link), "tool", str(target), "5"], check=True)
    dpkg = Dpkg(str(debs.root), [str(tmp_path)], alternatives=str(tmp_path / "alt"))
    for path in (link, middle):
        said = dpkg.of(str(path))
        assert said is not None
        assert (said.package, said.matches) == ("update-alternatives", True)
        assert dpkg.owner(str(path)) == "update-alternatives"
    assert dpkg.owner(str(target)) == ""
    middle.unlink()
    middle.symlink_to("/bin/sh")
    assert dpkg.of(str(middle)) is None
    subprocess.run([*command, "--log", "/dev/null", "--remove-all", "tool"], check=True)
    dpkg.refresh()
    assert dpkg.owner(str(link)) == ""


def test_a_configuration_file_while_dpkg_is_still_at_work(tmp_path: Path) -> None:
    """What it did last stands beside the status until it has done all."""
    database(tmp_path)
    conf = tmp_path / "conf"
    conf.write_text("new")
    dpkg = Dpkg(str(tmp_path))
    assert not dpkg.of(str(conf)).matches  # type: ignore[union-attr]
    (tmp_path / "var/lib/dpkg/updates").mkdir()
    digest = md5(b"new", usedforsecurity=False).hexdigest()
    (tmp_path / "var/lib/dpkg/updates/0001").write_text(f"Package: p\nConffiles:\n {conf} {digest}\n\n")
    assert dpkg.of(str(conf)).matches  # type: ignore[union-attr]
    conf.write_text("old")
    assert not dpkg.of(str(conf)).matches  # type: ignore[union-attr]
