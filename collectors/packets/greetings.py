"""What servers and clients say of themselves at the beginning: SSH banners (RFC 4253), and the dialect of SMB."""

from typing import NamedTuple

_BANNER_CAP = 255
_DIALECTS = {0x0202: "2.0.2", 0x0210: "2.1", 0x02FF: "2.???", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_SIGNING_REQUIRED = 2
_NEGOTIATE_1 = 0x72


class Smb(NamedTuple):
    """The answer of a server to a negotiation ([MS-SMB2] section 2.2.4, [MS-CIFS] section 2.2.4.52.2)."""

    version: str
    dialect: str
    signing_required: bool


def ssh_banner(data: bytes) -> bytes | None:
    """Give the banner at the beginning of a stream, without its end of line; None when it is none."""
    if not data.startswith(b"SSH-"):
        return None
    return data[:_BANNER_CAP].split(b"\n", 1)[0].rstrip(b"\r")


def ssh_version(banner: bytes) -> int:
    """Give the version of the protocol: 1 or 2; 1.99 is a server that speaks both (RFC 4253 section 5.1)."""
    return 1 if banner.startswith(b"SSH-1.") and not banner.startswith(b"SSH-1.99") else 2


def smb_answer(data: bytes) -> Smb | None:
    """Give what a server chose; None when this is no answer to a negotiation."""
    if data[4:8] == b"\xffSMB":
        is_answer = len(data) >= 40 and data[8] == _NEGOTIATE_1 and data[13] & 0x80 and data[36]
        return Smb("SMB1", "NT LM 0.12", bool(data[39] & 8)) if is_answer else None
    if data[4:8] != b"\xfeSMB" or len(data) < 74 or data[16:18] != b"\0\0" or not data[20] & 1:
        return None
    number = int.from_bytes(data[72:74], "little")
    dialect = _DIALECTS.get(number, f"0x{number:04x}")
    return Smb(f"SMB{dialect[0]}" if number in _DIALECTS else "SMB", dialect, bool(data[70] & _SIGNING_REQUIRED))
