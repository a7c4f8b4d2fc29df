"""Which log sources a Windows event is to rules, by its channel and number.

Facts from the Sigma taxonomy (appendix *log sources*), the public pipelines for Windows and Sysmon, and the numbers
that Sysmon and Windows document. One table; nothing else decides.
"""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from soc_agent.decode.windows.naming import Finish, finish_of
from soc_agent.model import LogSource

_CHANNELS: dict[str, tuple[str, ...]] = {
    "security": ("Security",),
    "application": ("Application",),
    "system": ("System",),
    "sysmon": ("Microsoft-Windows-Sysmon/Operational",),
    "powershell": ("Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"),
    "powershell-classic": ("Windows PowerShell",),
    "applocker": (
        "Microsoft-Windows-AppLocker/MSI and Script",
        "Microsoft-Windows-AppLocker/EXE and DLL",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ),
    "application-experience": (
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
        "Microsoft-Windows-Application-Experience/Program-Inventory",
    ),
    "appmodel-runtime": ("Microsoft-Windows-AppModel-Runtime/Admin",),
    "appxdeployment-server": ("Microsoft-Windows-AppXDeploymentServer/Operational",),
    "appxpackaging-om": ("Microsoft-Windows-AppxPackaging/Operational",),
    "bitlocker": ("Microsoft-Windows-BitLocker/BitLocker Management",),
    "bits-client": ("Microsoft-Windows-Bits-Client/Operational",),
    "capi2": ("Microsoft-Windows-CAPI2/Operational",),
    "certificateservicesclient-lifecycle-system": (
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    ),
    "codeintegrity-operational": ("Microsoft-Windows-CodeIntegrity/Operational",),
    "dhcp": ("Microsoft-Windows-DHCP-Server/Operational",),
    "diagnosis-scripted": (
        "Microsoft-Windows-Diagnosis-Scripted/Operational",
        "Microsoft-Windows-Diagnosis-Scripted/Admin",
    ),
    "dns-client": ("Microsoft-Windows-DNS-Client/Operational", "Microsoft-Windows-DNS Client Events/Operational"),
    "dns-server": ("DNS Server",),
    "dns-server-analytic": ("Microsoft-Windows-DNS-Server/Analytical",),
    "dns-server-audit": ("Microsoft-Windows-DNS-Server/Audit",),
    "driver-framework": ("Microsoft-Windows-DriverFrameworks-UserMode/Operational",),
    "firewall-as": ("Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",),
    "hyper-v-worker": (
        "Microsoft-Windows-Hyper-V-Worker",
        "Microsoft-Windows-Hyper-V-Worker-Admin",
        "Microsoft-Windows-Hyper-V-Worker-Operational",
    ),
    "iis-configuration": ("Microsoft-IIS-Configuration/Operational",),
    "kernel-event-tracing": ("Microsoft-Windows-Kernel-EventTracing", "Microsoft-Windows-Kernel-EventTracing/Admin"),
    "kernel-shimengine": (
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
    ),
    "ldap": ("Microsoft-Windows-LDAP-Client/Debug",),
    "lsa-server": ("Microsoft-Windows-LSA/Operational",),
    "microsoft-servicebus-client": ("Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"),
    "msexchange-management": ("MSExchange Management",),
    "ntfs": ("Microsoft-Windows-Ntfs/Operational",),
    "ntlm": ("Microsoft-Windows-NTLM/Operational",),
    "openssh": ("OpenSSH/Operational",),
    "printservice-admin": ("Microsoft-Windows-PrintService/Admin",),
    "printservice-operational": ("Microsoft-Windows-PrintService/Operational",),
    "security-mitigations": (
        "Microsoft-Windows-Security-Mitigations/KernelMode",
        "Microsoft-Windows-Security-Mitigations/UserMode",
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
        "Microsoft-Windows-Security-Mitigations/User Mode",
    ),
    "sense": ("Microsoft-Windows-SENSE/Operational",),
    "shell-core": ("Microsoft-Windows-Shell-Core/Operational",),
    "smbclient-connectivity": ("Microsoft-Windows-SmbClient/Connectivity",),
    "smbclient-security": ("Microsoft-Windows-SmbClient/Security",),
    "smbserver-connectivity": ("Microsoft-Windows-SMBServer/Connectivity",),
    "taskscheduler": ("Microsoft-Windows-TaskScheduler/Operational",),
    "terminalservices-localsessionmanager": ("Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",),
    "vhdmp": ("Microsoft-Windows-VHDMP/Operational", "Microsoft-Windows-VHDMP-Operational"),
    "windefend": ("Microsoft-Windows-Windows Defender/Operational",),
    "wmi": ("Microsoft-Windows-WMI-Activity/Operational",),
}
"""Service of Sigma to the channels that it means."""

_PROVIDERS: dict[str, str] = {
    "Microsoft-Windows-Security-Auditing": "security",
    "Service Control Manager": "system",
    "PowerShell": "powershell-classic",
    "PowerShellCore": "powershell",
    "Application Error": "application",
    "Microsoft-Windows-AppXDeployment-Server": "appxdeployment-server",
    "Microsoft-Windows-BitLocker-API": "bitlocker",
    "LsaSrv": "lsa-server",
    "MSExchange CmdletLogs": "msexchange-management",
    "OpenSSH": "openssh",
    "Microsoft-Windows-DNS-Server-Service": "dns-server",
}
"""Providers whose name is not that of their channel, for records that name no channel."""
_OF_MANY_CHANNELS = frozenset({"Microsoft-Windows-SmbClient", "Microsoft-Windows-PrintService"})

_ALSO: dict[str, tuple[str, ...]] = {
    "ldap": ("ldap_debug",),
    "microsoft-servicebus-client": ("servicebus-client",),
}
"""Older and newer names of the same service, in rules."""

_CATEGORIES: dict[str, dict[int, tuple[str, ...]]] = {
    "sysmon": {
        1: ("process_creation",),
        2: ("file_change",),
        3: ("network_connection",),
        4: ("sysmon_status",),
        5: ("process_termination",),
        6: ("driver_load",),
        7: ("image_load",),
        8: ("create_remote_thread",),
        9: ("raw_access_thread",),
        10: ("process_access",),
        11: ("file_event",),
        12: ("registry_event", "registry_add", "registry_delete"),
        13: ("registry_event", "registry_set"),
        14: ("registry_event", "registry_rename"),
        15: ("create_stream_hash",),
        16: ("sysmon_status",),
        17: ("pipe_created",),
        18: ("pipe_created",),
        19: ("wmi_event",),
        20: ("wmi_event",),
        21: ("wmi_event",),
        22: ("dns_query",),
        23: ("file_delete",),
        24: ("clipboard_capture",),
        25: ("process_tampering",),
        26: ("file_delete", "file_delete_detected"),
        27: ("file_block_executable", "file_block"),
        28: ("file_block_shredding", "file_block"),
        29: ("file_executable_detected",),
        255: ("sysmon_error",),
    },
    "powershell": {4103: ("ps_module",), 4104: ("ps_script",)},
    "powershell-classic": {
        400: ("ps_classic_start",),
        600: ("ps_classic_provider_start",),
        800: ("ps_classic_script",),
    },
    "security": {
        4657: ("registry_event", "registry_set", "registry_add", "registry_delete"),
        4688: ("process_creation",),
        5156: ("network_connection",),
    },
    "windefend": dict.fromkeys((*range(1006, 1013), 1017, 1018, 1019, 1115, 1116), ("antivirus",)),
}
"""Service to the numbers of its events, to Sigma's categories of what they say."""

_LINUX_SYSMON = "linux-sysmon"
"""Provider of Sysmon for Linux, and the first part of its channel."""
_ON_LINUX = (1, 3, 4, 5, 9, 11, 16, 23, 255)
"""Numbers of the events that Sysmon for Linux writes; they are those of Windows."""

BY_CHANGE: dict[str, tuple[str, ...]] = {
    "createkey": ("registry_event", "registry_add"),
    "deletekey": ("registry_event", "registry_delete"),
    "deletevalue": ("registry_event", "registry_delete"),
    "setvalue": ("registry_event", "registry_set"),
    "createvalue": ("registry_event", "registry_set", "registry_add"),
    "renamekey": ("registry_event", "registry_rename"),
}
"""``EventType`` of a registry event to the categories that remain of those of its number."""

DERIVED = frozenset({"Details", "EventType", "Initiated", "IntegrityLevel", "Protocol", "TargetObject", "User"})
"""Fields of which the value may be made of others, and then does not stand in the line."""

WINDOWS = LogSource("", "windows", "")


class Route(Struct, frozen=True):
    """What an event of one channel and number is."""

    log_sources: tuple[LogSource, ...]
    service: str = ""
    by_change: Mapping[str, tuple[LogSource, ...]] = {}
    """``EventType`` in lower case to the log sources, where it says more than the number."""
    finish: Finish | None = None
    """What adds the names that rules expect."""


def _sources(service: str, categories: Iterable[str]) -> tuple[LogSource, ...]:
    names = (service, *_ALSO.get(service, ()))
    return tuple(LogSource(category, "windows", name) for category in categories or ("",) for name in names)


def _linux_sources(number: int) -> tuple[LogSource, ...]:
    categories = _CATEGORIES["sysmon"][number] if number in _ON_LINUX else ("",)
    return tuple(LogSource(category, "linux", "sysmon") for category in categories)


_SERVICES = {channel.lower(): service for service, channels in _CHANNELS.items() for channel in channels}
_BY_PROVIDER = {
    channel.partition("/")[0].lower(): service
    for service, channels in _CHANNELS.items()
    for channel in channels
    if "-" in channel and channel.partition("/")[0] not in _OF_MANY_CHANNELS
} | {provider.lower(): service for provider, service in _PROVIDERS.items()}
_ROUTES: dict[tuple[str, str, int], Route] = {}
_ROUTES_KEPT = 5_000
_LONGEST_NAMES = 512


def route(channel: str, provider: str, number: int) -> Route:
    """Give what an event is; without a known channel, its provider decides."""
    key = (channel, provider, number)
    found = _ROUTES.get(key)
    if found is None and len(channel) + len(provider) > _LONGEST_NAMES:
        return _route(channel, provider, number)
    if found is None:
        if len(_ROUTES) >= _ROUTES_KEPT:
            _ROUTES.clear()  # whoever writes lines chooses names and numbers
        found = _ROUTES[key] = _route(channel, provider, number)
    return found


def _route(channel: str, provider: str, number: int) -> Route:
    if (channel or provider).partition("/")[0].lower() == _LINUX_SYSMON:
        return Route(_linux_sources(number), "sysmon", {}, finish_of("sysmon", number))
    service = _SERVICES.get(channel.lower()) or ("" if channel else _BY_PROVIDER.get(provider.lower(), ""))
    if not service:
        return Route((WINDOWS,))
    categories = _CATEGORIES.get(service, {}).get(number, ())
    by_change = {}
    if "registry_event" in categories:
        by_change = {change: _sources(service, remaining) for change, remaining in BY_CHANGE.items()}
    return Route(_sources(service, categories), service, by_change, finish_of(service, number))


def _all_sources() -> frozenset[LogSource]:
    sources = {WINDOWS, *_linux_sources(0)}.union(*map(_linux_sources, _ON_LINUX))
    for service in _CHANNELS:
        sources.update(_sources(service, ()))
        for categories in _CATEGORIES.get(service, {}).values():
            sources.update(_sources(service, categories))
            if "registry_event" in categories:
                for remaining in BY_CHANGE.values():
                    sources.update(_sources(service, remaining))
    return frozenset(sources)


LOG_SOURCES = _all_sources()
"""Every log source that an event can have."""


def literals_of_sources() -> dict[LogSource, frozenset[str]]:
    """Give what stands in the lines of each log source: a part of its channel, or of the provider that stands for it.

    The part has no slash, which JSON may escape, and no ``k``, of which there is a second capital (U+212A).
    """
    literals = {WINDOWS: frozenset({"eventid", "event_id", '"code"'})}
    for source in LOG_SOURCES - {WINDOWS}:
        if source.product == "linux":
            literals[source] = frozenset({_LINUX_SYSMON})
            continue
        service = next((name for name, others in _ALSO.items() if source.service in others), source.service)
        names = [*_CHANNELS.get(service, ())]
        names += [name for name, other in _BY_PROVIDER.items() if other == service]
        if names:
            literals[source] = frozenset(max(re.split("[/kK]", name), key=len).lower() for name in names)
    return literals
