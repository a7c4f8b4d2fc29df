"""One event in the forms in which programs write it, made of the form of evtx_dump."""

import json
from typing import Any

Event = dict[str, Any]

SYSMON: Event = {
    "Event": {
        "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon", "Guid": "5770385F"}},
            "EventID": 1,
            "Version": 5,
            "Level": 4,
            "Task": 1,
            "Opcode": 0,
            "Keywords": "0x8000000000000000",
            "TimeCreated": {"#attributes": {"SystemTime": "2026-03-02T01:14:07.123456Z"}},
            "EventRecordID": 77,
            "Correlation": None,
            "Execution": {"#attributes": {"ProcessID": 1964, "ThreadID": 1664}},
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "PC01.example",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        },
        "EventData": {
            "RuleName": "",
            "UtcTime": "2026-03-02 01:14:07.120",
            "ProcessId": 3348,
            "Image": "C:\\Windows\\System32\\cmd.exe",
            "CommandLine": 'cmd.exe /c "whoami /all" > C:\\Temp\\ă.txt',
            "User": "PC01\\an",
            "Hashes": "SHA1=EE8C,MD5=AD7B,SHA256=17F7,IMPHASH=CEEF",
            "ParentImage": "C:\\Windows\\explorer.exe",
        },
    }
}


def text_of(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _parts(event: Event) -> tuple[Event, Event]:
    inner = event["Event"]
    data = inner.get("EventData") or {}
    for user_data in (inner.get("UserData") or {}).values():
        data = {name: value for name, value in user_data.items() if not name.startswith("#")}
    return inner["System"], data


def _number(system: Event) -> Any:
    number = system["EventID"]
    return number["#text"] if isinstance(number, dict) else number


def _attribute(system: Event, element: str, name: str) -> Any:
    return ((system.get(element) or {}).get("#attributes") or {}).get(name)


def _unnamed(data: Event) -> tuple[Event, list[Any]]:
    named = {name: value for name, value in data.items() if name != "Data"}
    values = data.get("Data", [])
    values = values["#text"] if isinstance(values, dict) else values
    return named, values if isinstance(values, list) else [values]


def evtx(event: Event) -> Event:
    return event


def attributes_apart(event: Event) -> Event:
    """As evtx writes it with ``separate_json_attributes``."""
    inner = event["Event"]
    system: Event = {}
    for name, value in inner["System"].items():
        if isinstance(value, dict) and "#attributes" in value:
            system[f"{name}_attributes"] = value["#attributes"]
            if "#text" in value:
                system[name] = value["#text"]
        else:
            system[name] = value
    return {"Event": {**inner, "System": system}}


def xml_as_tree(event: Event) -> Event:
    """As converters of XML write it: attributes with ``@``, all values text, data as a list."""
    system, data = _parts(event)
    named, unnamed = _unnamed(data)
    written: Event = {}
    for name, value in system.items():
        if isinstance(value, dict):
            written[name] = {f"@{key}": text_of(item) for key, item in value.get("#attributes", {}).items()}
            if "#text" in value:
                written[name]["#text"] = text_of(value["#text"])
        else:
            written[name] = text_of(value)
    items: list[Any] = [{"@Name": name, "#text": text_of(value)} for name, value in named.items()]
    return {"Event": {"@xmlns": "x", "System": written, "EventData": {"Data": items + unnamed}}}


def winlogbeat(event: Event) -> Event:
    system, data = _parts(event)
    named, unnamed = _unnamed(data)
    values = {name: text_of(value) for name, value in named.items()}
    values |= {f"param{place}": text_of(value) for place, value in enumerate(unnamed, 1)}
    return {
        "@timestamp": _attribute(system, "TimeCreated", "SystemTime"),
        "event": {"code": str(_number(system)), "kind": "event", "provider": _attribute(system, "Provider", "Name")},
        "host": {"name": system["Computer"]},
        "log": {"level": "information"},
        "message": "…",
        "winlog": {
            "api": "wineventlog",
            "channel": system["Channel"],
            "computer_name": system["Computer"],
            "event_id": str(_number(system)),
            "provider_name": _attribute(system, "Provider", "Name"),
            "record_id": system["EventRecordID"],
            "event_data": values,
            "process": {"pid": 1964, "thread": {"id": 1664}},
        },
    }


def winlogbeat_dotted(event: Event) -> Event:
    flat: Event = {}

    def walk(tree: Event, prefix: str) -> None:
        for name, value in tree.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{name}.")
            else:
                flat[f"{prefix}{name}"] = value

    walk(winlogbeat(event), "")
    return flat


def nxlog(event: Event) -> Event:
    system, data = _parts(event)
    named, unnamed = _unnamed(data)
    return {
        "EventTime": _attribute(system, "TimeCreated", "SystemTime"),
        "Hostname": system["Computer"],
        "Keywords": "9223372036854775808",
        "EventType": "INFO",
        "SeverityValue": 2,
        "Severity": "INFO",
        "EventID": _number(system),
        "SourceName": _attribute(system, "Provider", "Name"),
        "RecordNumber": system["EventRecordID"],
        "Channel": system["Channel"],
        "Message": "".join(f"{name}: {text_of(value)}\r\n" for name, value in named.items()),
        **{name: text_of(value) for name, value in named.items() if name != "EventType"},
        **({"Data": unnamed} if unnamed else {}),
        "SourceModuleName": "in",
        "SourceModuleType": "im_msvistalog",
    }


def wazuh(event: Event) -> Event:
    system, data = _parts(event)
    named, unnamed = _unnamed(data)
    written = {name[:1].lower() + name[1:]: text_of(value) for name, value in named.items()}
    return {
        "agent": {"name": system["Computer"]},
        "data": {
            "win": {
                "system": {
                    "providerName": _attribute(system, "Provider", "Name"),
                    "eventID": str(_number(system)),
                    "channel": system["Channel"],
                    "computer": system["Computer"],
                    "eventRecordID": str(system["EventRecordID"]),
                    "systemTime": _attribute(system, "TimeCreated", "SystemTime"),
                },
                "eventdata": {**written, **({"data": unnamed} if unnamed else {})},
            }
        },
    }


def flattened(event: Event) -> Event:
    system, data = _parts(event)
    named, unnamed = _unnamed(data)
    return {
        "EventID": _number(system),
        "Channel": system["Channel"],
        "Computer": system["Computer"],
        "Provider_Name": _attribute(system, "Provider", "Name"),
        "SystemTime": _attribute(system, "TimeCreated", "SystemTime"),
        "EventRecordID": system["EventRecordID"],
        **named,
        **({"Data": unnamed} if unnamed else {}),
    }


FORMS = (*(evtx, attributes_apart, xml_as_tree, winlogbeat, winlogbeat_dotted, nxlog, wazuh, flattened),)
"""Every form; each takes an event in the first."""


def line(event: Event) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
