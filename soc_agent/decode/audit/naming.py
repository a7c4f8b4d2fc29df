"""Names that public rules expect of the audit of Linux: processes, files and connections as Sysmon tells them.

``user`` is who logged in, however root was reached since; ``User`` is whose rights the process had.
"""

import posixpath
import re
from collections.abc import Iterable, Sequence
from typing import Any

from soc_agent.decode.addresses import address
from soc_agent.decode.audit.addresses import peer_of
from soc_agent.decode.audit.calls import STARTS, call_name
from soc_agent.decode.audit.records import CODED_ACCOUNT, Fields, Record
from soc_agent.model import LogSource

SERVICE = "auditd"
AUDITD = LogSource("", "linux", SERVICE)
PROCESS, FILE, DELETED, NETWORK = (
    LogSource(category, "linux", SERVICE)
    for category in ("process_creation", "file_event", "file_delete", "network_connection")
)
LOG_SOURCES = frozenset({AUDITD, PROCESS, FILE, DELETED, NETWORK})
DERIVED = frozenset(
    (
        *("Image", "CommandLine", "ProcessId", "ParentProcessId", "CurrentDirectory", "User", "LogonId", "ParentImage"),
        *(
            "ParentCommandLine",
            "ParentProcessGuid",
            "ProcessGuid",
            "TargetFilename",
            "DestinationIp",
            "DestinationPort",
            "Initiated",
            "action",
            "outcome",
        ),
        *("SYSCALL", "acct", "cmd", "comm", "cwd", "data", "exe", "key", "name", "proctitle", "permission"),
        *(f"a{number}" for number in range(100)),
    )
)
"""Fields whose values need not stand in the line: joined, translated, or in hexadecimal."""

_UNSET = frozenset({"", "unset", "4294967295", "-1", "(none)", "?"})
_OPENS = {"open": "a1", "openat": "a2"}
_WRITES, _MAKES = 0x3, 0x640
"""O_WRONLY and O_RDWR; O_CREAT, O_TRUNC and O_APPEND."""
_UNDER_WAY = "-115"
_ACTIONS = {
    "USER_LOGIN": "login",
    "USER_AUTH": "authentication",
    "USER_START": "session_open",
    "USER_END": "session_close",
    "USER_CMD": "sudo",
    "USER_MGMT": "account_change",
    "USER_CHAUTHTOK": "password_change",
    "ADD_USER": "user_add",
    "DEL_USER": "user_delete",
    "ADD_GROUP": "group_add",
    "DEL_GROUP": "group_delete",
    "SERVICE_START": "service_start",
    "SERVICE_STOP": "service_stop",
    "CONFIG_CHANGE": "audit_change",
    "DAEMON_START": "audit_start",
    "DAEMON_END": "audit_stop",
    "ANOM_PROMISCUOUS": "promiscuous",
    "ANOM_ABEND": "crash",
}
_REFUSALS = frozenset({"USER_AUTH", "USER_ACCT", "USER_ERR", "CRED_ACQ"})
"""What PAM tells of a login on its way: refused and from afar, it is a login that failed."""
_OUTCOMES = {
    "success": "success",
    "failed": "failure",
    "1": "success",
    "0": "failure",
    "yes": "success",
    "no": "failure",
}
_AVC = re.compile(r"avc:\s+(denied|granted)\s+\{ ([^}]{0,200}) \}")
_PART = re.compile(r"a(\d{1,6})(?:\[(\d{1,6})\])?")
_ARGUMENTS_CAP = 2_000


def describe(records: Sequence[Record], host: str = "") -> tuple[Fields, tuple[LogSource, ...]]:
    """Give the fields of an event, and the log sources that it is to rules.

    :param host: makes the processes of one machine others than those of another.
    """
    fields: Fields = {}
    kinds = tuple(dict.fromkeys(record.type for record in records))
    by_kind = {record.type: record.fields for record in reversed(records)}
    for record in records:
        if record.type == "EXECVE" and "SYSCALL" in by_kind:
            for number in range(4):  # of the call these are only addresses
                fields.pop(f"a{number}", None)
        _merge(fields, record.fields)
    types = tuple(dict.fromkeys(record.written or record.type for record in records))
    fields["type"] = types[0] if len(types) == 1 else list(types)
    sources: list[LogSource] = []
    call = by_kind.get("SYSCALL")
    name = ""
    if call is not None:
        name = str(call.get("SYSCALL") or call_name(str(call.get("arch", "")), str(call.get("syscall", ""))))
        if name:
            fields["SYSCALL"] = name
        _accounts(fields, call)
        for guid, known in (("ProcessGuid", "pid"), ("ParentProcessGuid", "ppid")):
            if process := _text(call.get(known)):
                fields[guid] = f"{host}:{_text(call.get('ses'))}:{process}"
    succeeded = call is None or call.get("success") in ("yes", None)
    if succeeded and (name in STARTS if call is not None else "EXECVE" in by_kind):
        _process(fields, call or {}, records)
        sources.append(PROCESS)
    elif call is not None:
        _where(fields, call)
        if succeeded:
            sources += _files(fields, name, call, records)
        if name == "connect" and (succeeded or call.get("exit") == _UNDER_WAY):
            sources += _connection(fields, by_kind.get("SOCKADDR", {}))
    _message(fields, kinds)
    if kinds == ("USER_CMD",) and fields.get("outcome") == "success" and fields.get("CommandLine"):
        if (first := fields["CommandLine"].partition(" ")[0]).startswith("/"):
            fields["Image"] = first
        sources.append(PROCESS)
    return fields, tuple(sources) or (AUDITD,)


def arguments_of(execve: Fields) -> list[str]:
    """Give the arguments of records ``EXECVE``, of which long ones are written in parts."""
    parts: dict[int, dict[int, str]] = {}
    for name, value in execve.items():
        if found := _PART.fullmatch(name):
            parts.setdefault(int(found[1]), {})[int(found[2] or 0)] = value if isinstance(value, str) else str(value[0])
    return ["".join(text for _, text in sorted(part.items())) for _, part in sorted(parts.items())][:_ARGUMENTS_CAP]


def _merge(fields: Fields, more: Fields) -> None:
    for name, value in more.items():
        held = fields.get(name)
        if held is None:
            fields[name] = value
        elif held != value:
            known = list(held) if isinstance(held, list) else [held]
            known += (each for each in (value if isinstance(value, list) else [value]) if each not in known)
            fields[name] = known if len(known) > 1 else known[0]


def _text(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value) if value is not None else ""


def _accounts(fields: Fields, call: Fields) -> None:
    rights = _text(call.get("EUID") or call.get("euid"))
    fields["User"] = "root" if rights == "0" else rights
    login = _text(call.get("AUID") or call.get("auid"))
    fields["user"] = _text(call.get("UID") or call.get("uid")) if login in _UNSET else login


def _where(fields: Fields, call: Fields) -> None:
    for name, other in (("Image", "exe"), ("ProcessId", "pid"), ("ParentProcessId", "ppid"), ("LogonId", "ses")):
        if value := _text(call.get(other)):
            fields[name] = value
    if cwd := _text(fields.get("cwd")):
        fields["CurrentDirectory"] = cwd


def _process(fields: Fields, call: Fields, records: Iterable[Record]) -> None:
    _where(fields, call)
    execve: Fields = {}
    for record in records:
        if record.type == "EXECVE":
            execve.update(record.fields)
    arguments = arguments_of(execve)
    if line := " ".join(arguments) or _text(fields.get("proctitle")):
        fields["CommandLine"] = line
    if "Image" not in fields and arguments:
        fields["Image"] = arguments[0]


def _files(fields: Fields, name: str, call: Fields, records: Iterable[Record]) -> list[LogSource]:
    """Name the files that a call made, wrote or removed."""
    opens = (name in _OPENS and _is_writing(_text(call.get(_OPENS[name])))) or name == "creat"
    cwd = _text(fields.get("cwd"))
    made: list[str] = []
    gone: list[str] = []
    for record in records:
        if record.type != "PATH" or not (path := _text(record.fields.get("name"))) or path == "(null)":
            continue
        kind = record.fields.get("nametype")
        if kind == "CREATE" or (kind == "NORMAL" and opens):
            made.append(posixpath.normpath(posixpath.join(cwd, path)))
        elif kind == "DELETE":
            gone.append(posixpath.normpath(posixpath.join(cwd, path)))
    if named := made or gone:
        fields["TargetFilename"] = named[0] if len(named) == 1 else named
        return [FILE if made else DELETED]
    return []


def _is_writing(flags: str) -> bool:
    try:
        value = int(flags, 16)
    except ValueError:
        return False
    return bool(value & _WRITES and value & _MAKES)


def _connection(fields: Fields, peer: Fields) -> list[LogSource]:
    found = peer_of(peer)
    if found is None:
        return []
    fields["DestinationIp"], fields["DestinationPort"] = found
    fields["Initiated"] = "true"
    return [NETWORK]


def _message(fields: Fields, kinds: Iterable[str]) -> None:
    """Say in the words of other decoders what a program told the audit, and what was refused."""
    for kind in kinds:
        if kind in _ACTIONS:
            fields["action"] = _ACTIONS[kind]
    if "ANOM_ABEND" not in kinds and (outcome := _OUTCOMES.get(_text(fields.get("res")))):
        fields["outcome"] = outcome
    if "SYSCALL" not in kinds:
        account = "" if fields.pop(CODED_ACCOUNT, "") else _text(fields.get("acct"))
        login = account or _text(fields.get("AUID") or fields.get("auid"))
        if login not in _UNSET:
            fields["user"] = login
        if source := address(_text(fields.get("addr"))):
            fields["src_ip"] = source
            if fields.get("outcome") == "failure" and not _REFUSALS.isdisjoint(kinds):
                fields["action"] = "login"
        if command := fields.get("cmd"):
            fields["CommandLine"] = _text(command)
            fields["CurrentDirectory"] = _text(fields.get("cwd"))
    if found := _AVC.search(_text(fields.get("avc"))):
        fields["action"], fields["permission"] = found.groups()
    elif apparmor := _text(fields.get("apparmor")):
        fields["action"] = apparmor.lower()
