"""Names of the Elastic Common Schema that say the same as a field of a Windows event.

Modules of Elastic Agent and older winlogbeat move data of an event there and leave nothing where it was.
"""

from collections.abc import MutableMapping
from typing import Any

_PROCESS = {
    "Image": "process.executable",
    "CommandLine": "process.command_line",
    "CurrentDirectory": "process.working_directory",
    "ProcessId": "process.pid",
    "ProcessGuid": "process.entity_id",
    "OriginalFileName": "process.pe.original_file_name",
    "Description": "process.pe.description",
    "Company": "process.pe.company",
    "Product": "process.pe.product",
    "FileVersion": "process.pe.file_version",
    "ParentImage": "process.parent.executable",
    "ParentCommandLine": "process.parent.command_line",
    "ParentProcessId": "process.parent.pid",
    "ParentProcessGuid": "process.parent.entity_id",
}
_NETWORK = {
    "Protocol": "network.transport",
    "SourceIp": "source.ip",
    "SourcePort": "source.port",
    "SourceHostname": "source.domain",
    "DestinationIp": "destination.ip",
    "DestinationPort": "destination.port",
    "DestinationHostname": "destination.domain",
}
_LIBRARY = {
    "ImageLoaded": "file.path",
    "OriginalFileName": "file.pe.original_file_name",
    "Signature": "file.code_signature.subject_name",
    "SignatureStatus": "file.code_signature.status",
    "Signed": "file.code_signature.signed",
}
_REGISTRY = {"TargetObject": "registry.path", "Details": "registry.data.strings"}
_WHO = {"Image": "process.executable", "ProcessId": "process.pid", "ProcessGuid": "process.entity_id"}
_PIPE = {"PipeName": "file.name"}
_FILE = {"TargetFilename": "file.path"}

_LOGON = {"IpAddress": "source.ip", "IpPort": "source.port", "WorkstationName": "source.domain"}

_BY_NUMBER: dict[str, dict[str, str]] = {
    "1": _PROCESS,
    "3": _NETWORK,
    "6": _LIBRARY,
    "7": _LIBRARY,
    **dict.fromkeys(("2", "11", "15", "23", "26", "27", "28", "29"), _FILE),
    **dict.fromkeys(("12", "13", "14"), _REGISTRY),
    **dict.fromkeys(("17", "18"), _PIPE),
    "22": {"QueryName": "dns.question.name", "QueryResults": "dns.resolved_ip"},
    "4688": {
        "NewProcessName": "process.executable",
        "CommandLine": "process.command_line",
        "ParentProcessName": "process.parent.executable",
    },
    **dict.fromkeys(("4624", "4625", "4648", "4768", "4769", "4771", "4776", "4778", "4779", "5140", "5145"), _LOGON),
    "4103": {"Payload": "powershell.command.invocation_details"},
    "4104": {"ScriptBlockText": "powershell.file.script_block_text", "Path": "file.path"},
}
_SYSMON_NUMBERS = 30


def fill_from_ecs(data: MutableMapping[str, Any], rest: MutableMapping[str, Any], number: Any) -> None:
    """Add what ``data`` of an event lacks and ``rest`` says under another name."""
    key = str(number)
    names = _BY_NUMBER.get(key, {})
    for field, other in names.items():
        if field not in data and other in rest:
            data[field] = rest[other]
    if key.isascii() and key.isdecimal() and len(key) < 3 and int(key) < _SYSMON_NUMBERS:
        for field, other in _WHO.items():
            if field not in data and other in rest:
                data[field] = rest[other]
