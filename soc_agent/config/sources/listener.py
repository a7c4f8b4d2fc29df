"""Options of a source that listens for lines on the network."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Name, Seconds, Section
from soc_agent.model import Tier


class ListenOptions(Section, frozen=True):
    """One door: an address and port on which lines come in."""

    transport: Literal["udp", "tcp", "tls"]
    port: Annotated[int, Meta(ge=1, le=65_535)]
    address: str = ""
    """Empty: all addresses of this host, IPv4 and IPv6."""
    type: str = ""
    """Decoder type of the lines; empty: that of the source."""
    certificate: str = ""
    """TLS: PEM file of this host's certificate, with those of its authorities behind it."""
    key: str = ""
    """TLS: PEM file of its private key, without a passphrase; empty: it is in ``certificate``."""
    client_ca: str = ""
    """TLS: PEM file of the authorities that sign the certificates of senders."""
    client_certificates: Literal["none", "optional", "required"] = "none"
    crl: str = ""
    """TLS: PEM file of the revocation lists of ``client_ca``; a sender whose certificate stands there is refused."""
    client_names: tuple[str, ...] = ()
    """TLS: globs of the certificate names that may send; empty: every verified one."""


class ListenerSource(Section, frozen=True, tag="listener", tag_field="kind"):
    """Syslog and JSON lines that come over UDP, TCP and TLS."""

    name: Name
    listen: tuple[ListenOptions, ...]
    type: str = "auto"
    """Decoder type of the lines; ``auto`` tells JSON from syslog by each line."""
    timezone: str = ""
    """Zone of times that name none, as ``Asia/Ho_Chi_Minh``; empty: that of this host."""
    host: str = ""
    """Host of lines that name none; empty: their sender."""
    tier: Tier = Tier.NETWORK
    spool: str = ""
    """Folder of what was received and not processed yet; empty: beside the store."""
    spool_bytes: Annotated[int, Meta(ge=33_554_432)] = 1_073_741_824
    """When so much waits, datagrams are dropped and counted; TCP senders have to wait when seven eighths of it do."""
    sync_ms: Annotated[int, Meta(ge=1, le=60_000)] = 200
    """What was received is on disk, safe from a power failure, after so long at the latest."""
    message_cap_bytes: Annotated[int, Meta(ge=480, le=1_048_576)] = 131_072
    """A longer message keeps its head and is counted as truncated."""
    sender_lines_s: Annotated[int, Meta(ge=0)] = 50_000
    """Lines a second of one sender; beyond it TCP waits and datagrams are dropped and counted. 0: no limit."""
    max_connections: Annotated[int, Meta(ge=1, le=65_536)] = 1024
    max_connections_per_sender: Annotated[int, Meta(ge=1)] = 32
    handshake_s: Seconds = 10
    """Longest time for a TLS handshake."""
    unfinished_s: Seconds = 60
    """Longest time for one message: a connection that leaves one open for longer is closed."""
    idle_s: Seconds = 86_400
    """A connection on which nothing came for so long is closed."""
    receive_buffer_bytes: Annotated[int, Meta(ge=4096)] = 16_777_216
    """Asked of the kernel for each UDP port."""
