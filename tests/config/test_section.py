"""Every section is closed, whatever it is about."""

import msgspec
import pytest

from soc_agent.config.section import Name, Section


class Door(Section, frozen=True):
    name: Name


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert({"name": "a", "colour": "red"}, Door)


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65])
def test_a_name_is_plain(name: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name}, Door)


def test_nothing_can_be_changed_after_reading() -> None:
    door = msgspec.convert({"name": "a"}, Door)
    with pytest.raises(AttributeError):
        setattr(door, "name", "b")  # noqa: B010 - the type checker would refuse the plain form
