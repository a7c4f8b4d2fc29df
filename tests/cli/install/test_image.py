"""Whether a path can be read is told from the image: its modes, its groups, the folders on the way."""

import os
from pathlib import Path

import pytest

from soc_agent.cli.install.image import Image
from tests.cli.install.making import make_image, put

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: files get owners and groups")


@pytest.fixture
def image(tmp_path: Path) -> Image:
    make_image(tmp_path)
    return Image(tmp_path)


@needs_root
@pytest.mark.parametrize(
    ("mode", "group", "wanted"),
    [(0o644, "root", ""), (0o640, "adm", "adm"), (0o640, "www-data", None), (0o600, "adm", None)],
)
def test_the_group_that_reads_logs_is_found(image: Image, mode: int, group: str, wanted: str | None) -> None:
    put(image.at("/var/log/x.log"), mode, group)
    assert image.log_group_for(Path("/var/log/x.log")) == wanted


@needs_root
def test_folders_on_the_way_count(image: Image) -> None:
    put(image.at("/var/log/audit/audit.log"), 0o644)
    image.at("/var/log/audit").chmod(0o700)
    assert image.log_group_for(Path("/var/log/audit/audit.log")) is None
    image.at("/var/log/audit").chmod(0o750)
    os.chown(image.at("/var/log/audit"), 0, 4)
    assert image.log_group_for(Path("/var/log/audit/audit.log")) == "adm"
    os.chown(image.at("/var/log/audit/audit.log"), 0, 101)
    image.at("/var/log/audit/audit.log").chmod(0o640)
    assert image.log_group_for(Path("/var/log/audit/audit.log")) is None, "two groups are one too many"


def test_a_folder_must_be_listed_to_be_read(image: Image) -> None:
    image.at("/var/log/nginx").chmod(0o711)
    assert image.log_group_for(Path("/var/log/nginx")) is None
    assert image.log_group_for(Path("/var/log/nginx/access.log")) == "", "what is not there yet hinders nobody"


def test_paths_lead_in_and_out(image: Image, tmp_path: Path) -> None:
    assert image.inside(tmp_path / "etc/soc-agent/config.yaml") == Path("/etc/soc-agent/config.yaml")
    assert image.inside(Path("/usr/bin")).parts[0] == "/"
    assert Path("/var/log/auth.log") in image.matches("/var/log/*.log")
    assert Image().inside(Path("/etc/hosts")) == Path("/etc/hosts")


def test_names_are_those_of_the_image(image: Image, tmp_path: Path) -> None:
    assert image.has_group("adm")
    assert not image.has_group("nobody-knows")
    assert image.owner(Path("/no/such")) is None
    if os.geteuid() == 0:
        os.chown(tmp_path / "var/www", 33, 33)
        assert image.owner(Path("/var/www")) == "www-data"
        os.chown(tmp_path / "var/www", 4242, 0)
        assert image.owner(Path("/var/www")) == ""


def test_broken_lines_of_the_registers_are_left_out(tmp_path: Path) -> None:
    make_image(tmp_path)
    (tmp_path / "etc/group").write_text("adm\nx:y\nlog:x:seven:\n\nadm:x:4:\nadm2:x:4:\n")
    image = Image(tmp_path)
    assert image.has_group("adm")
    assert not image.has_group("adm2")
    assert not Image(tmp_path / "var").has_group("root")
