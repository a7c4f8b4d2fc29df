"""What the commands need to know of a listener: where its files lie, what its lines are, how its doors are called."""

from pathlib import Path

from msgspec.structs import replace

from soc_agent.config import ListenerSource, ListenOptions

SPOOL = "spool"
"""Folder of the spools beside the store."""


def with_paths(source: ListenerSource, folder: Path, store: str) -> ListenerSource:
    """Give a listener whose paths begin at ``folder``, and whose spool lies beside the store where it names none."""
    doors = tuple(
        replace(
            door,
            certificate=_in(folder, door.certificate),
            key=_in(folder, door.key),
            client_ca=_in(folder, door.client_ca),
            crl=_in(folder, door.crl),
        )
        for door in source.listen
    )
    spool = source.spool or str(Path(store).parent / SPOOL / source.name)
    return replace(source, listen=doors, spool=_in(folder, spool))


def listened(line_type: str) -> set[str]:
    """Give the types that lines of this type can have: ``auto`` are those of the two kinds of senders."""
    return {"syslog", "json"} if line_type == "auto" else {line_type}


def door_text(door: ListenOptions) -> str:
    """Give what a person calls a door.

    >>> door_text(ListenOptions(transport="udp", port=514))
    'udp 514'
    """
    address = f"[{door.address}]:" if ":" in door.address else f"{door.address}:" if door.address else ""
    return f"{door.transport} {address}{door.port}"


def _in(folder: Path, path: str) -> str:
    return str(folder / path) if path else ""
