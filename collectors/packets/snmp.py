"""SNMP 1 and 2c: that a community name, which is a password, goes over the wire in the clear. It is not read."""

_VERSIONS = {0: "community-v1", 1: "community-v2c"}


def mechanism(data: bytes) -> str:
    """Give how a message says who sends it (RFC 1157, RFC 1901); empty when not by a community, or it is no message."""
    if len(data) < 8 or data[0] != 0x30:
        return ""
    at = 2 if data[1] < 0x80 else 2 + (data[1] & 0x7F)
    if data[at : at + 2] != b"\x02\x01" or data[at + 3 : at + 4] != b"\x04" or at > 6:
        return ""
    return _VERSIONS.get(data[at + 2], "")
