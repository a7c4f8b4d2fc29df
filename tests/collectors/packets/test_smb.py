"""Shares, files and pipes of SMB 2: answered, refused, chained, encrypted, broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.ntlm import Ntlm
from collectors.packets.smb import File, Mapping, PipeCall, SmbSession
from tests.collectors.packets import craft_windows as windows

PIPE = b"P" * 16
SVCCTL = "367abb81-9844-35f1-ad32-98f038001003"


def session(path: str = r"\\10.0.0.2\IPC$", kind: int = 2) -> SmbSession:
    made = SmbSession()
    assert made.read(windows.tree_connect(path)) == []
    assert made.read(windows.tree_answer(5, kind)) == [Mapping(path, {1: "DISK", 2: "PIPE"}[kind])]
    return made


def test_a_file_is_told_when_the_server_opened_it() -> None:
    made = session(r"\\srv\ADMIN$", 1)
    assert made.read(windows.create(r"System32\x.tmp", 5)) == []
    assert made.read(windows.create_answer(PIPE, size=12)) == [
        File(r"\\srv\ADMIN$", r"System32\x.tmp", "SMB::FILE_OPEN", 12)
    ]
    made.read(windows.create("no.txt", 5, number=3))
    assert made.read(windows.create_answer(PIPE, number=3, status=0xC0000034)) == []
    made.read(windows.create("gone.txt", 5, number=4, options=0x1000))
    made.read(windows.create_answer(PIPE, number=4, status=0x103))
    [gone] = made.read(windows.create_answer(PIPE, number=4))
    assert isinstance(gone, File)
    assert gone.action == "SMB::FILE_DELETE"


def test_what_is_opened_again_and_again_is_told_once() -> None:
    made = session(r"\\srv\data", 1)
    found = []
    for number in range(10, 30):
        made.read(windows.create("a.txt", 5, number=number))
        found += made.read(windows.create_answer(PIPE, number=number))
    assert len(found) == 1


@pytest.mark.parametrize("carry", [windows.write, windows.transceive])
def test_a_procedure_called_through_a_pipe(carry: object) -> None:
    made = session()
    made.read(windows.create("svcctl", 5))
    assert made.read(windows.create_answer(PIPE)) == [File(r"\\10.0.0.2\IPC$", "svcctl", "SMB::PIPE_OPEN", 0)]
    assert made.read(windows.write(PIPE, windows.rpc_bind(SVCCTL))) == []
    assert made.read(carry(PIPE, windows.rpc_request(12))) == [PipeCall("svcctl", "svcctl", "CreateServiceW")]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("status", "success", "name"),
    [(0, True, "SUCCESS"), (0xC000006D, False, "LOGON_FAILURE"), (0xC00000AB, False, "0xC00000AB")],
)
def test_a_login_and_what_the_server_said(status: int, success: bool, name: str) -> None:
    made = SmbSession()
    assert made.read(windows.login("vanan", "TINH", "MAY-7")) == []
    assert made.read(windows.login_answer(0xC0000016)) == []
    assert made.read(windows.login("vanan", "TINH", "MAY-7", number=2)) == []
    assert made.read(windows.login_answer(status, number=2)) == [Ntlm("vanan", "TINH", "MAY-7", success, name)]


def test_a_file_that_gets_another_name() -> None:
    made = session(r"\\srv\data", 1)
    made.read(windows.create("a.docx", 5))
    made.read(windows.create_answer(PIPE))
    [found] = made.read(windows.rename(PIPE, "a.docx.x7", 5))
    assert found == File(r"\\srv\data", "a.docx.x7", "SMB::FILE_RENAME", 0, "a.docx")
    [unknown] = made.read(windows.rename(b"U" * 16, "b.x7", 5))
    assert isinstance(unknown, File)
    assert unknown.before == ""


def test_messages_in_one_chain_and_in_one_segment() -> None:
    made = session(r"\\srv\data", 1)
    one = windows.create("a", 5, number=8)[4:]
    one = one.ljust(-(-len(one) // 8) * 8, b"\0")
    one = one[:20] + len(one).to_bytes(4, "little") + one[24:]
    two = windows.create("b", 5, number=9)[4:]
    made.read(windows.netbios(one + two))
    answers = windows.create_answer(PIPE, number=8) + windows.create_answer(PIPE, number=9)
    assert [found[1] for found in made.read(answers)] == ["a", "b"]


def test_a_split_request_waits_for_its_rest() -> None:
    made = session(r"\\srv\data", 1)
    data = windows.create("a" * 200, 5)
    with pytest.raises(EOFError):
        made.read(data[:150])
    assert made.read(data) == []


def test_without_an_answer_it_is_told_at_the_end() -> None:
    made = session(r"\\srv\data", 1)
    made.read(windows.create("lonely", 5))
    assert [found[1] for found in made.finish()] == ["lonely"]
    assert made.finish() == []


def test_memory_is_bounded() -> None:
    made = SmbSession()
    for number in range(5000):
        made.read(windows.tree_connect(r"\\s\x", number))
        made.read(windows.tree_answer(number, 2, number))
        made.read(windows.create(f"f{number}", number, number=number + 10_000))
        made.read(windows.create_answer(number.to_bytes(16, "big"), number + 10_000))
        made.read(windows.write(number.to_bytes(16, "little"), windows.rpc_bind(SVCCTL)))
    assert made.held < 200_000


@given(st.binary(max_size=120), st.integers(0, 140), st.sampled_from([3, 5, 9, 11]), st.booleans())
def test_broken_ones_break_nothing(junk: bytes, cut: int, command: int, answer: bool) -> None:
    made = session()
    for data in (
        windows.create("x", 5)[:cut] + junk,
        windows.netbios(windows.smb2(command, junk, answer=answer)),
        junk,
    ):
        try:
            made.read(data)
        except EOFError:
            continue
    made.finish()
