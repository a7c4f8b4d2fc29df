"""Messages of Windows protocols made by hand: SMB 2, remote procedures, Kerberos, remote desktop."""

import struct
import uuid


def rpc_bind(interface: str, context: int = 0, *, kind: int = 11, order: str = "<") -> bytes:
    raw = uuid.UUID(interface)
    item = (
        struct.pack(order + "HBB", context, 1, 0) + (raw.bytes_le if order == "<" else raw.bytes) + bytes(4) + bytes(20)
    )
    return _pdu(kind, struct.pack(order + "HHI", 4280, 4280, 0) + b"\x01\0\0\0" + item, order)


def rpc_request(operation: int, context: int = 0, stub: bytes = b"", *, order: str = "<") -> bytes:
    return _pdu(0, struct.pack(order + "IHH", len(stub), context, operation) + stub, order)


def _pdu(kind: int, body: bytes, order: str) -> bytes:
    drep = b"\x10\0\0\0" if order == "<" else bytes(4)
    return bytes((5, 0, kind, 3)) + drep + struct.pack(order + "HHI", 16 + len(body), 0, 1) + body


def smb2(
    command: int,
    body: bytes,
    *,
    number: int = 1,
    tree: int = 0,
    answer: bool = False,
    status: int = 0,
    following: int = 0,
) -> bytes:
    head = struct.pack("<4sHHIHHIIQIIQ16s", b"\xfeSMB", 64, 0, status, command, 1, int(answer), following, number, 0,
                       tree, 7, bytes(16))  # fmt: skip
    return head + body


def netbios(message: bytes) -> bytes:
    return len(message).to_bytes(4, "big") + message


def tree_connect(path: str, number: int = 1) -> bytes:
    name = path.encode("utf-16-le")
    return netbios(smb2(3, struct.pack("<HHHH", 9, 0, 72, len(name)) + name, number=number))


def tree_answer(tree: int, kind: int = 1, number: int = 1, status: int = 0) -> bytes:
    return netbios(
        smb2(3, struct.pack("<HBBIII", 16, kind, 0, 0, 0, 0), number=number, tree=tree, answer=True, status=status)
    )


def create(name: str, tree: int, number: int = 2, options: int = 0) -> bytes:
    text = name.encode("utf-16-le")
    body = struct.pack("<HBBIQQIIIIIHHII", 57, 0, 0, 2, 0, 0, 0x12019F, 0, 7, 1, options, 120, len(text), 0, 0)
    return netbios(smb2(5, body + text, number=number, tree=tree))


def create_answer(file_id: bytes, number: int = 2, size: int = 0, status: int = 0, tree: int = 0) -> bytes:
    body = struct.pack("<HBBI32sQQII16sII", 89, 0, 0, 1, bytes(32), size, size, 0, 0, file_id, 0, 0)
    return netbios(smb2(5, body, number=number, tree=tree, answer=True, status=status))


def write(file_id: bytes, data: bytes, number: int = 3) -> bytes:
    body = struct.pack("<HHIQ16sIIHHI", 49, 112, len(data), 0, file_id, 0, 0, 0, 0, 0)
    return netbios(smb2(9, body + data, number=number))


def transceive(file_id: bytes, data: bytes, number: int = 4) -> bytes:
    body = struct.pack("<HHI16sIIIIIIII", 57, 0, 0x0011C017, file_id, 120, len(data), 0, 0, 0, 4280, 1, 0)
    return netbios(smb2(11, body + data, number=number))


def login(user: str, domain: str, host: str, number: int = 1) -> bytes:
    fields, content = b"", b""
    for text in ("", "", domain, user, host, ""):
        data = text.encode("utf-16-le")
        fields += struct.pack("<HHI", len(data), len(data), 88 + len(content))
        content += data
    blob = b"NTLMSSP\0\x03\0\0\0" + fields + struct.pack("<I24x", 1) + content
    body = struct.pack("<HBBIIHHQ", 25, 0, 1, 1, 0, 88, len(blob), 0)
    return netbios(smb2(1, body + blob, number=number))


def login_answer(status: int, number: int = 1) -> bytes:
    return netbios(smb2(1, struct.pack("<HHHH", 9, 0, 72, 0), number=number, answer=True, status=status))


def rename(file_id: bytes, name: str, tree: int, number: int = 5) -> bytes:
    text = name.encode("utf-16-le")
    body = struct.pack("<HBBIHHI16s", 33, 1, 10, 20 + len(text), 96, 0, 0, file_id)
    return netbios(smb2(17, body + struct.pack("<B7xQI", 1, 0, len(text)) + text, number=number, tree=tree))


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    length = bytes((size,)) if size < 128 else bytes((0x82,)) + size.to_bytes(2, "big")
    return bytes((tag,)) + length + content


def number(value: int) -> bytes:
    return der(2, value.to_bytes(4, "big", signed=True))


def principal(*names: str) -> bytes:
    return der(0x30, der(0xA0, number(1)), der(0xA1, der(0x30, *(der(0x1B, name.encode()) for name in names))))


def kerberos_request(kind: int, service: tuple[str, ...], *, client: str = "an", realm: str = "A.VN",
                     etypes: tuple[int, ...] = (18, 23), proof: int = 0) -> bytes:  # fmt: skip
    body = der(0x30, der(0xA0, der(3, b"\0\x40\x80\0\0")), der(0xA1, principal(client)),
               der(0xA2, der(0x1B, realm.encode())), der(0xA3, principal(*service)),
               der(0xA5, der(0x18, b"20370913024805Z")), der(0xA7, number(1)),
               der(0xA8, der(0x30, *(number(each) for each in etypes))))  # fmt: skip
    padata = der(0xA3, der(0x30, der(0x30, der(0xA1, number(proof)), der(0xA2, der(4, b"x"))))) if proof else b""
    return der(0x60 + kind, der(0x30, der(0xA1, number(5)), der(0xA2, number(kind)), padata, der(0xA4, body)))


def kerberos_ticket(
    kind: int, service: tuple[str, ...], etype: int, *, client: str = "an", realm: str = "A.VN"
) -> bytes:
    sealed = der(0x30, der(0xA0, number(etype)), der(0xA2, der(4, bytes(200))))
    ticket = der(0x61, der(0x30, der(0xA0, number(5)), der(0xA1, der(0x1B, realm.encode())),
                           der(0xA2, principal(*service)), der(0xA3, sealed)))  # fmt: skip
    return der(0x60 + kind, der(0x30, der(0xA0, number(5)), der(0xA1, number(kind)),
                                der(0xA3, der(0x1B, realm.encode())),
                                der(0xA4, principal(client)), der(0xA5, ticket), der(0xA6, sealed)))  # fmt: skip


def kerberos_error(code: int, service: tuple[str, ...] = ("krbtgt", "A.VN")) -> bytes:
    stamp = der(0x18, b"20370913024805Z")
    return der(0x7E, der(0x30, der(0xA0, number(5)), der(0xA1, number(30)), der(0xA4, stamp), der(0xA5, number(1)),
                         der(0xA6, number(code)), der(0xA9, der(0x1B, b"A.VN")),
                         der(0xAA, principal(*service))))  # fmt: skip


def rdp_request(user: str = "", protocols: int | None = 3) -> bytes:
    said = f"Cookie: mstshash={user}\r\n".encode() if user else b""
    return _tpkt(0xE0, said + (b"" if protocols is None else struct.pack("<BBHI", 1, 0, 8, protocols)))


def rdp_confirm(protocol: int | None = 2, kind: int = 2) -> bytes:
    return _tpkt(0xD0, b"" if protocol is None else struct.pack("<BBHI", kind, 0, 8, protocol))


def _tpkt(kind: int, body: bytes) -> bytes:
    return struct.pack(">BBHBBHHB", 3, 0, 11 + len(body), 6 + len(body), kind, 0, 0, 0) + body
