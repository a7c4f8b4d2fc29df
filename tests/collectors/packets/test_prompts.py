"""Logins at a prompt: letter by letter, in one line, sent beforehand; the password is never read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.logins import Login
from collectors.packets.prompts import RloginReader, TelnetReader

SECRET = b"matkhau-bi-mat"
Said = list[tuple[int, bytes]]


def login(said: Said) -> Login | None:
    reader = TelnetReader()
    for side, data in said:
        if (found := reader.read(side, data)) is not None:
            return found
    return None


def typed(text: bytes, echo: bool) -> Said:
    said: Said = []
    for letter in text:
        said.append((0, bytes((letter,))))
        if echo:
            said.append((1, bytes((letter,))))
    return said


@pytest.mark.parametrize(
    "prompt", [b"\r\nlogin: ", b"Debian GNU/Linux 12\r\nweb login: ", b"Username:", b"User Name: "]
)
@pytest.mark.parametrize("end", [b"\r\n", b"\r\0", b"\n"])
def test_letter_by_letter_with_echo_and_in_one_line(prompt: bytes, end: bytes) -> None:
    ask = [(1, b"\xff\xfd\x18\xff\xfb\x01" + prompt)]
    password = [(1, b"\r\nPassword: "), *typed(SECRET, echo=False)]
    for answer in ([*typed(b"quantri", echo=True), (0, end)], [(0, b"quantri" + end)]):
        found = login([*ask, (0, b"\xff\xfc\x18\xff\xfe\x01"), *answer, *password])
        assert found == Login(b"quantri", "telnet")


def test_corrected_letters_and_a_second_try() -> None:
    said = [(1, b"login: "), (0, b"anx\x7f\r\n"), (1, b"Password: ")]
    assert login(said) is None
    assert login([*said, (0, SECRET)]) == Login(b"an", "telnet")


def test_a_device_that_asks_for_a_password_alone() -> None:
    assert login([(1, b"User Access Verification\r\n\r\nPassword: "), (0, SECRET + b"\r\n")]) == Login(b"", "telnet")


def test_a_name_that_is_sent_beforehand() -> None:
    said = [(0, b"\xff\xfa\x27\x00\x00USER\x01root\xff\xf0"), (1, b"Password: "), (0, SECRET)]
    assert login(said) == Login(b"root", "telnet")


def test_commands_alone_are_no_password() -> None:
    assert login([(1, b"login: "), (0, b"an\r\n"), (1, b"Password: "), (0, b"\xff\xfd\x01")]) is None


def test_rlogin() -> None:
    reader = RloginReader()
    assert reader.read(0, b"\0") is None
    assert reader.read(0, b"me\0root\0xterm/38400\0") == Login(b"root", "rlogin")
    assert RloginReader().read(0, b"\0me\0root\0xterm\0") == Login(b"root", "rlogin")


@given(st.lists(st.tuples(st.sampled_from([0, 1]), st.binary(max_size=80)), max_size=8))
def test_broken_ones_break_nothing(said: Said) -> None:
    login(said)
    login([(1, b"login: "), *said, (1, b"Password: "), *said])
    reader = RloginReader()
    for side, data in said:
        reader.read(side, data)


def test_time_grows_with_what_is_said_alone() -> None:
    """Many commands that never end, and a prompt that is nearly one."""
    reader = TelnetReader()
    begin = time.process_time()
    for _ in range(20):
        reader.read(1, b"\xff\xfa" * 8000)
        reader.read(0, b"\xff\xfa" * 8000)
        reader.read(1, b"password" * 2000)
    assert time.process_time() - begin < 4
