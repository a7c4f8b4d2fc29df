"""What a host is and how it stands: read from /etc, /proc and /sys, compared with what it was, changes told.

``accounts``, ``software``, ``containers``, ``protection``, ``running``, ``suid`` and ``timeservice`` each look at one
part and give plain names and values; ``probes`` says which part is looked at how often and what tells cheaply that
nothing changed; ``changes`` makes lines of differences; ``watch`` is the collector that puts them together.
"""

from collectors.host.watch import HostWatch

__all__ = ["HostWatch"]
