"""Listens to a flow until somebody has logged in, and gives that as a line. Never the password."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from collectors.packets import snmp
from collectors.packets.database_logins import MqttReader, MysqlReader, PostgresReader, RedisReader
from collectors.packets.lines import Login as LoginLine
from collectors.packets.lines import Names, encode, of_flow, text
from collectors.packets.logins import PAYLOADS, Login, Reader
from collectors.packets.prompts import RloginReader, TelnetReader


class LoginReader(Protocol):
    """Finds who logs in."""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload; give the login when it is known."""


class LoginListener:
    """Logins in the clear: one for a flow."""

    __slots__ = ("_reader", "_service", "wants")

    def __init__(self, service: str, reader: LoginReader, wants: tuple[int, int]) -> None:
        self.wants = list(wants)
        self._service = service
        self._reader: LoginReader | None = reader

    @property
    def held(self) -> int:
        """Bytes that are kept until somebody has logged in, about."""
        return 0 if self._reader is None else 400

    def read(self, names: Names, side: int, data: bytes, time_ns: int) -> list[bytes]:
        """Take what is said, until the client has logged in."""
        login = self._reader.read(side, data) if self._reader is not None else None
        if login is None:
            return []
        self.wants[:] = [0, 0]
        self._reader = None
        return [encode(LoginLine(*of_flow(names, time_ns), self._service, text(login.user, 256), login.mechanism))]

    def finish(self, names: Names, time_ns: int) -> list[bytes]:
        """Give nothing: a name without a login is none."""
        return []


class _MailReader:
    """POP3, IMAP, SMTP and LDAP: the client alone says it."""

    def __init__(self, service: str) -> None:
        self._reader = Reader(service)

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a payload."""
        return self._reader.read(data) if side == 0 else None


class _SnmpReader:
    """A community in the clear."""

    def read(self, side: int, data: bytes) -> Login | None:
        """Take a message."""
        found = snmp.mechanism(data)
        return Login(b"", found) if found else None


_LOGINS: dict[str, tuple[Callable[[], LoginReader], tuple[int, int]]] = {
    **{name: (partial(_MailReader, name), (PAYLOADS, 0)) for name in ("pop3", "imap", "smtp", "ldap")},
    "telnet": (TelnetReader, (100, 100)),
    "rlogin": (RloginReader, (4, 0)),
    "mysql": (MysqlReader, (2, 0)),
    "postgresql": (PostgresReader, (4, 4)),
    "redis": (RedisReader, (4, 0)),
    "mqtt": (MqttReader, (1, 0)),
    "snmp": (_SnmpReader, (2, 2)),
}
"""By service: what reads its logins, and how many payloads of each side it looks at."""


def login_listener_of(service: str) -> LoginListener | None:
    """Give what listens for logins to a service; None for one whose logins are not read."""
    found = _LOGINS.get(service)
    return LoginListener(service, found[0](), found[1]) if found is not None else None
