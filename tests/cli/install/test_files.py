"""A file that a person changed is never overwritten or removed without being told to."""

from pathlib import Path

import pytest

from soc_agent.cli.install.files import State, Wanted, check_removable, difference, is_untouched, look, remove, write
from soc_agent.cli.install.image import Image
from soc_agent.errors import ConfigError

UNIT = Path("/etc/systemd/system/x.service")


@pytest.fixture
def image(tmp_path: Path) -> Image:
    return Image(tmp_path)


def wanted(text: str = "[Unit]\n") -> Wanted:
    return Wanted(UNIT, text)


def test_writing_twice_changes_nothing(image: Image) -> None:
    assert look(wanted(), image) is State.ABSENT
    assert write([wanted()], image, force=False) == [UNIT]
    assert look(wanted(), image) is State.SAME
    assert write([wanted()], image, force=False) == []
    assert image.at(UNIT).stat().st_mode & 0o777 == 0o644


def test_what_was_written_before_is_brought_up_to_date(image: Image) -> None:
    write([wanted("old\n")], image, force=False)
    assert look(wanted(), image) is State.OLDER
    assert "-old" in difference(wanted(), image)
    assert write([wanted()], image, force=False) == [UNIT]
    assert image.at(UNIT).read_text() == wanted().content


def test_nothing_at_all_is_written_when_one_file_was_changed(image: Image) -> None:
    write([wanted()], image, force=False)
    image.at(UNIT).write_text(image.at(UNIT).read_text() + "# mine\n")
    assert look(wanted(), image) is State.CHANGED
    other = Wanted(Path("/etc/other.conf"), "x\n")
    with pytest.raises(ConfigError) as refused:
        write([other, wanted()], image, force=False)
    assert refused.value.problem.where.file == str(UNIT)
    assert not image.at(other.path).exists()
    assert "# mine" in image.at(UNIT).read_text()


def test_a_file_that_was_never_ours_comes_back(image: Image) -> None:
    image.at(UNIT).parent.mkdir(parents=True)
    image.at(UNIT).write_text("theirs\n")
    write([wanted()], image, force=True)
    write([wanted("again\n")], image, force=True)
    assert is_untouched(image.at(UNIT).read_text())
    remove([UNIT], image)
    assert image.at(UNIT).read_text() == "theirs\n"


def test_an_edited_unit_does_not_come_back_as_a_service(image: Image) -> None:
    write([wanted()], image, force=False)
    image.at(UNIT).write_text(image.at(UNIT).read_text() + "# mine\n")
    write([wanted()], image, force=True)
    remove([UNIT], image)
    assert not image.at(UNIT).exists()
    assert "# mine" in image.at(UNIT).with_name("x.service.before-soc-agent").read_text()


def test_a_changed_file_is_not_removed(image: Image) -> None:
    write([wanted()], image, force=False)
    check_removable([UNIT], image, force=False)
    image.at(UNIT).write_text("mine\n")
    with pytest.raises(ConfigError):
        check_removable([UNIT], image, force=False)
    check_removable([UNIT], image, force=True)


def test_what_cannot_be_written_is_told(image: Image) -> None:
    image.at("/etc").mkdir()
    image.at("/etc/systemd").write_text("a file where a folder must be")
    with pytest.raises(ConfigError) as refused:
        write([wanted()], image, force=False)
    assert refused.value.problem.code == "install.unwritable"
