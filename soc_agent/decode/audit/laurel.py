"""Lines of LAUREL, which writes each event of the Linux audit as one JSON object (laurel-about(7)).

The records stand under their types, arguments as ``ARGV`` (or joined, ``ARGV_STR``), and what is known of the parent
process under ``PARENT_INFO``, or ``PPID`` before 0.6.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from soc_agent.decode import times
from soc_agent.decode.audit.calls import START_NUMBERS
from soc_agent.decode.audit.naming import AUDITD, DELETED, DERIVED, FILE, LOG_SOURCES, NETWORK, PROCESS, describe
from soc_agent.decode.audit.records import Fields, Record
from soc_agent.decode.context import Context, LineType, Parsed
from soc_agent.decode.objects import read_object

TYPE = "laurel"
"""The type of such lines."""
_NUMBERED = re.compile(r'"syscall": ?\d')
_ID = re.compile(r"(\d{10}\.\d{1,9}):(\d{1,20})")
_PARENTS = ("PARENT_INFO", "PPID")
_NO_RECORD = frozenset({"ID", "NODE", "SUBJ_INFO", *_PARENTS})
_RECORDS_CAP = 200


def is_laurel(fields: Mapping[str, Any]) -> bool:
    """Say whether flattened members are an event of LAUREL's: numbered, with records under the types of the audit."""
    number = fields.get("ID")
    if not isinstance(number, str) or _ID.fullmatch(number) is None:
        return False
    return any("." in name and name.partition(".")[0].isupper() for name in fields)


def decode_laurel(text: str, context: Context) -> Parsed | None:
    """Decode an event: the same fields as its records give where auditd writes them."""
    tree = read_object(text[max(0, text.find("{")) :])
    if tree is None or not isinstance(number := tree.get("ID"), str) or (found := _ID.fullmatch(number)) is None:
        return None
    node = tree.get("NODE")
    host = node if isinstance(node, str) else ""
    records = list(_records(tree))
    if _NUMBERED.search(text) is None:  # a call that is not named is known by its number alone where it is written so
        for record in records:
            record.fields.pop("arch" if "SYSCALL" not in record.fields else "", None)
    fields, sources = describe(records, host or context.host)
    for name in _PARENTS:
        if isinstance(parent := tree.get(name), Mapping):
            _parent(fields, parent)
            break
    fields["audit_id"] = found[2]
    return Parsed(TYPE, sources, fields, times.epoch(float(found[1])), host, subject=text)


def _records(tree: Mapping[str, Any]) -> Iterator[Record]:
    for kind, value in tree.items():
        if kind in _NO_RECORD or not kind.isupper():
            continue
        for count, record in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(record, Mapping) and count < _RECORDS_CAP:
                yield Record(kind, dict(_fields(kind, record)))


def _fields(kind: str, record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if name == "ARGV" and isinstance(value, list):
            if kind == "EXECVE":
                yield from ((f"a{number}", _plain(argument)) for number, argument in enumerate(value))
            else:
                yield kind.lower(), " ".join(map(_plain, value))
        elif name == "ARGV_STR":
            yield ("a0" if kind == "EXECVE" else kind.lower()), _plain(value)
        elif name == "SADDR" and isinstance(value, Mapping):
            yield from ((part, _plain(value[part])) for part in ("addr", "port") if part in value)
        elif value is not None and not isinstance(value, Mapping):
            yield name, [_plain(each) for each in value] if isinstance(value, list) else _plain(value)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


def _parent(fields: Fields, parent: Mapping[str, Any]) -> None:
    if isinstance(image := parent.get("exe"), str):
        fields["ParentImage"] = image
    arguments = parent.get("ARGV")
    if isinstance(arguments, list):
        fields["ParentCommandLine"] = " ".join(map(_plain, arguments))
    elif isinstance(line := parent.get("ARGV_STR"), str):
        fields["ParentCommandLine"] = line


LAUREL = LineType(
    TYPE,
    decode_laurel,
    LOG_SOURCES,
    derived=DERIVED,
    literals={
        AUDITD: frozenset({'"id"'}),
        PROCESS: frozenset(
            {"execve", "user_cmd", *(f'"syscall":{space}{number}' for number in START_NUMBERS for space in ("", " "))}
        ),
        FILE: frozenset({"nametype"}),
        DELETED: frozenset({"nametype"}),
        NETWORK: frozenset({"sockaddr"}),
    },
)
