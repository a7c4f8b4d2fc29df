"""Real packages, made and installed by dpkg into a database of their own: their files lie below the test's folder."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest


class Debs:
    """A database of dpkg, and the packages in it."""

    def __init__(self, base: Path) -> None:
        if shutil.which("dpkg-deb") is None:
            pytest.skip("no dpkg here")
        self.base, self.root = base, base / "root"
        for folder in ("info", "updates", "triggers"):
            (self.root / "var/lib/dpkg" / folder).mkdir(parents=True)
        (self.root / "var/lib/dpkg/status").touch()
        (self.root / "var/log").mkdir()

    def install(self, name: str, version: str, content: dict[str, str], conffiles: Sequence[str] = ()) -> None:
        """Make a package of files below the test's folder, and install it. ``-> x`` is a link to x."""
        tree = self.base / "build" / f"{name}-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        fields = {
            "Package": name,
            "Version": version,
            "Architecture": "all",
            "Maintainer": "t <t@t>",
            "Description": "t",
        }
        (tree / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()))
        here = str(self.base).lstrip("/")
        (tree / "DEBIAN/conffiles").write_text("".join(f"/{here}/{path}\n" for path in conffiles))
        for path, text in content.items():
            file = tree / here / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if text.startswith("-> "):
                file.symlink_to(text[3:])
            else:
                file.write_text(text)
        made = self.base / f"{name}_{version}.deb"
        sums = subprocess.run(
            ["find", here, "-type", "f", "-exec", "md5sum", "{}", "+"], cwd=tree, check=True, stdout=subprocess.PIPE
        )
        kept = [line for line in sums.stdout.decode().splitlines() if not line.endswith(tuple(conffiles) or ("\0",))]
        (tree / "DEBIAN/md5sums").write_text("".join(f"{line}\n" for line in kept))
        _run("dpkg-deb", "--root-owner-group", "-b", str(tree), str(made))
        self.dpkg("--force-confnew", "-i", str(made))

    def remove(self, name: str) -> None:
        """Remove a package with its configuration."""
        self.dpkg("--purge", name)

    def divert(self, package: str, path: Path) -> None:
        """Let a file stand elsewhere, on behalf of a package."""
        admin = f"--admindir={self.root}/var/lib/dpkg"
        _run("dpkg-divert", admin, "--package", package, "--rename", "--divert", f"{path}.real", "--add", str(path))

    def dpkg(self, *what: str) -> None:
        """Run dpkg on this database."""
        places = (f"--admindir={self.root}/var/lib/dpkg", "--instdir=/", f"--log={self.root}/var/log/dpkg.log")
        _run("dpkg", *places, "--force-not-root", "--force-bad-path", "--force-script-chrootless", *what)


def _run(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")
