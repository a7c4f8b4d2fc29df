"""Who logs in to MySQL, PostgreSQL, Redis and MQTT where the connection is not encrypted. A password is never read.

How the password goes over the wire is the mechanism: what it hashes is not in the clear, the name is.
"""

import re

from collectors.packets.logins import Login

_NAME_CAP = 256
_SSL = 0x800
_PLUGIN_AUTH, _SECURE_CONNECTION, _LENGTH_ENCODED, _WITH_DATABASE = 0x80000, 0x8000, 0x200000, 8
_POSTGRES = {3: "password", 5: "md5", 7: "gss", 9: "sspi", 10: "sasl"}
_REDIS = re.compile(rb"\*([23])\r\n\$4\r\nAUTH\r\n(?:\$(\d{1,4})\r\n)?", re.IGNORECASE)
_REDIS_HELLO = re.compile(rb"\*\d\r\n\$5\r\nHELLO\r\n\$\d\r\n\d\r\n\$4\r\nAUTH\r\n\$(\d{1,4})\r\n", re.IGNORECASE)
_REDIS_INLINE = re.compile(rb"AUTH (?:(\S+) )?\S", re.IGNORECASE)
_USERNAME, _PASSWORD, _WILL = 0x80, 0x40, 4


class MysqlReader:
    """The answer of a client to the greeting (MySQL "Protocol::HandshakeResponse41")."""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it is known."""
        if side == 1 or len(data) < 38 or data[3] not in (1, 2):
            return None
        abilities = int.from_bytes(data[4:8], "little")
        end = data.find(b"\0", 36)
        if end < 0 or (abilities & _SSL and len(data) <= 36):
            return None
        return Login(data[36:end][:_NAME_CAP], _mysql_plugin(data, end + 1, abilities))


def _mysql_plugin(data: bytes, at: int, abilities: int) -> str:
    """Give the name of the method that proves the password; that proof stands before it and is skipped."""
    if not abilities & _PLUGIN_AUTH:
        return "mysql_native_password"
    if abilities & (_LENGTH_ENCODED | _SECURE_CONNECTION):
        at += 1 + (data[at] if at < len(data) else 0)
    else:
        at = data.find(b"\0", at) + 1
    if abilities & _WITH_DATABASE:
        at = data.find(b"\0", at) + 1
    name = data[at : data.find(b"\0", at)][:48] if at > 0 else b""
    return name.decode("ascii") if name.isascii() and re.fullmatch(rb"[\w-]+", name) else "unknown"


class PostgresReader:
    """The start of a client, and how the server wants the password (PostgreSQL, "Message Formats")."""

    __slots__ = ("_user",)

    def __init__(self) -> None:
        self._user: bytes | None = None

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it is known."""
        if side == 0:
            if data[4:8] == b"\0\x03\0\0":
                said = data[8 : 8 + 4096].split(b"\0")
                names = dict(zip(said[::2], said[1::2], strict=False))
                self._user = names.get(b"user", b"")[:_NAME_CAP]
            return None
        if self._user is None or data[:1] != b"R" or len(data) < 9:
            return None
        number = int.from_bytes(data[5:9], "big")
        return Login(self._user, _POSTGRES.get(number, f"method-{number}")) if number else Login(self._user, "trust")


class RedisReader:
    """The command AUTH, with a name or without, and HELLO with AUTH (Redis, RESP)."""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it is known."""
        if side == 1:
            return None
        if found := _REDIS.match(data):
            size = int(found[2] or 0) if found[1] == b"3" else 0
            return Login(data[found.end() : found.end() + size][:_NAME_CAP], "AUTH")
        if found := _REDIS_HELLO.match(data):
            return Login(data[found.end() : found.end() + int(found[1])][:_NAME_CAP], "AUTH")
        if found := _REDIS_INLINE.match(data):
            return Login((found[1] or b"")[:_NAME_CAP], "AUTH")
        return None


class MqttReader:
    """The name in CONNECT (MQTT 3.1.1 and 5, section 3.1)."""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it has a name or a password."""
        if side == 1 or data[:1] != b"\x10":
            return None
        at = _after_number(data, 1)
        at += 2 + int.from_bytes(data[at : at + 2], "big")
        if len(data) < at + 4:
            return None
        level, flags = data[at], data[at + 1]
        if not flags & (_USERNAME | _PASSWORD):
            return None
        at += 4
        parts = 1 + 2 * bool(flags & _WILL)
        if level == 5:
            at = _after_properties(data, at)
        for part in range(parts):
            if level == 5 and part == 1:
                at = _after_properties(data, at)
            at += 2 + int.from_bytes(data[at : at + 2], "big")
        size = int.from_bytes(data[at : at + 2], "big") if flags & _USERNAME else 0
        return Login(data[at + 2 : at + 2 + size][:_NAME_CAP], "CONNECT")


def _after_number(data: bytes, at: int) -> int:
    """Give the place after a number of variable length (section 1.5.5)."""
    for place in range(at, min(at + 4, len(data))):
        if data[place] < 0x80:
            return place + 1
    return len(data)


def _after_properties(data: bytes, at: int) -> int:
    """Give the place after properties, which have their length before them."""
    after = _after_number(data, at)
    size = sum((byte & 0x7F) << 7 * index for index, byte in enumerate(data[at:after]))
    return after + size
