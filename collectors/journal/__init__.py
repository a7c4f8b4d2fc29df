"""The journal of systemd, read with ``journalctl`` as a child process.

``export`` reads what it writes (the Journal Export Format); ``lines`` makes a syslog line of each entry; ``place``
knows where to go on, and what is missing when the journal no longer has that place; ``child`` runs the program;
``journal`` is the collector that puts them together.
"""

from collectors.journal.journal import Journal

__all__ = ["Journal"]
