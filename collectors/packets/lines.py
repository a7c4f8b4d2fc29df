"""The lines that packets become: one JSON object each, with the field names of Zeek's logs and ``_path`` for the log.

``ts`` is in seconds since 1970 (UTC) with microseconds, ``duration`` in seconds.
"""

from typing import Any

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


class _Line(Struct, frozen=True, tag_field="_path", kw_only=True):
    ts: float


class _FlowLine(_Line, frozen=True, kw_only=True):
    uid: str
    orig_h: str = field(name="id.orig_h")
    orig_p: int = field(name="id.orig_p")
    resp_h: str = field(name="id.resp_h")
    resp_p: int = field(name="id.resp_p")
    proto: str


class Conn(_FlowLine, frozen=True, tag="conn", kw_only=True):
    """A flow, or the part of a long one since its last line (same ``uid``)."""

    service: str
    duration: float
    orig_bytes: int
    resp_bytes: int
    conn_state: str
    history: str
    orig_pkts: int
    resp_pkts: int
    vlan: int | UnsetType = UNSET
    sensor: str


class Dns(_FlowLine, frozen=True, tag="dns", kw_only=True):
    """A question, with its answer where one was seen."""

    query: str
    qtype_name: str
    rcode_name: str | UnsetType = UNSET
    answers: tuple[str, ...] = ()
    rejected: bool = False
    sensor: str


class Ssl(_FlowLine, frozen=True, tag="ssl", kw_only=True):
    """A TLS ClientHello."""

    server_name: str | UnsetType = UNSET
    version: str
    """The highest that the client offers."""
    ja4: str
    alpn: tuple[str, ...] = ()
    sensor: str


class Http(_FlowLine, frozen=True, tag="http", kw_only=True):
    """A request, with the status of its response where one was seen."""

    method: str
    host: str | UnsetType = UNSET
    uri: str
    user_agent: str | UnsetType = UNSET
    referrer: str | UnsetType = UNSET
    version: str
    status_code: int | UnsetType = UNSET
    sensor: str


class Ftp(_FlowLine, frozen=True, tag="ftp", kw_only=True):
    """What a login came to. A password is never kept."""

    user: str
    command: str
    reply_code: int
    reply_msg: str
    sensor: str


class Arp(_Line, frozen=True, tag="arp", kw_only=True):
    """An ARP message (RFC 826)."""

    operation: str
    src_mac: str
    src_ip: str
    dst_mac: str
    dst_ip: str
    frame_mac: str | UnsetType = UNSET
    """The sender of the frame, where it is not the sender that the message names."""
    vlan: int | UnsetType = UNSET
    sensor: str


class Nd(_Line, frozen=True, tag="nd", kw_only=True):
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
    sensor: str


def encode(line: Struct) -> bytes:
    """Give a line as bytes, with its newline."""
    return _encoder.encode(line) + b"\n"


def of_flow(names: Names, time_ns: int) -> dict[str, Any]:
    """Give the fields that every line of a flow has."""
    return {
        "ts": seconds(time_ns),
        "uid": names.uid,
        "orig_h": names.orig_h,
        "orig_p": names.orig_p,
        "resp_h": names.resp_h,
        "resp_p": names.resp_p,
        "proto": names.proto,
        "sensor": names.sensor,
    }


def seconds(time_ns: int) -> float:
    """Give nanoseconds as seconds, rounded to microseconds."""
    return (time_ns + 500) // 1000 / 1_000_000


def text(data: bytes, cap: int) -> str:
    r"""Give bytes off the wire as text: UTF-8, other bytes as ``\xNN``; cut at ``cap`` bytes."""
    return data[:cap].decode("utf-8", "backslashreplace")
