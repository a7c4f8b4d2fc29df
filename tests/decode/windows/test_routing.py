import pytest

from soc_agent.decode.windows import routing
from soc_agent.decode.windows.routing import LOG_SOURCES, WINDOWS, literals_of_sources, route
from soc_agent.model import LogSource

SYSMON = "Microsoft-Windows-Sysmon/Operational"


@pytest.mark.parametrize(
    ("channel", "number", "source"),
    [
        (SYSMON, 1, LogSource("process_creation", "windows", "sysmon")),
        (SYSMON.upper(), 22, LogSource("dns_query", "windows", "sysmon")),
        (SYSMON, 99, LogSource("", "windows", "sysmon")),
        ("Security", 4688, LogSource("process_creation", "windows", "security")),
        ("Security", 4625, LogSource("", "windows", "security")),
        ("Windows PowerShell", 400, LogSource("ps_classic_start", "windows", "powershell-classic")),
        ("PowerShellCore/Operational", 4104, LogSource("ps_script", "windows", "powershell")),
        ("Microsoft-Windows-Windows Defender/Operational", 1116, LogSource("antivirus", "windows", "windefend")),
        ("Microsoft-Windows-SmbClient/Security", 1, LogSource("", "windows", "smbclient-security")),
        ("Microsoft-Windows-DNS-Client/Operational", 3008, LogSource("", "windows", "dns-client")),
        ("Microsoft-Windows-Diagnosis-Scripted/Admin", 101, LogSource("", "windows", "diagnosis-scripted")),
        ("Linux-Sysmon/Operational", 1, LogSource("process_creation", "linux", "sysmon")),
        ("Linux-Sysmon/Operational", 11, LogSource("file_event", "linux", "sysmon")),
        ("Linux-Sysmon/Operational", 13, LogSource("", "linux", "sysmon")),
        ("Nobody/Knows", 1, WINDOWS),
    ],
)
def test_the_channel_and_the_number_say_what_an_event_is(channel: str, number: int, source: LogSource) -> None:
    assert source in route(channel, "", number).log_sources


def test_without_a_channel_the_provider_says_it() -> None:
    assert route("", "Microsoft-Windows-Sysmon", 3).log_sources == (
        LogSource("network_connection", "windows", "sysmon"),
    )
    assert route("", "Microsoft-Windows-Security-Auditing", 1).service == "security"
    assert route("", "Service Control Manager", 7045).service == "system"
    assert route("", "Microsoft-Windows-SmbClient", 1).log_sources == (WINDOWS,)
    assert route("", "PowerShellCore", 4104).log_sources == (LogSource("ps_script", "windows", "powershell"),)
    assert route("", "Linux-Sysmon", 3).log_sources == (LogSource("network_connection", "linux", "sysmon"),)
    assert route("Elsewhere", "Microsoft-Windows-Sysmon", 3).log_sources == (WINDOWS,)


def test_an_event_of_the_registry_is_one_of_the_registry_in_general() -> None:
    names = {source.category for source in route(SYSMON, "", 13).log_sources}
    assert names == {"registry_event", "registry_set"}


def test_whoever_invents_channels_fills_no_memory() -> None:
    for number in range(12_000):
        route(f"c{number}", "", 1)
    route("c" * 10_000, "", 1)
    assert len(routing._ROUTES) <= 5_000
    assert max(len(channel) for channel, *_ in routing._ROUTES) < 1_000
    assert route(SYSMON, "", 1).service == "sysmon"


def test_every_source_that_is_given_is_declared() -> None:
    for channel in (
        SYSMON,
        "Linux-Sysmon/Operational",
        "Security",
        "Windows PowerShell",
        "Microsoft-ServiceBus-Client/Admin",
        "?",
    ):
        for number in range(5200):
            found = route(channel, "", number)
            assert set(found.log_sources) <= LOG_SOURCES
            assert all(set(sources) <= LOG_SOURCES for sources in found.by_change.values())


def test_literals_survive_the_ways_to_write_json() -> None:
    for texts in literals_of_sources().values():
        assert texts
        assert not any(set(text) & set("/kK\\") for text in texts)


def test_categories_that_windows_does_not_log_are_known_to_be_none() -> None:
    """Both are of the kernel's tracing (Microsoft-Windows-Kernel-File), which no event log holds."""
    categories = {source.category for source in LOG_SOURCES}
    assert not categories & {"file_access", "file_rename"}
