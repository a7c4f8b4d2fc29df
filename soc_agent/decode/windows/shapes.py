"""The shapes in which programs write a Windows event as JSON, each taken apart into the same three parts.

- evtx_dump, and our own reading of ``.evtx``: ``{"Event": {"System": {…}, "EventData": {…}}}`` with ``#attributes``
- converters of the XML: the same with ``@Name``, or ``Provider_attributes``; ``Data`` as a list of named values
- winlogbeat, Elastic Agent: ``{"winlog": {…, "event_data": {…}}, "event": {"code": …}}``, also with dotted names
- Wazuh: ``{"win": {"system": {…}, "eventdata": {…}}}``, names with a small first letter
- NXLog, Fluent Bit, flattened logs: ``{"EventID": …, "Channel": …, "Image": …}``
"""

from typing import Any

from msgspec import Struct

from soc_agent.decode.objects import flatten
from soc_agent.decode.windows.ecs import fill_from_ecs

PLAIN = frozenset({str, int, float, bool})
_OF_SYSTEM = ("EventID", "Channel", "Computer", "Level", "Keywords", "EventRecordID")
_ATTRIBUTES = (
    # field, element, attribute
    ("Provider_Name", "Provider", "Name"),
    ("SystemTime", "TimeCreated", "SystemTime"),
    ("Security_UserID", "Security", "UserID"),
)
_WAZUH = {
    "eventID": "EventID",
    "channel": "Channel",
    "computer": "Computer",
    "providerName": "Provider_Name",
    "systemTime": "SystemTime",
    "eventRecordID": "EventRecordID",
    "level": "Level",
    "keywords": "Keywords",
    "message": "Message",
}
_WINLOG = {
    "event_id": "EventID",
    "channel": "Channel",
    "computer_name": "Computer",
    "provider_name": "Provider_Name",
    "record_id": "EventRecordID",
    "keywords": "Keywords",
}
_WINLOG_LEVELS = {"critical": 1, "error": 2, "warning": 3, "information": 4, "verbose": 5}
_FLAT: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("EventID", ("EventID", "EventId", "event_id")),
    ("Channel", ("Channel", "channel", "LogName", "log_name")),
    ("Computer", ("Computer", "Hostname", "ComputerName", "MachineName", "computer_name")),
    ("Provider_Name", ("Provider_Name", "ProviderName", "SourceName", "Provider", "source_name", "provider_name")),
    ("EventRecordID", ("EventRecordID", "RecordNumber", "RecordId", "record_number")),
    ("SystemTime", ("SystemTime",)),
)
_DOTTED = ("winlog.", "Event.System.", "win.system.", "data.win.system.")


class Found(Struct):
    """One event, taken apart."""

    system: dict[str, Any]
    """What Windows says of every event: ``EventID``, ``Channel``, ``Computer``, ``Provider_Name`` …"""
    data: dict[str, Any]
    """What this event says, by the names of its provider."""
    rest: dict[str, Any]
    """What the program that wrote the line says besides, under dotted names."""


def take_apart(tree: dict[str, Any]) -> Found | None:
    """Give the parts of a Windows event; None when the object is none."""
    found = _take_apart(tree)
    if found is None and any(name.startswith(_DOTTED) for name in tree):
        return _take_apart(_nested(tree))
    return found


def _take_apart(tree: dict[str, Any]) -> Found | None:
    event = tree.get("Event")
    if event.__class__ is dict and event.get("System").__class__ is dict:
        return _of_xml(event, {name: value for name, value in tree.items() if name != "Event"})
    if tree.get("System").__class__ is dict and ("EventData" in tree or "UserData" in tree):
        return _of_xml(tree, {})
    if tree.get("winlog").__class__ is dict:
        return _of_winlog(tree, tree["winlog"])
    holder = tree["data"] if tree.get("data").__class__ is dict else tree
    if holder.get("win").__class__ is dict and holder["win"].get("system").__class__ is dict:
        return _of_wazuh(tree, holder["win"])
    return _of_flat(tree)


def _of_xml(event: dict[str, Any], rest: dict[str, Any]) -> Found:
    inner = event["System"]
    system: dict[str, Any] = {}
    for name in _OF_SYSTEM:
        value = plain_of(inner.get(name))
        if value is not None:
            system[name] = value
    for field, element, attribute in _ATTRIBUTES:
        value = _attribute(inner, element, attribute)
        if value.__class__ in PLAIN:
            system[field] = value
    data: dict[str, Any] = {}
    for part in (event.get("EventData"), event.get("UserData"), event.get("ProcessingErrorData")):
        _add_data(data, part)
    if (rendering := event.get("RenderingInfo")).__class__ is dict and (message := rendering.get("Message")):
        rest = {**rest, "Message": plain_of(message)}
    return Found(system, data, flatten(rest) or {})


def _of_winlog(tree: dict[str, Any], winlog: dict[str, Any]) -> Found:
    system = {name: plain_of(winlog[key]) for key, name in _WINLOG.items() if key in winlog}
    event = tree.get("event")
    if "EventID" not in system and event.__class__ is dict:
        system["EventID"] = plain_of(event.get("code"))
    log = tree.get("log")
    if log.__class__ is dict and (level := _WINLOG_LEVELS.get(str(log.get("level")))):
        system["Level"] = level
    data: dict[str, Any] = {}
    _add_data(data, winlog.get("event_data"))
    _add_data(data, winlog.get("user_data"))
    data.pop("xml_name", None)
    left = {name: value for name, value in winlog.items() if name not in ("event_data", "user_data", *_WINLOG)}
    rest = flatten({**{name: value for name, value in tree.items() if name != "winlog"}, "winlog": left}) or {}
    if "message" in rest:
        rest["Message"] = rest["message"]
    fill_from_ecs(data, rest, system.get("EventID"))
    return Found(system, data, rest)


def _of_wazuh(tree: dict[str, Any], win: dict[str, Any]) -> Found:
    system = {name: plain_of(win["system"][key]) for key, name in _WAZUH.items() if key in win["system"]}
    written: dict[str, Any] = {}
    _add_data(written, win.get("eventdata"))
    _add_data(written, win.get("userdata"))
    data = {}
    for name, value in written.items():
        # Wazuh makes the first letter small, and nobody can tell whether it was
        data[name[:1].upper() + name[1:]] = value
        data[name] = value
    rest = {name: value for name, value in tree.items() if name not in ("win", "data")}
    return Found(system, data, flatten(rest) or {})


def _of_flat(tree: dict[str, Any]) -> Found | None:
    system = {}
    for field, names in _FLAT:
        for name in names:
            value = plain_of(tree.get(name))
            if value is not None:
                system[field] = value
                break
    if "EventID" not in system or not ("Channel" in system or "Provider_Name" in system):
        return None
    data: dict[str, Any] = {}
    for name in ("EventData", "UserData"):
        if tree.get(name).__class__ is dict:
            _add_data(data, tree[name])
    rest = flatten({name: value for name, value in tree.items() if name not in ("EventData", "UserData")}) or {}
    return Found(system, data, rest)


def plain_of(value: Any) -> Any:
    """Give the value of an element that may have attributes; None where it has none."""
    if value.__class__ is dict:
        value = value.get("#text", value.get("Value"))
    if value.__class__ is list:
        return [item for item in value if item.__class__ in PLAIN]
    return value if value.__class__ in PLAIN else None


def _attribute(system: dict[str, Any], element: str, name: str) -> Any:
    apart = system.get(f"{element}_attributes")
    if apart.__class__ is dict:
        return apart.get(name)
    value = system.get(element)
    if value.__class__ is not dict:
        return value
    inner = value.get("#attributes")
    return inner.get(name) if inner.__class__ is dict else value.get(f"@{name}", value.get(name))


def _add_data(data: dict[str, Any], part: Any) -> None:
    """Add the data of an event: named values, elements with text, or one element that holds them (``UserData``)."""
    if part.__class__ is list:
        part = {"Data": part}
    if part.__class__ is not dict:
        if part.__class__ in PLAIN:
            data.setdefault("Data", part)
        return
    inner = {name: value for name, value in part.items() if name != "#attributes"}
    elements = [name for name in inner if not name.startswith("@")]
    if len(elements) == 1:
        name, value = elements[0], inner[elements[0]]
        if value.__class__ is dict and name != "Data" and not {"#text", "Value"} & value.keys():
            _add_data(data, value)
            return
    for name, value in inner.items():
        if name == "Data":
            _add_named(data, value)
        elif value.__class__ is dict and not {"#text", "Value"} & value.keys():
            data.update({leaf: item for leaf, item in (flatten({name: value}) or {}).items() if leaf not in data})
        elif value is None or (value := plain_of(value)) is not None:
            data.setdefault(name, value)


def _add_named(data: dict[str, Any], values: Any) -> None:
    """Add ``Data`` elements: those with a name are fields, the others stay one list under ``Data``."""
    unnamed: list[Any] = []
    for value in values if values.__class__ is list else [values]:
        label = None
        if value.__class__ is dict:
            inner = value.get("#attributes")
            label = inner.get("Name") if inner.__class__ is dict else value.get("@Name", value.get("Name"))
            value = value.get("#text", value.get("Value", value.get("content")))  # noqa: PLW2901 - its own text
        if label.__class__ is str:
            data.setdefault(label, plain_of(value))
        elif value.__class__ is list:
            unnamed.extend(item for item in value if item.__class__ in PLAIN)
        elif value.__class__ in PLAIN:
            unnamed.append(value)
    if unnamed:
        data["Data"] = unnamed if len(unnamed) > 1 else unnamed[0]


def _nested(tree: dict[str, Any]) -> dict[str, Any]:
    """Give the tree of an object with dotted names."""
    root: dict[str, Any] = {}
    for name, value in tree.items():
        *folders, leaf = name.split(".")
        place = root
        for folder in folders[:8]:
            held = place.setdefault(folder, {})
            if held.__class__ is not dict:
                break
            place = held
        else:
            place.setdefault(leaf, value)
    return root
