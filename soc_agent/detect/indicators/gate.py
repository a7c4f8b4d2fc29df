"""A gate before the scan, for lists that are not too long: literals in a multi-pattern database.

Up to some ten thousand literals Hyperscan is several times faster than looking through a block for separators. It only
tells which lines hold the characters of an indicator anywhere; the scan then looks at these lines.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from soc_agent.detect.indicators.indicator import Indicator, Kind
from soc_agent.detect.indicators.values import parse_ip, url_parts
from soc_agent.detect.prefilter.scanner import NUMBER_BITS, Scanner, available_backend, make_scanner

LITERALS_CAP = 25_000
"""With more literals the scan alone is as fast, and the database takes long to make."""
_NARROW = 24
_WIDEST = 16
"""A wider network of IPv4 has too many beginnings."""
_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_."


def gate_of(entries: Iterable[Indicator], *, wide: bool) -> Scanner | None:
    """Make the gate for a list; None where there is no Hyperscan, or the list is not for it.

    :param wide: whether a name has letters beyond ASCII, which may be written in more ways than literals can tell.
    """
    if wide or available_backend() != "hyperscan":
        return None
    literals = dict.fromkeys(_hidden())
    for entry in entries:
        for literal in _literals_of(entry):
            if literal is None or len(literals) >= LITERALS_CAP:
                return None
            literals[literal] = None
    import hyperscan

    try:
        return make_scanner([literal.encode() for literal in literals], "hyperscan")
    except hyperscan.HyperscanError:
        return None  # a processor without the instructions that it needs; the scan does without


def gated(scanner: Scanner, block: bytes) -> list[tuple[int, int]]:
    """Give the lines of a block that hold a literal: begin, and end behind the newline."""
    lines: list[tuple[int, int]] = []
    end = 0
    for hit in scanner.scan(block):
        place = (hit >> NUMBER_BITS) - 1
        if place >= end:
            start = block.rfind(b"\n", end, place) + 1 or end
            end = block.find(b"\n", place) + 1 or len(block)
            lines.append((start, end))
    return lines


def _hidden() -> Iterator[str]:
    r"""Yield what hides a character of a name, address or hash (``%2e``, ``\u002e``), and IPv4 in hexadecimal."""
    for character in {*_CHARACTERS, *_CHARACTERS.upper()}:
        yield f"%{ord(character):02x}"
        yield f"\\u{ord(character):04x}"
    yield f"\\u{ord(':'):04x}"
    yield "::ffff"
    yield "%3affff"


def _literals_of(entry: Indicator) -> Iterator[str | None]:
    """Yield literals of which a line that names an indicator holds one; None where there are none such."""
    if entry.kind is Kind.URL:
        parts = url_parts(entry.value)
        host = parts[1] if parts else ""
        if parse_ip(host) is None:
            yield host or None
            return
        yield from _of_network(host, None)
    elif entry.kind in (Kind.IP, Kind.CIDR):
        address, slash, size = entry.value.partition("/")
        yield from _of_network(address, int(size) if slash else None)
    else:
        yield entry.value


def _of_network(address: str, size: int | None) -> Iterator[str | None]:
    packed = parse_ip(address) or b""
    if len(packed) == 4:
        if size is None:
            yield address
        elif size < _WIDEST:
            yield None
        elif size >= _NARROW:
            yield address.rpartition(".")[0] + "."
        else:
            for network in IPv4Network(f"{address}/{size}").subnets(new_prefix=_NARROW):
                yield str(network.network_address).rpartition(".")[0] + "."
        return
    first = int.from_bytes(packed[:4], "big")
    for number in range(1 << max(0, 32 - (size or 128))):
        yield from _beginnings(first + number)


def _beginnings(prefix: int) -> Iterator[str]:
    """Yield how the first two numbers of an IPv6 address may be written, the first one always in four digits."""
    first, second = f"{prefix >> 16:04x}", f"{prefix & 0xFFFF:x}"
    written = {second.rjust(width, "0") for width in range(len(second), 5)}
    for colon in (":", "%3a"):
        for number in written | ({colon} if second == "0" else set()):
            yield first + colon + number
