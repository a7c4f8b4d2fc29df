"""Packets become lines: flows, DNS, TLS, HTTP, FTP, ARP and neighbour discovery, in Zeek's field names.

A live interface and a capture file go the same way. NumPy and scapy are loaded when packets are read, not before.
"""

from collectors.packets.capture import PacketCapture, read_capture

__all__ = ["PacketCapture", "read_capture"]
