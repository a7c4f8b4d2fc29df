"""Elements of BER and DER (X.690 section 8.1), as certificates and Kerberos have them."""

from collections.abc import Iterator

_CONTEXT = 0xA0


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tags and contents, one after the other.

    :raises ValueError: when one is cut off.
    :raises IndexError: when not even its length is there.
    """
    at = 0
    while at < len(data):
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            if count > 4:
                raise ValueError(count)
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + size > len(data):
            raise ValueError(size)
        yield tag, data[at : at + size]
        at += size


def first(data: bytes) -> bytes:
    """Give the content of the first element.

    :raises ValueError: when there is none, or it is cut off.
    """
    for _, content in elements(data):
        return content
    raise ValueError(0)


def fields(data: bytes) -> dict[int, bytes]:
    """Give the parts of a sequence that are numbered [0], [1] …, by their number.

    :raises ValueError: or IndexError, as :func:`elements`.
    """
    return {tag - _CONTEXT: content for tag, content in elements(first(data)) if tag >= _CONTEXT}
