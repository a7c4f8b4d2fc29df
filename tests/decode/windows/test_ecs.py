from typing import Any

from soc_agent.decode.windows.ecs import fill_from_ecs


def test_data_that_a_module_moved_away_are_found_again() -> None:
    data: dict[str, Any] = {"CommandLine": "x"}
    fill_from_ecs(data, {"process.executable": "C:\\x.exe", "process.command_line": "other"}, "1")
    assert data == {"CommandLine": "x", "Image": "C:\\x.exe"}


def test_every_event_of_sysmon_says_which_program_it_was() -> None:
    data: dict[str, Any] = {}
    fill_from_ecs(data, {"process.executable": "C:\\x.exe", "dns.question.name": "a.example"}, 22)
    assert data == {"Image": "C:\\x.exe", "QueryName": "a.example"}


def test_events_of_others_are_left_alone() -> None:
    data: dict[str, Any] = {}
    for number in (4625, "x", None, -1, "²"):
        fill_from_ecs(data, {"process.executable": "C:\\x.exe"}, number)
    assert data == {}
