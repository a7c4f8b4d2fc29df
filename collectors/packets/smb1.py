"""SMB 1: shares, files, pipes and the procedures called through them, as :mod:`collectors.packets.smb` tells of SMB 2.

[MS-CIFS] section 2.2.3 and 2.2.4, [MS-SMB] section 2.2.4. Old devices speak it, and attackers who ask for it.
"""

from collectors.packets.rpc import RpcCalls, is_rpc
from collectors.packets.smb import File, Found, Mapping, PipeCall, keep

TREE_CONNECT, CREATE, WRITE, TRANSACTION = 0x75, 0xA2, 0x2F, 0x25
_ANSWER = 0x80
_UNICODE = 0x8000
_HEADER_BYTES = 32
_TRANSACT_PIPE = 0x26
_DELETE_ON_CLOSE = 0x1000
_SHARES = {b"A:": "DISK", b"IPC": "PIPE", b"LPT1:": "PRINT"}
_MAX_KEPT = 128
_MAX_PIPES = 16
_MAX_MESSAGES = 64
_NAME_CAP = 1024
_MORE_NEEDED = 0xC0000016


class Smb1Session:
    """Both sides of one connection. Bounded in what it remembers; the oldest is forgotten first."""

    __slots__ = ("_asked", "_pipes", "_told", "_trees")

    def __init__(self) -> None:
        self._trees: dict[int, str] = {}
        self._asked: dict[tuple[int, int], tuple[int, str, bool]] = {}
        """By process and number of the request: tree, name, and whether the file goes when it is closed."""
        self._pipes: dict[int, tuple[str, RpcCalls]] = {}
        self._told: dict[tuple[str, str, str], None] = {}

    @property
    def held(self) -> int:
        """Bytes that this takes, about."""
        pipes = sum(300 + calls.held for _, calls in self._pipes.values())
        return (len(self._trees) + len(self._asked) + len(self._told)) * 300 + pipes

    def read(self, data: bytes) -> list[Found]:
        """Take messages, each with its length before it.

        :raises EOFError: when the rest of the first is needed.
        """
        found: list[Found] = []
        for place in range(_MAX_MESSAGES):
            if len(data) < 4 + _HEADER_BYTES + 1 or data[0] != 0 or data[4:8] != b"\xffSMB":
                break
            end = 4 + int.from_bytes(data[1:4], "big")
            if end > len(data) and place == 0 and data[8] in (TREE_CONNECT, CREATE):
                raise EOFError
            message = data[4:end]
            if len(message) > _HEADER_BYTES:
                found += self._answer(message) if message[9] & _ANSWER else self._ask(message)
            data = data[end:]
        return found

    def finish(self) -> list[Found]:
        """Give what was opened without an answer that was seen."""
        found = [
            self._opened(tree, name, gone)
            for (command, _), (tree, name, gone) in self._asked.items()
            if command == CREATE
        ]
        self._asked.clear()
        return [each for each in found if each is not None]

    def _ask(self, message: bytes) -> list[Found]:
        command, tree = message[4], _number(message, 24, 2)
        words = message[33 : 33 + 2 * message[32]]
        at = 35 + len(words)
        """Where the bytes behind the words begin."""
        number = (command, _number(message, 30, 2))
        if command == TREE_CONNECT and len(words) >= 8:
            name = _text(message, at + _number(words, 6, 2))
            keep(self._asked, number, (tree, name, False), _MAX_KEPT)
        elif command == CREATE and len(words) >= 48:
            name = _text(message, at, min(_number(words, 5, 2), _NAME_CAP))
            gone = bool(_number(words, 39, 4) & _DELETE_ON_CLOSE)
            keep(self._asked, number, (tree, name.lstrip("\\"), gone), _MAX_KEPT)
        elif command == WRITE and len(words) >= 24:
            start = _number(words, 22, 2)
            return self._pipe(_number(words, 4, 2), message[start : start + _number(words, 20, 2)])
        elif command == TRANSACTION and len(words) >= 32 and _number(words, 28, 2) == _TRANSACT_PIPE:
            start = _number(words, 24, 2)
            return self._pipe(_number(words, 30, 2), message[start : start + _number(words, 22, 2)])
        return []

    def _answer(self, message: bytes) -> list[Found]:
        command, status = message[4], _number(message, 5, 4)
        asked = self._asked.get((command, _number(message, 30, 2)))
        if asked is None or status == _MORE_NEEDED:
            return []
        del self._asked[command, _number(message, 30, 2)]
        if status:
            return []
        tree, name, gone = asked
        words = message[33 : 33 + 2 * message[32]]
        if command == TREE_CONNECT:
            keep(self._trees, _number(message, 24, 2), name, _MAX_KEPT)
            service = message[35 + len(words) :].partition(b"\0")[0][:8]
            return [Mapping(name, _SHARES.get(service, "UNKNOWN"))]
        found = self._opened(tree, name, gone)
        if self._trees.get(tree, "").upper().endswith("IPC$"):
            keep(self._pipes, _number(words, 5, 2), (name, RpcCalls()), _MAX_PIPES)
        return [found] if found is not None else []

    def _opened(self, tree: int, name: str, gone: bool) -> File | None:
        path = self._trees.get(tree, "")
        action = "PIPE_OPEN" if path.upper().endswith("IPC$") else "FILE_DELETE" if gone else "FILE_OPEN"
        key = (path, name, action)
        if key in self._told:
            return None
        keep(self._told, key, None, _MAX_KEPT)
        return File(path, name or "<share_root>", f"SMB::{action}", 0)

    def _pipe(self, number: int, data: bytes) -> list[Found]:
        if not is_rpc(data):
            return []
        if number not in self._pipes:
            keep(self._pipes, number, ("", RpcCalls()), _MAX_PIPES)
        name, calls = self._pipes[number]
        return [PipeCall(name, *call) for call in calls.read(data)]


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _text(message: bytes, at: int, cap: int = _NAME_CAP) -> str:
    """Give a text that ends with a zero, or after ``cap`` bytes; Unicode begins at an even place."""
    if _number(message, 10, 2) & _UNICODE:
        at += at % 2
        raw = message[at : at + cap]
        end = next((place for place in range(0, len(raw) - 1, 2) if raw[place : place + 2] == b"\0\0"), len(raw))
        return raw[:end].decode("utf-16-le", "backslashreplace")
    return message[at : at + cap].partition(b"\0")[0].decode("latin-1")
