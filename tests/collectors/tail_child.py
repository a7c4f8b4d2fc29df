"""A program that tails a log into a journal: each line of it is a block and its position, written as one and synced.

It stands for agent and store in the test that kills it. A line that the kill cut off was not committed.
"""

import json
import os
import sys
from pathlib import Path

from collectors.file_tail import FileTail
from soc_agent.config import FileSource


def read_journal(path: Path) -> tuple[list[str], dict[str, bytes]]:
    """Give the lines that were committed, and the positions."""
    lines: list[str] = []
    positions: dict[str, bytes] = {}
    whole, newline, _ = path.read_text("latin-1").rpartition("\n") if path.exists() else ("", "", "")
    for entry in whole.split("\n") if newline else ():
        stream_id, state, found = json.loads(entry)
        positions[stream_id] = state.encode("latin-1")
        lines += found
    return lines, positions


def main(pattern: str, journal: str) -> None:
    _, positions = read_journal(Path(journal))
    with Path(journal).open("r+b") as file:
        # what a kill cut off is taken away, as a database does
        file.truncate(file.read().rfind(b"\n") + 1)
    options = FileSource(name="logs", paths=(pattern,), type="syslog", start="end")
    tail = FileTail(options, lambda _: "plain")
    tail.open(positions)
    with Path(journal).open("ab", buffering=0) as file:
        while True:
            block = tail.read(1.0)
            if block is None or block.position is None:
                continue
            lines = block.data.decode("latin-1").split("\n")[:-1]
            entry = [block.position.stream_id, block.position.state.decode("latin-1"), lines]
            data = json.dumps(entry).encode() + b"\n"
            half = len(data) // 2
            file.write(data[:half])
            file.write(data[half:])
            os.fsync(file.fileno())


if __name__ == "__main__":
    main(*sys.argv[1:])
