"""Integrity of files: what they were (``records``), what they are (``entry``), what changed and by whom, as lines.

A change that a package brought (``packages``, ``dpkg``, ``rpm``), or that a person approved, is told as such and is no
alarm (``judge``). Who did it is looked up in the records of auditd (``audit``).
"""

from collectors.integrity.watch import IntegrityWatch

__all__ = ["IntegrityWatch"]
