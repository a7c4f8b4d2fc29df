"""SMB 1: shares, files, pipes; answered, refused, in Unicode and not, broken."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.smb import File, Mapping, PipeCall
from collectors.packets.smb1 import Smb1Session
from tests.collectors.packets.craft import Conversation
from tests.collectors.packets.craft_windows import netbios, rpc_bind, rpc_request
from tests.collectors.packets.test_pipeline import lines_of, only

SVCCTL = "367abb81-9844-35f1-ad32-98f038001003"


def smb1(command: int, words: bytes, rest: bytes, *, number: int = 1, tree: int = 0, answer: bool = False,
         status: int = 0, wide: bool = True) -> bytes:  # fmt: skip
    head = struct.pack("<4sBIBHH8sHHHHH", b"\xffSMB", command, status, 0x80 if answer else 0, 0x8000 if wide else 0, 0,
                       bytes(8), 0, tree, 1, 1, number)  # fmt: skip
    return netbios(head + bytes((len(words) // 2,)) + words + len(rest).to_bytes(2, "little") + rest)


def text(value: str, wide: bool, at: int) -> bytes:
    return bytes(at % 2) + (value + "\0").encode("utf-16-le") if wide else value.encode() + b"\0"


def connect(path: str, number: int = 1, wide: bool = True) -> bytes:
    words = struct.pack("<BBHHH", 0xFF, 0, 0, 8, 1)
    return smb1(0x75, words, b"\0" + text(path, wide, 35 + 8 + 1) + b"?????\0", number=number, wide=wide)


def connected(tree: int, service: bytes = b"IPC", number: int = 1) -> bytes:
    return smb1(0x75, struct.pack("<BBHH", 0xFF, 0, 0, 1), service + b"\0", number=number, tree=tree, answer=True)


def create(name: str, tree: int = 5, number: int = 2, wide: bool = True, options: int = 0) -> bytes:
    size = len(name) * (2 if wide else 1)
    words = struct.pack("<BBHBHIIIQIIIIIB", 0xFF, 0, 0, 0, size, 0, 0, 0, 0, 0, 7, 1, options, 2, 0)
    return smb1(0xA2, words, text(name, wide, 35 + 48), number=number, tree=tree, wide=wide)


def created(file: int = 77, number: int = 2, status: int = 0) -> bytes:
    words = struct.pack("<BBHBH", 0xFF, 0, 0, 0, file).ljust(68, b"\0")
    return smb1(0xA2, words, b"", number=number, answer=True, status=status)


def write(data: bytes, file: int = 77) -> bytes:
    words = struct.pack("<BBHHIIHHHHHI", 0xFF, 0, 0, file, 0, 0, 8, 0, 0, len(data), 63, 0)
    return smb1(0x2F, words, data)


def transact(data: bytes, file: int = 77) -> bytes:
    words = struct.pack("<HHHHBBHIHHHHHBBHH", 0, len(data), 0, 0, 0, 0, 0, 0, 0, 0, 0, len(data), 67, 2, 0, 0x26, file)
    return smb1(0x25, words, data)


@pytest.mark.parametrize("wide", [True, False])
def test_a_procedure_called_through_a_pipe(wide: bool) -> None:
    made = Smb1Session()
    assert made.read(connect(r"\\SRV\IPC$", wide=wide)) == []
    assert made.read(connected(5)) == [Mapping(r"\\SRV\IPC$", "PIPE")]
    assert made.read(create(r"\svcctl", wide=wide)) == []
    assert made.read(created()) == [File(r"\\SRV\IPC$", "svcctl", "SMB::PIPE_OPEN", 0)]
    assert made.read(write(rpc_bind(SVCCTL))) == []
    assert made.read(transact(rpc_request(12))) == [PipeCall("svcctl", "svcctl", "CreateServiceW")]


def test_files_refused_deleted_and_never_answered() -> None:
    made = Smb1Session()
    made.read(connect(r"\\SRV\C$"))
    assert made.read(connected(5, b"A:")) == [Mapping(r"\\SRV\C$", "DISK")]
    made.read(create("secret.txt"))
    assert made.read(created(status=0xC0000022)) == []
    made.read(create("a.tmp", number=3, options=0x1000))
    [gone] = made.read(created(number=3))
    assert isinstance(gone, File)
    assert (gone.name, gone.action) == ("a.tmp", "SMB::FILE_DELETE")
    made.read(create("lonely", number=4))
    assert made.finish() == [File(r"\\SRV\C$", "lonely", "SMB::FILE_OPEN", 0)]


def test_frame_by_frame() -> None:
    said = [
        (0, connect(r"\\SRV\IPC$")), (1, connected(5)), (0, create("svcctl")), (1, created()),
        (0, write(rpc_bind(SVCCTL))), (0, transact(rpc_request(24))),
    ]  # fmt: skip
    flow = Conversation("10.0.0.1", 50_000, "10.0.0.2", 139).open()
    junk = smb1(0x2E, bytes(24), b"", answer=True)
    for side, data in said:
        for _ in range(5):
            flow.answer(junk)
        flow.send(not side, 24, data)
    lines = lines_of(flow.close().frames)
    assert only(lines, "dce_rpc")["operation"] == "CreateServiceA"
    assert only(lines, "smb_files")["name"] == "svcctl"
    assert only(lines, "smb_mapping")["path"] == r"\\SRV\IPC$"


def test_memory_is_bounded() -> None:
    made = Smb1Session()
    for number in range(3000):
        made.read(connect(r"\\s\ipc$", number % 65_536))
        made.read(connected(number, number=number))
        made.read(create(f"f{number}", number, number))
        made.read(created(number, number))
        made.read(write(rpc_bind(SVCCTL), number))
    assert made.held < 200_000


@given(st.binary(max_size=120), st.integers(0, 140), st.sampled_from([0x25, 0x2F, 0x75, 0xA2]), st.booleans())
def test_broken_ones_break_nothing(junk: bytes, cut: int, command: int, answer: bool) -> None:
    made = Smb1Session()
    made.read(connect(r"\\s\ipc$"))
    made.read(connected(5))
    for data in (create("x")[:cut] + junk, smb1(command, junk[: len(junk) // 2 * 2], junk, answer=answer), junk):
        try:
            made.read(data)
        except EOFError:
            continue
    made.finish()
