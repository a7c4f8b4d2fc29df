"""SMB 2 and 3: shares that are opened, files and pipes in them, and the procedures called through pipes.

[MS-SMB2] section 2.2. A session that is encrypted shows nothing of them.
"""

from typing import NamedTuple, TypeVar

from collectors.packets import ntlm
from collectors.packets.ntlm import Ntlm
from collectors.packets.rpc import RpcCalls, is_rpc

SESSION_SETUP, TREE_CONNECT, CREATE, WRITE, IOCTL, SET_INFO = 1, 3, 5, 9, 11, 17
_WHOLE = (SESSION_SETUP, TREE_CONNECT, CREATE, SET_INFO)
"""Messages that are read when they are whole."""
_K = TypeVar("_K")
_V = TypeVar("_V")
_HEADER_BYTES = 64
_RESPONSE, _ASYNC = 1, 2
_PENDING, _MORE = 0x0000_0103, 0xC000_0016
_DELETE_ON_CLOSE = 0x1000
_RENAME = 0x0A01
_RELATED = b"\xff" * 16
"""The file that the message before in the chain opened."""
_TRANSCEIVE = 0x0011_C017
_SHARES = {1: "DISK", 2: "PIPE", 3: "PRINT"}
_MAX_MESSAGES = 64
_MAX_KEPT = 128
_MAX_PIPES = 16
_NAME_CAP = 1024
"""Bytes of a name that are kept."""


class Mapping(NamedTuple):
    """A share that was opened."""

    path: str
    kind: str


class File(NamedTuple):
    """A file or pipe that was opened."""

    path: str
    """The share."""
    name: str
    action: str
    size: int
    before: str = ""
    """Of what was renamed: its name before, where that is known."""


class PipeCall(NamedTuple):
    """A procedure that was called through a pipe."""

    pipe: str
    endpoint: str
    operation: str


Found = Mapping | File | PipeCall | Ntlm


class _Asked(NamedTuple):
    command: int
    tree: int
    name: str
    options: int
    login: ntlm.Authenticate | None = None


class SmbSession:
    """Both sides of one connection. Bounded in what it remembers; the oldest is forgotten first."""

    __slots__ = ("_asked", "_files", "_opening", "_pipes", "_told", "_trees")

    def __init__(self) -> None:
        self._trees: dict[int, str] = {}
        self._asked: dict[int, _Asked] = {}
        self._files: dict[bytes, str] = {}
        self._opening = ""
        """Name of what was asked for last."""
        self._pipes: dict[bytes, tuple[str, RpcCalls]] = {}
        self._told: dict[tuple[str, str, str], None] = {}
        """Files that were told, so that one that is opened all the time is told once."""

    @property
    def held(self) -> int:
        """Bytes that this takes, about."""
        pipes = sum(300 + calls.held for _, calls in self._pipes.values())
        kept = len(self._trees) + len(self._asked) + len(self._told) + len(self._files)
        return kept * 300 + pipes

    def read(self, data: bytes) -> list[Found]:
        """Take messages, each with its length before it.

        :raises EOFError: when the rest of the first is needed.
        """
        found: list[Found] = []
        for number in range(_MAX_MESSAGES):
            if len(data) < 4 + _HEADER_BYTES or data[0] != 0 or data[4:8] != b"\xfeSMB":
                break
            end = 4 + int.from_bytes(data[1:4], "big")
            if end > len(data) and number == 0 and int.from_bytes(data[16:18], "little") in _WHOLE:
                raise EOFError
            found += self._chain(data[4:end])
            data = data[end:]
        return found

    def finish(self) -> list[Found]:
        """Give what was opened without an answer that was seen."""
        found = [self._opened(asked, 0) for asked in self._asked.values() if asked.command == CREATE]
        self._asked.clear()
        return [each for each in found if each is not None]

    def _chain(self, data: bytes) -> list[Found]:
        """Read messages that go together ([MS-SMB2] section 3.2.4.1.4)."""
        found: list[Found] = []
        for _ in range(_MAX_MESSAGES):
            if len(data) < _HEADER_BYTES or data[:4] != b"\xfeSMB":
                break
            following = _number(data, 20, 4)
            message = data[:following] if following >= _HEADER_BYTES else data
            found += self._answer(message) if message[16] & _RESPONSE else self._ask(message)
            if following < _HEADER_BYTES:
                break
            data = data[following:]
        return found

    def _ask(self, message: bytes) -> list[Found]:
        command, tree = _number(message, 12, 2), _number(message, 36, 4)
        name = options = login = None
        if command == TREE_CONNECT:
            name, options = _text(message, _number(message, 68, 2), _number(message, 70, 2)), 0
        elif command == CREATE:
            name, options = _text(message, _number(message, 108, 2), _number(message, 110, 2)), _number(message, 104, 4)
            self._opening = name
        elif command == SESSION_SETUP:
            login = ntlm.authenticate(message[_number(message, 76, 2) :][: _number(message, 78, 2)])
            name, options = "" if login is not None else None, 0
        elif command == SET_INFO and _number(message, 66, 2) == _RENAME:
            return self._renamed(message, tree)
        elif command == WRITE:
            start = _number(message, 66, 2)
            return self._pipe(message[80:96], message[start : start + _number(message, 68, 4)])
        elif command == IOCTL and _number(message, 68, 4) == _TRANSCEIVE:
            start = _number(message, 88, 4)
            return self._pipe(message[72:88], message[start : start + _number(message, 92, 4)])
        if name is not None and options is not None:
            keep(self._asked, _number(message, 24, 8), _Asked(command, tree, name, options, login), _MAX_KEPT)
        return []

    def _answer(self, message: bytes) -> list[Found]:
        command, status = _number(message, 12, 2), _number(message, 8, 4)
        number = _number(message, 24, 8)
        asked = self._asked.get(number)
        if asked is None or asked.command != command or status == _PENDING:
            return []
        del self._asked[number]
        if asked.login is not None:
            return [] if status == _MORE else [ntlm.decided(asked.login, status)]
        if status:
            return []
        if command == TREE_CONNECT:
            if not _number(message, 16, 4) & _ASYNC:
                keep(self._trees, _number(message, 36, 4), asked.name, _MAX_KEPT)
            return [Mapping(asked.name, _SHARES.get(_number(message, 66, 1), "UNKNOWN"))]
        file_id = message[128:144]
        if len(file_id) == 16:
            keep(self._files, file_id, asked.name, _MAX_KEPT)
        found = self._opened(asked, _number(message, 112, 8))
        if self._trees.get(asked.tree, "").upper().endswith("IPC$") and len(file_id) == 16:
            keep(self._pipes, file_id, (asked.name, RpcCalls()), _MAX_PIPES)
        return [found] if found is not None else []

    def _opened(self, asked: _Asked, size: int) -> File | None:
        path = self._trees.get(asked.tree, "")
        is_pipe = path.upper().endswith("IPC$")
        action = "PIPE_OPEN" if is_pipe else "FILE_DELETE" if asked.options & _DELETE_ON_CLOSE else "FILE_OPEN"
        key = (path, asked.name, action)
        if key in self._told:
            return None
        keep(self._told, key, None, _MAX_KEPT)
        return File(path, asked.name or "<share_root>", f"SMB::{action}", size)

    def _renamed(self, message: bytes, tree: int) -> list[Found]:
        """Read a SET_INFO that gives a file another name ([MS-FSCC] section 2.4.42.2)."""
        start, file_id = _number(message, 72, 2), message[80:96]
        name = _text(message, start + 20, _number(message, start + 16, 4))
        before = self._opening if file_id == _RELATED else self._files.get(file_id, "")
        return [File(self._trees.get(tree, ""), name, "SMB::FILE_RENAME", 0, before)] if name else []

    def _pipe(self, file_id: bytes, data: bytes) -> list[Found]:
        """Read what is written to a pipe; of one that was open before, the name is not known."""
        if not is_rpc(data):
            return []
        if file_id not in self._pipes:
            keep(self._pipes, file_id, ("", RpcCalls()), _MAX_PIPES)
        name, calls = self._pipes[file_id]
        return [PipeCall(name, *call) for call in calls.read(data)]


def keep(kept: dict[_K, _V], key: _K, value: _V, most: int) -> None:
    """Remember something; when there is too much, forget the oldest."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]


def _number(data: bytes, at: int, size: int) -> int:
    """Give a number; of what is cut off, the part that is there."""
    return int.from_bytes(data[at : at + size], "little")


def _text(data: bytes, at: int, size: int) -> str:
    return data[at : at + min(size, _NAME_CAP)].decode("utf-16-le", "backslashreplace")
