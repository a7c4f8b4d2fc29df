"""What scans a file's bytes. The rules behind it are no business of a collector."""

from typing import Protocol

from soc_agent.model import FileFacts, Scan


class Scanner(Protocol):
    """Scans bytes that were read from a file. One in a process of its own has the same face."""

    def scan(self, data: bytes, facts: FileFacts, timeout_s: int) -> Scan:
        """Give what is found in the bytes, or why there is no answer within so many seconds. Never raises for either.

        It should not hold the interpreter's lock while it scans: the rest of the agent runs beside it.
        """
        ...
