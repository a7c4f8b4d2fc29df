"""Real packages, made and installed by rpm into a database of their own: their files lie below the test's folder."""

import shutil
import subprocess
from pathlib import Path

import pytest


class Rpms:
    """A database of rpm, and the packages in it."""

    def __init__(self, base: Path) -> None:
        if shutil.which("rpmbuild") is None:
            pytest.skip("no rpm here")
        self.base, self.database = base, base / "rpmdb"

    def install(self, name: str, version: str, content: dict[str, str]) -> None:
        """Make a package of files below the test's folder, and install it. ``-> x`` is a link to x."""
        steps, files = [], []
        for path, text in content.items():
            made = f"%{{buildroot}}{self.base}/{path}"
            steps.append(f"mkdir -p $(dirname {made})")
            link = text.startswith("-> ")
            steps.append(f"ln -s {text[3:]} {made}" if link else f"printf %s '{text}' > {made}")
            files.append(f"{self.base}/{path}" if link else f"%attr(0755, root, root) {self.base}/{path}")
        spec = self.base / f"{name}-{version}.spec"
        spec.write_text(
            f"Name: {name}\nVersion: {version}\nRelease: 1\nSummary: t\nLicense: t\nBuildArch: noarch\n"
            "AutoReqProv: no\n%description\nt\n%install\n" + "\n".join(steps) + "\n%files\n" + "\n".join(files) + "\n"
        )
        top = ("--define", f"_topdir {self.base}/build", "--define", "__os_install_post %{nil}")
        _run("rpmbuild", "-bb", "--quiet", "--nodeps", *top, str(spec))
        (made_rpm,) = self.base.glob(f"build/RPMS/noarch/{name}-{version}-1.noarch.rpm")
        self.rpm("-U", "--nodeps", "--noscripts", str(made_rpm))

    def remove(self, name: str) -> None:
        """Remove a package."""
        self.rpm("-e", "--nodeps", name)

    def rpm(self, *what: str) -> None:
        """Run rpm on this database."""
        _run("rpm", "--dbpath", str(self.database), *what)


def _run(*command: str) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")
