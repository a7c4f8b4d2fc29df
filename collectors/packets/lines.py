"""The lines that packets become: one JSON object each, with the field names of Zeek's logs and ``_path`` for the log.

``ts`` is in seconds since 1970 (UTC) with microseconds, ``duration`` in seconds.
"""

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

_encoder = msgspec.json.Encoder()


class Names(Struct, frozen=True):
    """What every line of a flow says of it: its id, its endpoints, and the sensor that saw it."""

    uid: str
    orig_h: str
    orig_p: int
    resp_h: str
    resp_p: int
    proto: str
    sensor: str
    is_group: bool
    """Whether the responder's address is a multicast or broadcast one."""


class _Line(Struct, frozen=True, tag_field="_path"):
    ts: float
    sensor: str


class _FlowLine(_Line, frozen=True):
    uid: str
    orig_h: str = field(name="id.orig_h")
    orig_p: int = field(name="id.orig_p")
    resp_h: str = field(name="id.resp_h")
    resp_p: int = field(name="id.resp_p")
    proto: str = field()


class Conn(_FlowLine, frozen=True, tag="conn"):
    """A flow, or the part of a long one since its last line (same ``uid``)."""

    service: str = field()
    duration: float = field()
    orig_bytes: int = field()
    resp_bytes: int = field()
    conn_state: str = field()
    history: str = field()
    orig_pkts: int = field()
    resp_pkts: int = field()
    vlan: int | UnsetType = UNSET


class Dns(_FlowLine, frozen=True, tag="dns"):
    """A question, with its answer where one was seen."""

    query: str = field()
    qtype_name: str = field()
    rcode_name: str | UnsetType = UNSET
    answers: tuple[str, ...] = ()
    rejected: bool = False
    z: int = field(name="Z", default=0)
    """The reserved bits of the header, where anything but 0 is odd."""
    recursion_desired: bool = field(name="RD", default=False)


class Ssl(_FlowLine, frozen=True, tag="ssl"):
    """A TLS ClientHello, with what the server answered where that was seen."""

    version: str = field()
    """The highest that the client offers."""
    ja4: str = field()
    ja3: str = field()
    server_name: str | UnsetType = UNSET
    alpn: tuple[str, ...] = ()
    server_version: str | UnsetType = UNSET
    """This and the next: what the server chose."""
    cipher: str | UnsetType = UNSET
    ja3s: str | UnsetType = UNSET


class Quic(_FlowLine, frozen=True, tag="quic"):
    """A QUIC connection that a client begins; its ClientHello is an ``ssl`` line of the same ``uid``."""

    version: str = field()
    client_initial_dcid: str = field()
    server_name: str | UnsetType = UNSET
    client_protocol: str | UnsetType = UNSET


class X509(_FlowLine, frozen=True, tag="x509"):
    """The certificate of a TLS server, where it is sent in the clear."""

    fingerprint: str = field()
    version: int = field(name="certificate.version")
    serial: str = field(name="certificate.serial")
    subject: str = field(name="certificate.subject")
    issuer: str = field(name="certificate.issuer")
    not_valid_before: float = field(name="certificate.not_valid_before")
    not_valid_after: float = field(name="certificate.not_valid_after")
    key_alg: str = field(name="certificate.key_alg")
    sig_alg: str = field(name="certificate.sig_alg")
    dns: tuple[str, ...] = field(name="san.dns", default=())
    is_expired: bool | UnsetType = field(name="certificate.expired", default=UNSET)
    """Given where it was out of date when it was shown."""


class Ssh(_FlowLine, frozen=True, tag="ssh"):
    """The banners of both sides, or of the one that spoke."""

    version: int = field()
    client: str | UnsetType = UNSET
    server: str | UnsetType = UNSET


class Smb(_FlowLine, frozen=True, tag="smb"):
    """The dialect that an SMB server chose."""

    version: str = field()
    dialect: str = field()
    signing_required: bool = field()


class SmbMapping(_FlowLine, frozen=True, tag="smb_mapping"):
    """A share that a client opened."""

    path: str = field()
    share_type: str = field()


class SmbFiles(_FlowLine, frozen=True, tag="smb_files"):
    """A file or pipe that a client opened; one that it opens again and again is told once."""

    action: str = field()
    path: str = field()
    """The share."""
    name: str = field()
    size: int = field()
    prev_name: str | UnsetType = UNSET
    """Of what was renamed: its name before."""


class Ntlm(_FlowLine, frozen=True, tag="ntlm"):
    """A login with NTLM, and whether the server took it."""

    username: str = field()
    domainname: str = field()
    hostname: str = field()
    success: bool = field()
    status: str = field()
    """Name of the answer, as ``LOGON_FAILURE``."""


class Notice(_FlowLine, frozen=True, tag="notice"):
    """Something that no ordinary program does, named as Zeek names it."""

    note: str = field()
    msg: str = field()


class DceRpc(_FlowLine, frozen=True, tag="dce_rpc"):
    """A remote procedure that a client called; each is told once for a connection or pipe."""

    endpoint: str = field()
    operation: str = field()
    named_pipe: str | UnsetType = UNSET


class Kerberos(_FlowLine, frozen=True, tag="kerberos"):
    """A request for a ticket, with what came of it."""

    request_type: str = field()
    client: str = field()
    service: str = field()
    success: bool | UnsetType = UNSET
    """Not there when no answer was seen."""
    error_msg: str | UnsetType = UNSET
    cipher: str | UnsetType = UNSET
    """Of the ticket."""
    till: float | UnsetType = UNSET
    forwardable: bool = False
    renewable: bool = False
    preauth: bool | UnsetType = UNSET
    """Whether the client proved that it knows its password."""
    offered: tuple[str, ...] | UnsetType = UNSET
    """Ciphers that the client offers."""


class Rdp(_FlowLine, frozen=True, tag="rdp"):
    """A remote desktop connection that begins."""

    cookie: str | UnsetType = UNSET
    """The name of the user, where the client sends it, at most 9 letters of it."""
    result: str | UnsetType = UNSET
    security_protocol: str | UnsetType = UNSET


class Login(_FlowLine, frozen=True, tag="login"):
    """A login in the clear. The password is never kept."""

    service: str = field()
    user: str = field()
    mechanism: str = field()


class Dhcp(_FlowLine, frozen=True, tag="dhcp"):
    """A DHCP message. ``msg_types`` has one entry."""

    msg_types: tuple[str, ...] = field()
    mac: str = field()
    client_addr: str | UnsetType = UNSET
    assigned_addr: str | UnsetType = UNSET
    requested_addr: str | UnsetType = UNSET
    server_addr: str | UnsetType = UNSET
    host_name: str | UnsetType = UNSET
    domain: str | UnsetType = UNSET
    lease_time: float | UnsetType = UNSET
    routers: tuple[str, ...] | UnsetType = UNSET
    dns_servers: tuple[str, ...] | UnsetType = UNSET


class Dhcp6(_FlowLine, frozen=True, tag="dhcpv6"):
    """A DHCPv6 message. ``msg_types`` has one entry, as in ``dhcp``."""

    msg_types: tuple[str, ...] = field()
    client_id: str = field()
    server_id: str = field()
    mac: str | UnsetType = UNSET
    assigned_addr: tuple[str, ...] | UnsetType = UNSET
    prefixes: tuple[str, ...] | UnsetType = UNSET
    dns_servers: tuple[str, ...] | UnsetType = UNSET
    host_name: str | UnsetType = UNSET
    lease_time: float | UnsetType = UNSET


class Http(_FlowLine, frozen=True, tag="http"):
    """A request, with the status of its response where one was seen."""

    method: str = field()
    uri: str = field()
    version: str = field()
    host: str | UnsetType = UNSET
    user_agent: str | UnsetType = UNSET
    referrer: str | UnsetType = UNSET
    status_code: int | UnsetType = UNSET
    request_body_len: int | UnsetType = UNSET
    """As the head of the request says."""
    orig_mime_types: tuple[str, ...] | UnsetType = UNSET
    resp_mime_types: tuple[str, ...] | UnsetType = UNSET
    """Both as the heads say; the content is not looked at."""
    client_header_names: tuple[str, ...] | UnsetType = UNSET
    username: str | UnsetType = UNSET
    """Of Basic authentication; the password is never kept."""


class Ftp(_FlowLine, frozen=True, tag="ftp"):
    """What a login came to. A password is never kept."""

    user: str = field()
    command: str = field()
    reply_code: int = field()
    reply_msg: str = field()


class Arp(_Line, frozen=True, tag="arp"):
    """An ARP message (RFC 826)."""

    operation: str
    src_mac: str
    src_ip: str
    dst_mac: str
    dst_ip: str
    frame_mac: str | UnsetType = UNSET
    """The sender of the frame, where it is not the sender that the message names."""
    vlan: int | UnsetType = UNSET


class Nd(_Line, frozen=True, tag="nd"):
    """A neighbour discovery message (RFC 4861)."""

    type: str
    src_mac: str
    src_ip: str
    dst_ip: str
    hop_limit: int
    """A real one has 255: it crossed no router."""
    target: str | UnsetType = UNSET
    router_lifetime: int | UnsetType = UNSET
    prefixes: tuple[str, ...] | UnsetType = UNSET
    frame_mac: str | UnsetType = UNSET
    """The sender of the frame, where it is not the link-layer address that the message names."""
    vlan: int | UnsetType = UNSET


class Icmp(_FlowLine, frozen=True, tag="icmp"):
    """What one host sent another of one type of ICMP, within a minute; or the first of it, at once.

    As in ``conn``, the ports are type and code, or the type that answers. Both addresses are unspecified where too many
    hosts sent that type to be told apart.
    """

    type: str = field()
    code: int = field()
    count: int = field()
    duration: float = field()
    payload_bytes: int = field()
    """Of all messages."""
    payload_least: int = field()
    payload_most: int = field()
    payload_kinds: int = field()
    """Payloads that differ by more than the time in them, among the first 32: a ping repeats itself."""
    payload_entropy: float = field()
    """Bits a byte, of the same payloads."""
    hop_limit: int = field()
    reason: str | UnsetType = UNSET
    """Why something is unreachable."""
    gateway: str | UnsetType = UNSET
    """Where a redirect sends traffic."""
    mtu: int | UnsetType = UNSET
    about_proto: str | UnsetType = UNSET
    """This and the next: of the packet that an error is about."""
    about_orig_h: str | UnsetType = UNSET
    about_resp_h: str | UnsetType = UNSET
    about_resp_p: int | UnsetType = UNSET


def encode(line: Struct) -> bytes:
    """Give a line as bytes, with its newline."""
    return _encoder.encode(line) + b"\n"


def of_flow(names: Names, time_ns: int) -> tuple[float, str, str, str, int, str, int, str]:
    """Give the fields that every line of a flow begins with."""
    return (
        seconds(time_ns), names.sensor, names.uid, names.orig_h, names.orig_p, names.resp_h, names.resp_p, names.proto,
    )  # fmt: skip


def seconds(time_ns: int) -> float:
    """Give nanoseconds as seconds, rounded to microseconds."""
    return (time_ns + 500) // 1000 / 1_000_000


def text(data: bytes, cap: int) -> str:
    r"""Give bytes off the wire as text: UTF-8, other bytes as ``\xNN``; cut at ``cap`` bytes."""
    return data[:cap].decode("utf-8", "backslashreplace")
