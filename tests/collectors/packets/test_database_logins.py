"""Who logs in to databases and brokers."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.packets.database_logins import MqttReader, MysqlReader, PostgresReader, RedisReader
from collectors.packets.logins import Login

SECRET = b"matkhau-bi-mat"


def mysql(user: bytes, plugin: bytes, abilities: int = 0x8A205 | 8, database: bytes = b"app\0") -> bytes:
    body = (
        struct.pack("<IIB23s", abilities, 1 << 24, 33, b"")
        + user
        + b"\0"
        + bytes((20,))
        + b"h" * 20
        + database
        + plugin
        + b"\0"
    )
    return len(body).to_bytes(3, "little") + b"\x01" + body


def resp(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def startup(**names: str) -> bytes:
    body = b"\0\x03\0\0" + b"".join(f"{key}\0{value}\0".encode() for key, value in names.items()) + b"\0"
    return (len(body) + 4).to_bytes(4, "big") + body


def connect(level: int = 4, will: bool = False, user: bytes = b"an") -> bytes:
    def text(data: bytes) -> bytes:
        return len(data).to_bytes(2, "big") + data

    flags = 0xC0 | (4 if will else 0)
    body = text(b"MQTT") + bytes((level, flags, 0, 60)) + (b"\x03\x11\0\0" if level == 5 else b"") + text(b"sensor-7")
    if will:
        body += (b"\0" if level == 5 else b"") + text(b"topic") + text(b"gone")
    body += text(user) + text(SECRET)
    return b"\x10" + bytes((len(body),)) + body


def test_mysql_says_how_the_password_goes() -> None:
    assert MysqlReader().read(0, mysql(b"an", b"caching_sha2_password")) == Login(b"an", "caching_sha2_password")
    assert MysqlReader().read(0, mysql(b"an", b"mysql_clear_password")) == Login(b"an", "mysql_clear_password")
    assert MysqlReader().read(0, mysql(b"an", b"x", 0x8205, b"")) == Login(b"an", "mysql_native_password")
    ask_tls = b"\x20\0\0\x01" + struct.pack("<IIB23s", 0x8AA05, 1, 33, b"")
    assert MysqlReader().read(0, ask_tls) is None


@pytest.mark.parametrize(
    ("number", "mechanism"), [(3, "password"), (5, "md5"), (10, "sasl"), (0, "trust"), (77, "method-77")]
)
def test_postgresql(number: int, mechanism: str) -> None:
    reader = PostgresReader()
    assert reader.read(0, b"\0\0\0\x08\x04\xd2\x16\x2f") is None
    assert reader.read(1, b"N") is None
    assert reader.read(0, startup(database="app", user="an")) is None
    assert reader.read(1, b"R\0\0\0\x08" + number.to_bytes(4, "big")) == Login(b"an", mechanism)


@pytest.mark.parametrize(
    ("said", "user"),
    [
        (resp(b"AUTH", SECRET), b""),
        (resp(b"auth", b"an", SECRET), b"an"),
        (resp(b"HELLO", b"3", b"AUTH", b"an", SECRET), b"an"),
        (b"AUTH " + SECRET + b"\r\n", b""),
        (b"AUTH an " + SECRET + b"\r\n", b"an"),
    ],
)
def test_redis(said: bytes, user: bytes) -> None:
    assert RedisReader().read(0, said) == Login(user, "AUTH")
    assert RedisReader().read(0, resp(b"GET", b"AUTH")) is None


@pytest.mark.parametrize("level", [4, 5])
@pytest.mark.parametrize("will", [False, True])
def test_mqtt(level: int, will: bool) -> None:
    assert MqttReader().read(0, connect(level, will)) == Login(b"an", "CONNECT")
    assert MqttReader().read(0, b"\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02id") is None


@given(st.binary(max_size=80), st.integers(0, 120))
def test_broken_ones_break_nothing_and_no_password_comes_out(junk: bytes, cut: int) -> None:
    for whole in (mysql(b"an", b"x"), startup(user="an"), resp(b"AUTH", b"an", SECRET), connect(5, will=True)):
        for reader in (MysqlReader(), PostgresReader(), RedisReader(), MqttReader()):
            for side in (0, 1):
                reader.read(side, whole[:cut] + junk)
                reader.read(side, junk)
