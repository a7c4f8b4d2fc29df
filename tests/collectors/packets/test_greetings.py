"""SSH banners and the answer to an SMB negotiation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.greetings import smb_answer, ssh_banner, ssh_version


def smb2(dialect: int, mode: int = 3, *, command: int = 0, flags: int = 1) -> bytes:
    head = b"\xfeSMB" + b"\x40\0" + bytes(6) + command.to_bytes(2, "little") + bytes(2) + flags.to_bytes(4, "little")
    body = b"\x41\0" + mode.to_bytes(2, "little") + dialect.to_bytes(2, "little") + bytes(60)
    message = head.ljust(64, b"\0") + body
    return len(message).to_bytes(4, "big") + message


def test_ssh_banners() -> None:
    assert ssh_banner(b"SSH-2.0-OpenSSH_9.6 Debian\r\nmore") == b"SSH-2.0-OpenSSH_9.6 Debian"
    assert ssh_banner(b"SSH-" + b"x" * 1000) == b"SSH-" + b"x" * 251
    assert ssh_banner(b"HTTP/1.1") is None
    assert [ssh_version(banner) for banner in (b"SSH-1.5-x", b"SSH-1.99-x", b"SSH-2.0-x")] == [1, 2, 2]


@pytest.mark.parametrize(
    ("dialect", "said"),
    [(0x0202, ("SMB2", "2.0.2")), (0x0311, ("SMB3", "3.1.1")), (0x0302, ("SMB3", "3.0.2")), (0x9, ("SMB", "0x0009"))],
)
def test_the_dialect_of_smb_2_and_3(dialect: int, said: tuple[str, str]) -> None:
    assert smb_answer(smb2(dialect)) == (*said, True)
    assert smb_answer(smb2(dialect, mode=1)) == (*said, False)


def test_smb_1_and_what_is_no_answer() -> None:
    answer = b"\0\0\0\x40\xffSMB\x72" + bytes(4) + b"\x88" + bytes(22) + b"\x11\0\0\x0f" + bytes(40)
    assert smb_answer(answer) == ("SMB1", "NT LM 0.12", True)
    assert smb_answer(answer[:13] + b"\x08" + answer[14:]) is None
    assert smb_answer(smb2(0x0311, command=1)) is None
    assert smb_answer(smb2(0x0311, flags=0)) is None
    assert smb_answer(b"") is None


@given(st.binary(max_size=100), st.integers(0, 130))
def test_broken_ones_break_nothing(junk: bytes, at: int) -> None:
    smb_answer(smb2(0x0311)[:at] + junk)
    smb_answer(b"\0\0\0\x40\xffSMB\x72" + junk)
    ssh_banner(b"SSH-" + junk)
