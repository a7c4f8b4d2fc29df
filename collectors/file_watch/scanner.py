"""What scans a file. The rules behind it are no business of a collector."""

from typing import Protocol

from soc_agent.model import FileFacts, Scan, ScanLimits


class Scanner(Protocol):
    """Scans files that were opened. The one of the product works in a process of its own."""

    def scan_file(self, file: int, facts: FileFacts, limits: ScanLimits) -> Scan:
        """Give what is found in an open file, or why there is no answer. Never raises for either.

        The file is read from its beginning wherever it stands, and stays open. The scan should not hold the
        interpreter's lock: the rest of the agent runs beside it.
        """
        ...
