"""What dpkg's database says of files; of the real one here, where there is one."""

from pathlib import Path

import pytest

from collectors.integrity.packages import Packages


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
    packages = Packages(str(tmp_path))
    said = packages.of(str(tmp_path / "f"))
    assert said is not None
    assert (said.package, said.matches) == ("p", True)
    assert said.changed_ns == max((info / name).stat().st_mtime_ns for name in ("p.list", "p.md5sums"))
    (tmp_path / "f").write_text("other")
    said = packages.of(str(tmp_path / "f"))
    assert said is not None
    assert not said.matches


def test_a_configuration_file_is_known_by_the_status(tmp_path: Path) -> None:
    database(tmp_path)
    (tmp_path / "conf").write_text("hello")
    said = Packages(str(tmp_path)).of(str(tmp_path / "conf"))
    assert said is not None
    assert said.matches


def test_what_belongs_to_nobody_or_where_there_is_no_dpkg(tmp_path: Path) -> None:
    assert Packages(str(tmp_path)).of("/etc/x") is None
    database(tmp_path)
    assert Packages(str(tmp_path)).of("/etc/x") is None


def test_a_file_that_went_with_its_package(tmp_path: Path) -> None:
    """Only when the database named it before, and no longer does."""
    info = database(tmp_path)
    packages = Packages(str(tmp_path))
    packages.of(str(tmp_path / "f"))
    assert packages.removed(str(tmp_path / "f")) is None
    (info / "p.list.new").write_text("/.\n")
    (info / "p.list.new").rename(info / "p.list")
    said = packages.removed(str(tmp_path / "f"))
    assert said is not None
    assert said.package == "p"


def test_the_packages_of_this_host() -> None:
    """Files of /bin are those of /usr/bin where the two are merged."""
    if not Path("/var/lib/dpkg/info/bash.md5sums").exists():
        pytest.skip("no dpkg here")
    packages = Packages()
    for path in ("/bin/bash", "/usr/bin/bash"):
        said = packages.of(path)
        assert said is not None
        assert (said.package.partition(":")[0], said.matches) == ("bash", True)
