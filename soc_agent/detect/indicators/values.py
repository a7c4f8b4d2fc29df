"""Values of indicators: read as feeds write them, checked, and given their canonical form.

::

    ip      203.0.113.9          IPv6 compressed, in lower case; IPv4 written as IPv6 becomes IPv4
    cidr    203.0.113.0/24       host bits cleared
    domain  evil.example.com     lower case, punycode, no full stop at the end
    url     http://host/path     scheme and host in lower case, no default port, no fragment, escapes undone
    hash    lower case
"""

import re
import socket
from ipaddress import IPv4Network, IPv6Network, ip_network
from urllib.parse import unquote

from soc_agent.detect.indicators.indicator import Kind
from soc_agent.detect.indicators.suffixes import is_local, is_suffix

LENGTH_CAP = 2048
"""A longer value is no indicator."""
_SHORTEST_V4, _SHORTEST_V6 = 8, 19
_NAME_CAP = 253
_DEFAULT_PORTS = {"http": ("", "80"), "https": ("", "443"), "ftp": ("", "21"), "": ("", "80", "443")}
_HASHES = {32: Kind.MD5, 40: Kind.SHA1, 64: Kind.SHA256}
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
_IPV4 = re.compile(IPV4)
_HEX = re.compile(r"[0-9a-f]+")
_HASH_NAME = re.compile(r"^(?:md5|sha-?1|sha-?256)[:=]\s*", re.IGNORECASE)
"""What some write before a hash: ``sha256:…``, as tools for containers and lists of Sysmon do."""
_NETWORK = re.compile(r"[0-9A-Fa-f.:]+/[0-9]{1,3}")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,31})://", re.IGNORECASE)
_PORT = re.compile(r":([0-9]{1,5})")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
_DEFANGED = (
    (re.compile(r"^(h)(?:xx|tt|\*\*|XX)(ps?)(?=\[?:|\[|:)", re.IGNORECASE), r"\1tt\2"),
    (re.compile(r"^fxp(?=:)", re.IGNORECASE), "ftp"),
    (re.compile(r"^(?:meow|hxxx)(?=\[?:)", re.IGNORECASE), "http"),
    (re.compile(r"\[://\]"), "://"),
    (re.compile(r"\[:\]"), ":"),
    (re.compile(r"\[/\]"), "/"),
    (re.compile(r"[\[({]\s*(?:\.|dot|,)\s*[\])}]|\[\.|\.\]|\\\.", re.IGNORECASE), "."),
    (re.compile(r"[\[({]\s*(?:@|at)\s*[\])}]", re.IGNORECASE), "@"),
)
_MAY_BE_DEFANGED = re.compile(r"[\[({\\]|^hxx|^h\*\*|^fxp|^meow", re.IGNORECASE)
_NOT_GLOBAL_V4 = tuple(
    (int(net.network_address), int(net.broadcast_address))
    for net in map(
        IPv4Network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3"),
        ),
    )
)
_GLOBAL_V6 = IPv6Network("2000::/3")
_OF_NOTHING = frozenset(
    (
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
)
"""The hashes of an empty file."""


class Refused(ValueError):  # noqa: N818 - a value is refused, nothing is wrong with the program
    """A value that is not taken. ``code`` is the last part of a key of the catalogue ``indicator``."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def refang(text: str) -> str:
    """Undo what people do to values so that nobody follows them: ``hxxp://evil[.]com``."""
    if _MAY_BE_DEFANGED.search(text):
        for pattern, plain in _DEFANGED:
            text = pattern.sub(plain, text)
    return text


def canonical(text: str, kind: Kind | None = None) -> tuple[Kind, str]:
    """Give the kind and the canonical form of a value; the kind is told from the value when it is not given.

    :raises Refused: when it is no value of that kind, or one that would match what is no attack.
    """
    text = refang(text.strip())
    if not text:
        raise Refused("empty")
    if len(text) > LENGTH_CAP:
        raise Refused("too_long")
    kind = kind or guess(text)
    if kind in (Kind.IP, Kind.CIDR):
        return _network(text)
    if kind is Kind.DOMAIN:
        return kind, _name(text)
    if kind is Kind.URL:
        return kind, _url(text)
    return _hash(text, kind)


def guess(text: str) -> Kind:
    """Tell the kind of a value by its form."""
    bare = _HASH_NAME.sub("", text)
    if len(bare) in _HASHES and _HEX.fullmatch(bare.lower()):
        return _HASHES[len(bare)]
    if _SCHEME.match(text):
        return Kind.URL
    if "/" in text:
        return Kind.CIDR if _NETWORK.fullmatch(text) else Kind.URL
    bare = text.rpartition(":")[0] if text.count(":") == 1 else text
    return Kind.IP if _IPV4.fullmatch(bare) or bare.count(":") > 1 else Kind.DOMAIN


def parse_ip(text: str) -> bytes | None:
    """Give the bytes of an address, 4 or 16; of IPv4 written as IPv6 the 4. None when it is none."""
    if ":" not in text:
        return socket.inet_pton(socket.AF_INET, text) if _IPV4.fullmatch(text) else None
    try:
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return packed[12:] if packed[:12] == b"\0" * 10 + b"\xff\xff" else packed


def format_ip(packed: bytes) -> str:
    """Give an address as text, in its canonical form."""
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def to_ascii(name: str) -> str | None:
    """Give a domain name in lower case and punycode (RFC 3490); None when it cannot be one."""
    name = name.rstrip(".")
    if name.isascii():
        return name.lower()
    try:
        return name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None


def _network(text: str) -> tuple[Kind, str]:
    if _IPV4.fullmatch(text):
        _refuse_local(text)
        return Kind.IP, text
    text = text.strip("[]") if text.count(":") > 1 and "]:" not in text else text
    if found := re.fullmatch(r"(?:\[(.+)\]|([0-9.]+)):[0-9]{1,5}", text):
        text = found[1] or found[2]  # an address with a port
    address, slash, length = text.partition("/")
    packed = parse_ip(address)
    if packed is None or (slash and not length.isdecimal()):
        raise Refused("not_an_address")
    bits = 8 * len(packed)
    size = int(length) if slash else bits
    if slash and ":" in address and bits == 32:
        size -= 96
    if not 0 <= size <= bits:
        raise Refused("not_an_address")
    if size < (_SHORTEST_V4 if bits == 32 else _SHORTEST_V6):
        raise Refused("too_wide")
    network = ip_network((packed, size), strict=False)
    first = format_ip(network.network_address.packed)
    _refuse_local(first)
    if size == bits:
        return Kind.IP, first
    _refuse_local(str(network.broadcast_address))
    return Kind.CIDR, f"{first}/{size}"


def _refuse_local(text: str) -> None:
    packed = parse_ip(text)
    if packed is None:
        raise Refused("not_an_address")
    number = int.from_bytes(packed, "big")
    if len(packed) == 4:
        if any(first <= number <= last for first, last in _NOT_GLOBAL_V4):
            raise Refused("not_global")
    elif packed[0] >> 5 != 1:
        raise Refused("not_global")


def _name(text: str) -> str:
    text = text.removeprefix("*.").removeprefix(".").removeprefix("||").removesuffix("^")
    name = to_ascii(_PORT.sub("", text) if ":" in text else text)
    if name is not None and not name.count(".") and _HEX_OR_WORD.fullmatch(name):
        raise Refused("suffix" if len(name) < 64 else "not_a_domain")
    if (
        name is None
        or len(name) > _NAME_CAP
        or not _DOMAIN.fullmatch(name)
        or any(len(p) > 63 for p in name.split("."))
    ):
        raise Refused("not_a_domain")
    if is_local(name):
        raise Refused("local_name")
    if is_suffix(name):
        raise Refused("suffix")
    return name


_HEX_OR_WORD = re.compile(r"[a-z0-9-]{2,63}")


def _url(text: str) -> str:
    parts = url_parts(text)
    if parts is None:
        raise Refused("not_a_url")
    scheme, host, port, path = parts
    packed = parse_ip(host)
    if packed is not None:
        _refuse_local(format_ip(packed))
    else:
        # a URL on a host that many share is as narrow as its path
        if not _DOMAIN.fullmatch(host) or len(host) > _NAME_CAP:
            raise Refused("not_a_url")
        if is_local(host):
            raise Refused("local_name")
        if path == "/" and is_suffix(host):
            raise Refused("suffix")
    return join_url(scheme, host, port, path)


def url_parts(text: str) -> tuple[str, str, str, str] | None:
    """Give scheme, host, port (empty when it is the default) and path with query of a URL; None when it is none.

    The scheme may be missing. Escapes in the path are undone once; host names are in lower case and punycode.
    """
    scheme = ""
    if found := _SCHEME.match(text):
        scheme, text = found[1].lower(), text[found.end() :]
    text = text.partition("#")[0]
    end = min((place for mark in "/?\\" if (place := text.find(mark)) >= 0), default=len(text))
    authority, path = text[:end], text[end:]
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        host, _, port = authority[1:].partition("]")
    else:
        host, _, port = authority.partition(":")
    port = port.removeprefix(":")
    if port and not (port.isascii() and port.isdecimal() and len(port) < 6):
        return None
    packed = parse_ip(host)
    name = format_ip(packed) if packed is not None else to_ascii(host)
    if not name:
        return None
    if not path.startswith("/"):
        path = "/" + path
    return scheme, name, "" if port in _DEFAULT_PORTS.get(scheme, ("",)) else port, unquote(path)


def join_url(scheme: str, host: str, port: str, path: str) -> str:
    """Give a URL from its parts."""
    place = f"[{host}]" if ":" in host else host
    return (f"{scheme}://" if scheme else "") + place + (f":{port}" if port else "") + path


def _hash(text: str, kind: Kind) -> tuple[Kind, str]:
    value = _HASH_NAME.sub("", text).lower()
    if _HASHES.get(len(value)) is not kind or not _HEX.fullmatch(value):
        raise Refused("not_a_hash")
    if value in _OF_NOTHING or not value.strip("0"):
        raise Refused("hash_of_nothing")
    return kind, value
