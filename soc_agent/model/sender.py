"""Who sent a line over the network: what the connection says, which the line itself cannot forge."""

from msgspec import Struct


class Sender(Struct, frozen=True, gc=False):
    """The other end of a connection, or where a datagram says that it came from.

    With UDP anybody on the way may write another's address; with TCP only one who can answer for it; with TLS the name
    of a verified certificate is as sure as the authority that signed it.
    """

    ip: str
    """Address of the peer, IPv4 or IPv6, without port."""
    name: str = ""
    """Name in the verified certificate of the peer; empty where it showed none."""
    transport: str = ""
    """``udp``, ``tcp`` or ``tls``."""

    @property
    def identity(self) -> str:
        """Give what names the sender best: its certificate, else its address."""
        return self.name or self.ip


SENDER_FIELDS = ("sender_ip", "sender_name", "sender_transport")
"""Fields of an event that say who sent its line."""
CLAIMED = "claimed_"
"""A line that has a field of such a name itself keeps it with this before the name."""
