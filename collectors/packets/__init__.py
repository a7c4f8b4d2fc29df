"""Packets become lines: flows, DNS, TLS, HTTP, FTP, ARP and neighbour discovery, in Zeek's field names.

A live interface and a capture file go the same way. The agent has packets read in a process of its own
(:class:`PacketProcess`); NumPy and scapy are loaded there, when packets are read, not before.
"""

from collectors.packets.capture import PacketCapture, read_capture
from collectors.packets.process import PacketProcess

__all__ = ["PacketCapture", "PacketProcess", "read_capture"]
