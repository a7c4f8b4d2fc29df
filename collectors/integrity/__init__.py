"""Integrity of files: what they were (``records``), what they are (``entry``), what changed and by whom, as lines.

A change of a file that its package brought (``packages``), or that a person approved, is told as such and is no alarm.
Who did it is looked up in the records of auditd (``audit``).
"""

from collectors.integrity.watch import IntegrityWatch

__all__ = ["IntegrityWatch"]
