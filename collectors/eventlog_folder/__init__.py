"""Folders into which event logs are put: exports of Windows, ``.evtx`` or XML. Each is read once, when it is whole.

``ready`` says which files wait and are whole; ``memory`` knows what was read of which file, over restarts; ``reading``
gives the blocks of one file; ``folder`` is the collector that puts them together.
"""

from collectors.eventlog_folder.folder import EventLogFolder

__all__ = ["EventLogFolder"]
