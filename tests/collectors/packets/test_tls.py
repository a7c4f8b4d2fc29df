"""ClientHello and JA4: the published example, real ones, split, cut and broken ones."""

import contextlib
import struct
from hashlib import md5, sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.packets.tls import Hello, client_hello, ja3, ja3s, ja4, server_hello
from tests.collectors.packets import craft

GREASE = 0x2A2A
CIPHERS = "1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035"
EXTENSIONS = "001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015"
ALGORITHMS = "0403,0804,0401,0503,0805,0501,0806,0601"


def numbers(listed: str) -> list[int]:
    return [int(word, 16) for word in listed.split(",")]


def listed(values: list[int], width: int = 2) -> bytes:
    body = b"".join(value.to_bytes(2, "big") for value in values)
    return len(body).to_bytes(width, "big") + body


def build(ciphers: list[int], extensions: list[tuple[int, bytes]], version: int = 0x0303, record: int = 16000) -> bytes:
    """A ClientHello in TLS records of at most ``record`` bytes."""
    packed = b"".join(struct.pack(">HH", kind, len(content)) + content for kind, content in extensions)
    body = struct.pack(">H", version) + bytes(32) + b"\x02\x01\x02" + listed(ciphers) + b"\x01\0"
    if extensions:
        body += struct.pack(">H", len(packed)) + packed
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    parts = [message[place : place + record] for place in range(0, len(message), record)]
    return b"".join(struct.pack(">BHH", 22, 0x0301, len(part)) + part for part in parts)


def name_extension(name: bytes) -> tuple[int, bytes]:
    return 0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name


def alpn_extension(*names: bytes) -> tuple[int, bytes]:
    packed = b"".join(bytes([len(name)]) + name for name in names)
    return 16, struct.pack(">H", len(packed)) + packed


def chrome() -> bytes:
    """The example of JA4's own description, GREASE among its ciphers, extensions, versions and algorithms."""
    extensions: list[tuple[int, bytes]] = [(GREASE, b"")]
    for kind in numbers(EXTENSIONS):
        content = {0: name_extension(b"example.vn")[1], 16: alpn_extension(b"h2", b"http/1.1")[1],
                   13: listed([GREASE, *numbers(ALGORITHMS)]), 43: listed([GREASE, 0x0304, 0x0303], 1)}  # fmt: skip
        extensions.append((kind, content.get(kind, b"")))
    return build([GREASE, *numbers(CIPHERS)], [*extensions, (0xFAFA, b"\0")])


def test_ja4_of_the_published_example() -> None:
    """The one in FoxIO's description of JA4."""
    hello = client_hello(chrome())
    assert hello is not None
    assert ja4(hello) == "t13d1516h2_8daaf6152771_e5627efa2ab1"
    assert (hello.server_name, hello.alpn, hello.version_name) == (b"example.vn", (b"h2", b"http/1.1"), "TLSv13")


def test_ja4_without_signature_algorithms_ends_without_an_underscore() -> None:
    """The second published hash."""
    hello = Hello(0x0304, (1,), tuple(numbers(EXTENSIONS)), (), True, b"", ())
    assert ja4(hello).endswith("_6d807ffa2a79")


@pytest.mark.parametrize(
    ("alpn", "mark"),
    [((), "00"), ((b"",), "00"), ((b"http/1.1",), "h1"), ((b"x",), "xx"), ((b"\xab",), "ab"), ((b"\xab\xcd",), "ad"),
     ((b"\x30\xab",), "3b"), ((b"\x30\x31\xab\xcd",), "3d"), ((b"\x30\xab\xcd\x31",), "01")],
)  # fmt: skip
def test_ja4_of_alpn_values_as_published(alpn: tuple[bytes, ...], mark: str) -> None:
    assert ja4(Hello(0x0304, (), (), (), False, b"", alpn)).partition("_")[0] == f"t13i0000{mark}"


@pytest.mark.parametrize(
    ("version", "mark"),
    [(0x0304, "13"), (0x0303, "12"), (0x0302, "11"), (0x0301, "10"), (0x0300, "s3"), (0x0002, "s2"), (0x7F1C, "00")],
)
def test_ja4_of_versions_and_of_nothing(version: int, mark: str) -> None:
    assert ja4(Hello(version, (), (), (), False, b"", ())) == f"t{mark}i000000_000000000000_000000000000"


def test_ja4_counts_at_most_99_and_hashes_nothing_but_names_as_nothing() -> None:
    hello = Hello(0x0303, tuple(range(200)), (0, 16), (0x0403,), True, b"", ())
    assert ja4(hello, "q").startswith("q12d9902")
    assert ja4(hello).endswith("_000000000000")


def again(data: bytes) -> str:
    """JA4 computed a second time, from the bytes of a hello in one record, without any of the code under test."""
    at = 5 + 4
    version = data[at : at + 2].hex()
    at += 34
    at += 1 + data[at]
    size = int.from_bytes(data[at : at + 2], "big")
    ciphers = [data[at + 2 + n : at + 4 + n].hex() for n in range(0, size, 2)]
    at += 2 + size
    at += 1 + data[at] + 2
    kinds, algorithms, alpn = [], [], b""
    while at < len(data):
        kind, size = data[at : at + 2].hex(), int.from_bytes(data[at + 2 : at + 4], "big")
        content = data[at + 4 : at + 4 + size]
        at += 4 + size
        kinds.append(kind)
        if kind == "000d":
            algorithms = [content[n : n + 2].hex() for n in range(2, len(content), 2)]
        elif kind == "0010":
            alpn = content[3 : 3 + content[2]]
        elif kind == "002b":
            version = max(content[n : n + 2].hex() for n in range(1, len(content), 2))
    first = {"0304": "13", "0303": "12"}[version]
    ends = chr(alpn[0]) + chr(alpn[-1]) if alpn else "00"
    rest = ",".join(sorted(kind for kind in kinds if kind not in ("0000", "0010"))) + "_" + ",".join(algorithms)
    hashes = [sha256(text.encode()).hexdigest()[:12] for text in (",".join(sorted(ciphers)), rest)]
    return f"t{first}{'d' if '0000' in kinds else 'i'}{len(ciphers):02}{len(kinds):02}{ends}_{hashes[0]}_{hashes[1]}"


@pytest.mark.parametrize(("name", "alpn"), [("portal.example.vn", ["h2", "http/1.1"]), ("", []), ("a.vn", ["imap"])])
def test_the_hello_of_a_real_library(name: str, alpn: list[str]) -> None:
    data = craft.hello(name, alpn)
    hello = client_hello(data)
    assert hello is not None
    assert hello.server_name.decode() == name
    assert [value.decode() for value in hello.alpn] == alpn
    assert ja4(hello) == again(data)


@pytest.mark.parametrize("record", [1, 7, 100])
def test_a_hello_over_many_records_is_the_same(record: int) -> None:
    extensions = [name_extension(b"split.example.vn")]
    assert client_hello(build([1, 2], extensions, record=record)) == client_hello(build([1, 2], extensions))


def test_every_shorter_beginning_needs_more() -> None:
    data = chrome()
    for cut in range(len(data)):
        with pytest.raises(EOFError):
            client_hello(data[:cut])
    assert client_hello(data + b"more follows") == client_hello(data)


def test_an_old_hello_without_extensions() -> None:
    hello = client_hello(build([5, 4], [], 0x0301))
    assert hello is not None
    assert (hello.extensions, hello.version_name, hello.has_server_name) == ((), "TLSv10", False)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\0\0" + bytes(20),
        b"\x16\x03\x01\xff\xff" + bytes(20),
        b"\x17\x03\x03\0\x05hello",
        b"\x16\x03\x03\0\x04\x02\0\0\0",
        b"\x16\x03\x01\0\x06\x01\0\0\x02\x03\x03",
        build([1], [(0, b"\0\x09\0\0\x50name")]),
        build([1], [(0x10, b"\0\x05\x09h2")]),
        build([1], [(43, b"\x09\x03")]),
    ],
)
def test_what_contradicts_itself_is_none(data: bytes) -> None:
    assert client_hello(data) is None


def test_an_extension_that_ends_beyond_the_message_is_none() -> None:
    data = bytearray(build([1], [name_extension(b"abc")]))
    data[-8] += 9
    assert client_hello(bytes(data)) is None


def test_empty_extensions_are_no_contradiction() -> None:
    hello = client_hello(build([1], [(0, b""), (16, b""), (13, b""), (43, b"")]))
    assert hello is not None
    assert (hello.has_server_name, hello.server_name, hello.alpn, hello.signature_algorithms) == (True, b"", (), ())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255), st.binary(max_size=60), st.booleans())
def test_hostile_bytes_never_raise_anything_else(place: int, value: int, data: bytes, changed: bool) -> None:
    hostile = bytearray(chrome())
    hostile[place % len(hostile)] = value
    try:
        found = client_hello(bytes(hostile) if changed else b"\x16\x03\x01" + data)
    except EOFError:
        return
    if found is not None:
        ja4(found)


@pytest.mark.data
def test_real_hellos_have_the_names_that_their_captures_show(shared_data: Path) -> None:
    from collectors.packets import read_capture

    expected = {
        "tls_tls13-ech.pcap": ["cloudflare-ech.com"] * 2,
        "tls_tls-conn-with-extensions.pcap": ["ssl.gstatic.com"],
    }
    for name, servers in expected.items():
        data = b"".join(block.data for block in read_capture(shared_data / "pcap" / name))
        lines = [line for line in data.splitlines() if b'"_path":"ssl"' in line]
        assert [line.partition(b'"server_name":"')[2].partition(b'"')[0].decode() for line in lines] == servers


def test_ja3_is_the_hash_of_five_lists_without_grease() -> None:
    """As the README of salesforce/ja3 puts them together, from the numbers of the hello itself."""
    extensions: list[tuple[int, bytes]] = [
        (GREASE, b""), name_extension(b"a.vn"), (10, listed([GREASE, 29, 23])), (11, b"\x02\0\1"),
        (43, listed([0x0304], 1)),
    ]  # fmt: skip
    hello = client_hello(build([GREASE, 0x1301, 0xC02B], extensions))
    assert hello is not None
    assert ja3(hello) == md5(b"771,4865-49195,0-10-11-43,29-23,0-1", usedforsecurity=False).hexdigest()
    bare = client_hello(build([5, 4], [], version=0x0301))
    assert bare is not None
    assert ja3(bare) == md5(b"769,5-4,,,", usedforsecurity=False).hexdigest()


def server_body(version: int, cipher: int, *extensions: tuple[int, bytes]) -> bytes:
    listed = b"".join(kind.to_bytes(2, "big") + len(said).to_bytes(2, "big") + said for kind, said in extensions)
    tail = len(listed).to_bytes(2, "big") + listed if extensions else b""
    return version.to_bytes(2, "big") + bytes(32) + b"\x02ab" + cipher.to_bytes(2, "big") + b"\0" + tail


def server_records(body: bytes, size: int = 16000) -> bytes:
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    parts = [message[at : at + size] for at in range(0, len(message), size)]
    return b"".join(b"\x16\x03\x03" + len(part).to_bytes(2, "big") + part for part in parts)


@pytest.mark.parametrize("size", [3, 16000])
def test_what_a_server_chose(size: int) -> None:
    body = server_body(0x0303, 0x1301, (43, b"\x03\x04"), (51, bytes(36)))
    found = server_hello(server_records(body, size))
    assert found is not None
    assert (found.version_name, found.cipher_name) == ("TLSv13", "TLS_AES_128_GCM_SHA256")
    assert ja3s(found) == md5(b"771,4865,43-51", usedforsecurity=False).hexdigest()
    old = server_hello(server_records(server_body(0x0301, 0x9999)))
    assert old is not None
    assert (old.version_name, old.cipher_name) == ("TLSv10", "unknown-39321")
    assert ja3s(old) == md5(b"769,39321,", usedforsecurity=False).hexdigest()


def test_an_alert_is_no_server_hello_and_part_of_one_needs_more() -> None:
    assert server_hello(b"\x15\x03\x03\0\x02\x02\x28") is None
    data = server_records(server_body(0x0303, 0x1301, (43, b"\x03\x04")))
    for cut in range(len(data)):
        with pytest.raises(EOFError):
            server_hello(data[:cut])


@given(st.binary(max_size=80), st.integers(0, 100))
def test_broken_servers_break_nothing(junk: bytes, cut: int) -> None:
    body = server_body(0x0303, 0x1301, (43, b"\x03\x04"), (51, bytes(36)))[:cut] + junk
    server_hello(server_records(body))
    with contextlib.suppress(EOFError):
        server_hello(b"\x16\x03\x03" + junk)
