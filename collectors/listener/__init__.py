"""Syslog and JSON lines over UDP, TCP and TLS (RFC 5424, RFC 3164, RFC 6587, RFC 5425, RFC 5426).

``sockets`` and ``tls`` open the doors; ``framing`` makes lines of bytes; ``spool`` keeps them on disk until they are
committed. Receiving runs in a process of its own (``child``, ``receiver``, ``connection``, ``limits``): neither a busy
engine nor hostile input touches it. ``listener`` is the collector that reads the spool.
"""

from collectors.listener.listener import Listener

__all__ = ["Listener"]
