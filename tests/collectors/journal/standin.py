"""A stand-in for ``journalctl``: the entries of a folder in the Journal Export Format, from a cursor on, followed.

Run as a program; :func:`write` is what writes the folder. An entry is one file, named by its number, written whole.
"""

import os
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path

SEQUENCE = "5e9a"
START_US = 1_795_000_000_000_000


def cursor_of(number: int, sequence: str = SEQUENCE) -> str:
    """Give the cursor of an entry."""
    return f"s={sequence};i={number:x};b=b007;m={number:x};t={START_US + number:x};x={number * 7:x}"


def export(number: int, fields: Mapping[str, bytes], sequence: str = SEQUENCE, at_us: int | None = None) -> bytes:
    """Give an entry as journalctl writes it: values with line breaks, or that are no text, with their length."""
    at_us = START_US + number if at_us is None else at_us
    out = f"__CURSOR={cursor_of(number, sequence)}\n__REALTIME_TIMESTAMP={at_us}\n_BOOT_ID=b007\n".encode()
    for name, value in fields.items():
        if all(byte >= 32 or byte == 9 for byte in value):
            out += name.encode() + b"=" + value + b"\n"
        else:
            out += name.encode() + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
    return out + b"\n"


def write(folder: Path, number: int, message: bytes, sequence: str = SEQUENCE, **fields: bytes) -> None:
    """Put an entry into the folder."""
    given = {"_HOSTNAME": b"web01", "SYSLOG_IDENTIFIER": b"app", "_PID": b"7", "_TRANSPORT": b"journal", **fields}
    part = folder / f".{number}"
    part.write_bytes(export(number, {**given, "MESSAGE": message}, sequence))
    part.rename(folder / f"{number:09d}")


def make_program(folder: Path) -> str:
    """Write the program; give its path."""
    path = folder / "journalctl"
    path.write_text(f"#!{sys.executable}\nimport runpy\nrunpy.run_path({__file__!r}, run_name='__main__')\n")
    path.chmod(0o755)
    return str(path)


def main(arguments: list[str]) -> None:
    """Do as ``journalctl --output=export`` does."""
    given = dict(argument.partition("=")[::2] for argument in arguments if argument.startswith("--"))
    folder = Path(given["--directory"])
    (folder.parent / "pid").write_text(str(os.getpid()))
    if not folder.is_dir():
        sys.exit(f"Failed to open {folder}: No such file or directory")
    reader = os.getppid()
    done = ""
    if cursor := given.get("--cursor"):
        number = int(dict(part.partition("=")[::2] for part in cursor.split(";"))["i"], 16)
        done = f"{number - 1:09d}"
    while True:
        names = sorted(path.name for path in folder.iterdir() if path.name.isdigit() and path.name > done)
        for name in names[-1:] if given.get("--lines") == "1" else names:
            sys.stdout.buffer.write((folder / name).read_bytes())
            done = name
        sys.stdout.buffer.flush()
        # journalctl ends too when nobody reads any more
        if "--follow" not in given or os.getppid() != reader:
            return
        time.sleep(0.01)


if __name__ == "__main__":
    main(sys.argv[1:])
