"""Writing to a spool and reading it again, for tests."""

from pathlib import Path

from collectors.listener.behind import Behind
from collectors.listener.record import head_of, pack
from collectors.listener.spool import Spool
from soc_agent.model import Sender

ALICE, BOB = Sender("192.0.2.1", "", "udp"), Sender("2001:db8::2", "web01.example", "tls")
LIMIT = 64 * 1024 * 1024
SPAN_NS = 2_000_000_000


def write(spool: Spool, text: str, sender: Sender = ALICE, received_ns: int = 0, truncated: int = 0) -> None:
    data = text.encode()
    spool.turn()
    spool.append([pack(spool.marker, head_of(sender, "syslog"), data, data.count(b"\n"), truncated, received_ns)])


def read_all(folder: Path, at: int, upto: int, limit: int = 1_048_576) -> tuple[list[str], int]:
    """Give the texts of the records between two places, and how many bytes were damaged."""
    behind = Behind(folder, at)
    texts, damaged = [], 0
    while behind.at < upto:
        before = behind.at
        portion = behind.read(upto, limit, SPAN_NS)
        texts += [record.data.decode() for record in portion.records]
        damaged += portion.damaged
        assert portion.end == behind.at
        if behind.at == before:
            break
    behind.close()
    return texts, damaged
