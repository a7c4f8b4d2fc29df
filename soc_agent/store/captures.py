"""Where packets that belong to alerts are kept: beside the store, a folder for each source, a file for each flow.

The collector writes them (:mod:`collectors.packets.evidence`); a file is named by the ``uid`` of its flow.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

FOLDER = "evidence"


class _Line(Struct, frozen=True):
    uid: str


def captures_folder(store_path: Path, source: str) -> Path:
    """Give the folder for the packets of a source."""
    return store_path.parent / FOLDER / source


def captures_of(store_path: Path, lines: Iterable[tuple[str, bytes]]) -> list[Path]:
    """Give the files of packets that are there for lines of evidence: name of the source, and the line."""
    found: dict[Path, None] = {}
    for source, raw in lines:
        try:
            uid = msgspec.json.decode(raw, type=_Line).uid
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        path = captures_folder(store_path, source) / f"{uid}.pcap"
        if uid.isalnum() and path.is_file():
            found[path] = None
    return list(found)
