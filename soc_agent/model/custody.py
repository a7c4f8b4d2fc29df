"""The file that an alert is about, and moving it away and back: what the console asks for, and others do."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from soc_agent.model.problem import Problem


class AlertFile(Struct, frozen=True):
    """The file of an alert."""

    path: str
    """As text; not safe yet."""
    held: bool = False
    """Whether it lies in the folder of quarantined files."""
    actor: str = ""
    """Who moved it there; empty while it is not there."""
    reason: str = ""


class FileKeeper(Protocol):
    """Moves files of alerts into quarantine and back, because a person says so. It is called in a thread."""

    def file_of(self, uid: bytes, lines: Sequence[bytes]) -> AlertFile | None:
        """Give the file that an alert is about, from its lines of evidence, the newest last; None: it is about none."""
        ...

    def move_away(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        """Move the file into quarantine; give its path, or why it is where it was."""
        ...

    def put_back(self, alert_id: int, reason: str, actor: str) -> str | Problem:
        """Put the file back where it was; give its path, or why it is still in quarantine."""
        ...
