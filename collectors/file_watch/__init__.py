"""Files of watched folders are scanned as they are closed or moved in; what is found becomes lines.

Events of the kernel (``watches``, looked after by ``warden``) and walks through the folders (``walks``, ``tree``) say
what to scan and when (``schedule``); the ``worker`` reads files (``reading``), hands them to a ``scanner`` that is
given from outside, and makes ``lines``; a ``folder`` knows what was scanned (``table``). ``offline`` scans once.
"""

from collectors.file_watch.offline import scan_paths
from collectors.file_watch.scanner import Scanner
from collectors.file_watch.schedule import Timing
from collectors.file_watch.watch import FileWatch

__all__ = ["FileWatch", "Scanner", "Timing", "scan_paths"]
