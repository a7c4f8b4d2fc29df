"""Names that public rules expect beside those that Windows writes: hashes apart, audit events as Sysmon tells them."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

Fields = dict[str, Any]

_HASHES = {"MD5": "md5", "SHA1": "sha1", "SHA256": "sha256", "IMPHASH": "Imphash"}
_HASHES_CAP_CHARS = 512
_PROCESS = (
    ("Image", "NewProcessName"),
    ("ParentImage", "ParentProcessName"),
    ("ParentProcessId", "ProcessId"),
    ("LogonId", "SubjectLogonId"),
)
_INTEGRITY = {
    "S-1-16-4096": "Low",
    "S-1-16-8192": "Medium",
    "S-1-16-8448": "Medium",
    "S-1-16-12288": "High",
    "S-1-16-16384": "System",
}
"""``MandatoryLabel`` of an audit event to what Sysmon says; rules name one, the other, or both."""
_CRASHED = (
    *("AppName", "AppVersion", "AppTimeStamp", "ModuleName", "ModuleVersion", "ModuleTimeStamp", "ExceptionCode"),
    *("FaultingOffset", "ProcessId", "ProcessCreationTime", "AppPath", "ModulePath", "IntegratorReportId"),
    *("PackageFullName", "PackageRelativeAppId"),
)
"""What a program that crashed is told by, in the order of the data; Windows 11 writes the names, older ones do not."""
_REGISTRY = (("Image", "ProcessName"),)
_HIVES = (("\\REGISTRY\\MACHINE\\", "HKLM\\"), ("\\REGISTRY\\USER\\", "HKU\\"))
_DWORD = ("%%1876", "reg_dword")
_QWORD = ("%%1883", "reg_qword")
_NUMBERS = {**dict.fromkeys(_DWORD, "DWORD (0x{:08x})"), **dict.fromkeys(_QWORD, "QWORD (0x{:08x}-0x{:08x})")}
"""``NewValueType`` of event 4657 to how Sysmon writes a number of that type."""
_NETWORK = (
    ("Image", "Application"),
    ("SourceIp", "SourceAddress"),
    ("DestinationIp", "DestAddress"),
    ("DestinationPort", "DestPort"),
)
_ANTIVIRUS = (("Signature", "ThreatName"), ("Filename", "Path"))
_CHANGES = {
    "%%1904": "CreateValue",
    "%%1905": "SetValue",
    "%%1906": "DeleteValue",
    "new registry value created": "CreateValue",
    "existing registry value modified": "SetValue",
    "registry value deleted": "DeleteValue",
}
"""``OperationType`` of event 4657, as a number of a message or as its text."""
_OUTBOUND = {"%%14593": "true", "outbound": "true", "%%14592": "false", "inbound": "false"}
_PROTOCOLS = {"6": "tcp", "17": "udp"}
_NOBODY = ("", "-")
_MAPPED = "::ffff:"
_SQL_LOGINS = (17806, *range(18451, 18457), 18470, 18486, 18487, 18488)
"""Numbers of the events in which SQL Server tells of a login: refused (18456 and others) or accepted (18453–18455)."""
_SQL_CLIENT = re.compile(r"\[[^\]\d:]{1,40}: ?([0-9A-Fa-f.:]{3,45})(?:%\w+)?\]")
"""Where the login came from, ``[CLIENT: 192.0.2.1]``, in the language of the server."""
_SQL_USER = re.compile(r"['\u00ab\u201c] ?(.{1,128}?) ?['\u00bb\u201d]\W")
"""Whose login it was, between the quotation marks of that language."""
_LONGEST_SQL = 400
_SSH = re.compile(
    # greedy: of what the client chose itself, the last address is the one that sshd wrote
    r"(?:Failed|Accepted) \S{1,64} for (?:invalid user )?(.*) from (\S{2,64}) port [0-9]{1,5}(?: .*)?"
    r"|Invalid user (.*) from (\S{2,64})(?: port [0-9]{1,5})?"
    r"|(?:Connection (?:closed|reset) by|Disconnect(?:ed from|ing)) (?:authenticating|invalid) user (.*) (\S{2,64})"
    r" port [0-9]{1,5}.*"
    r"|User (.*) from (\S{2,64})(?: port [0-9]{1,5})? not allowed because .*",
    re.DOTALL,
)
"""Who tried to log in, and from where, in the words of OpenSSH."""
_MOST_PARAMETERS = 100
_LONGEST_NUMBER = 20
_LONGEST_SSH = 1000


Finish = Callable[[Fields], None]
"""Adds names to the fields of an event."""


def finish_of(service: str, number: int) -> Finish | None:
    """Give what adds the names that rules expect for an event of this service and number."""
    return _BY_EVENT.get((service, number)) or _BY_SERVICE.get(service)


def number_data(fields: Fields) -> None:
    """Give data without names numbers, ``param1`` …, and data with such names as one list, ``Data``."""
    if "param1" in fields:
        if "Data" not in fields:
            fields["Data"] = _parameters(fields)
    elif "Data" in fields:
        values = fields["Data"] if isinstance(fields["Data"], list) else [fields["Data"]]
        fields.update((f"param{place}", value) for place, value in enumerate(values[:_MOST_PARAMETERS], 1))


def _parameters(fields: Fields) -> list[Any]:
    values = []
    for place in range(1, _MOST_PARAMETERS):
        value = fields.get(f"param{place}")
        if value is None:
            break
        values.append(value)
    return values


def _sysmon(fields: Fields) -> None:
    hashes = fields.get("Hashes") or fields.get("Hash")
    if isinstance(hashes, str) and len(hashes) <= _HASHES_CAP_CHARS:
        fields.update(_apart(hashes))


@lru_cache(maxsize=4096)
def _apart(hashes: str) -> dict[str, str]:
    """Give the hashes of a file that stand in one text: ``SHA1=…,MD5=…``."""
    pairs = (part.partition("=") for part in hashes.split(","))
    return {_HASHES[kind.strip().upper()]: value for kind, _, value in pairs if kind.strip().upper() in _HASHES}


def _alias(fields: Fields, names: tuple[tuple[str, str], ...]) -> None:
    for name, other in names:
        value = fields.get(other)
        if value is not None and name not in fields:
            fields[name] = value


def _account(fields: Fields) -> None:
    for who in ("Target", "Subject"):
        name = fields.get(f"{who}UserName")
        if isinstance(name, str) and name not in _NOBODY:
            domain = fields.get(f"{who}DomainName")
            fields.setdefault("User", f"{domain}\\{name}" if domain and domain not in _NOBODY else name)
            return


def _process_created(fields: Fields) -> None:
    _audited(fields)
    _alias(fields, _PROCESS)
    _account(fields)
    label = fields.get("MandatoryLabel")
    if isinstance(label, str) and "IntegrityLevel" not in fields:
        word = _INTEGRITY.get(label)
        fields["IntegrityLevel"] = label if word is None else [label, word]


def _audited(fields: Fields) -> None:
    """Give the host the name that it had in audit events of old, and the source its address as others write it."""
    if "Computer" in fields:
        fields.setdefault("ComputerName", fields["Computer"])
    address = fields.get("IpAddress")
    if isinstance(address, str) and address not in _NOBODY:
        fields.setdefault("src_ip", _plain_address(address))


def _plain_address(address: str) -> str:
    """Give an IPv4 address as such: domain controllers write ``::ffff:192.0.2.1``, other hosts ``192.0.2.1``."""
    mapped = address[: len(_MAPPED)].lower() == _MAPPED and "." in address
    return address[len(_MAPPED) :] if mapped else address


def _crashed(fields: Fields) -> None:
    if fields.get("Provider_Name") != "Application Error" or "AppName" in fields:
        return
    values = fields.get("Data")
    if not isinstance(values, list):
        values = _parameters(fields)
    for name, value in zip(_CRASHED, values, strict=False):
        fields.setdefault(name, value)


def _sql_login(fields: Fields) -> None:
    """Take account and address out of the data of a login at SQL Server, which names neither."""
    if not str(fields.get("Provider_Name", "")).upper().startswith("MSSQL"):
        return
    data = fields.get("Data")
    values = data if isinstance(data, list) else _parameters(fields) if data is None else [data]
    texts = [value for value in values if isinstance(value, str)]
    message = fields.get("Message")
    if not texts and isinstance(message, str):  # a forwarder that sends the whole sentence alone
        texts = [message.strip()]
        if named := _SQL_USER.search(message[:_LONGEST_SQL]):
            fields.setdefault("user", named[1])
    elif texts and texts[0].strip() and "[" not in texts[0]:
        fields.setdefault("user", texts[0].strip())
    for text in reversed(texts):  # it stands last: what stands before may be the name that a stranger gave
        if clients := _SQL_CLIENT.findall(text[-100:]):
            fields.setdefault("src_ip", clients[-1])


def _ssh(fields: Fields) -> None:
    """Take account and address out of what OpenSSH says: its events hold one text."""
    text = fields.get("payload")
    if isinstance(text, str) and (found := _SSH.fullmatch(text[:_LONGEST_SSH].strip())):
        user, address = (value for value in found.groups() if value is not None)
        fields.setdefault("user", user)
        fields.setdefault("src_ip", _plain_address(address))


def _registry_changed(fields: Fields) -> None:
    _audited(fields)
    _alias(fields, _REGISTRY)
    _account(fields)
    name = fields.get("ObjectName")
    if isinstance(name, str) and "TargetObject" not in fields:
        value_name = fields.get("ObjectValueName")
        full = f"{name}\\{value_name}" if value_name and value_name not in _NOBODY else name
        for hive, short in _HIVES:
            if full[: len(hive)].upper() == hive:
                full = short + full[len(hive) :]
                break
        fields["TargetObject"] = name if full == name else [name, full]
    value = fields.get("NewValue")
    if value is not None and "Details" not in fields:
        number = _registry_number(str(fields.get("NewValueType", "")).strip().lower(), str(value))
        fields["Details"] = value if number is None else [value, number]
    change = _CHANGES.get(str(fields.get("OperationType", "")).strip().lower())
    if change:
        fields["EventType"] = change


def _registry_number(kind: str, text: str) -> str | None:
    form = _NUMBERS.get(kind)
    try:
        number = int(text, 0) if form is not None and len(text) <= _LONGEST_NUMBER else -1
    except ValueError:
        return None
    if form is None or not 0 <= number < 1 << 64:
        return None
    return form.format(number) if kind in _DWORD else form.format(number >> 32, number & 0xFFFFFFFF)


def _connected(fields: Fields) -> None:
    _audited(fields)
    _alias(fields, _NETWORK)
    direction = _OUTBOUND.get(str(fields.get("Direction", "")).strip().lower())
    if direction:
        fields.setdefault("Initiated", direction)
    protocol = _PROTOCOLS.get(str(fields.get("Protocol")))
    if protocol:
        fields["Protocol"] = protocol


def _defender(fields: Fields) -> None:
    """Defender names its data with spaces; rules without them, or with ``_``."""
    for name in [name for name in fields if " " in name]:
        fields.setdefault(name.replace(" ", ""), fields[name])
        fields.setdefault(name.replace(" ", "_"), fields[name])
    _alias(fields, _ANTIVIRUS)


_BY_EVENT: dict[tuple[str, int], Finish] = {
    ("application", 1000): _crashed,
    **{("application", number): _sql_login for number in _SQL_LOGINS},
    ("security", 4688): _process_created,
    ("security", 4657): _registry_changed,
    ("security", 5156): _connected,
    **{("sysmon", number): _sysmon for number in (1, 6, 7, 15, 23, 24, 26, 27, 28, 29)},
}
_BY_SERVICE: dict[str, Finish] = {"security": _audited, "windefend": _defender, "openssh": _ssh}
