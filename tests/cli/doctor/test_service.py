"""A unit that was written for other sources than those configured now is found before it is run."""

import os
from pathlib import Path

import pytest

from soc_agent.cli.doctor.case import Case
from soc_agent.cli.doctor.service import read_unit, rights_of
from soc_agent.cli.install.command import plan
from soc_agent.cli.install.unit import UNIT_PATH, render, unit_lines
from tests.cli.doctor.making import OTHER, codes, make_case, needs_root

LOGS = "store: {path: /var/lib/soc-agent/soc.db}\nsources:\n- {kind: file, name: a, paths: [/var/log/x.log]}\n"
LAN = LOGS + "- {kind: packets, name: lan, interface: lo}\n"


def installed(folder: Path, config: str, user: str = "soc-agent") -> Case:
    """Install the unit for a configuration, and give the case of it."""
    case = make_case(folder, config)
    service = plan(case.workspace, case.image, user, "/opt/soc-agent/bin/soc-agent", "1G", "100%")
    unit = case.image.at(UNIT_PATH)
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text(render(unit_lines(service)))
    return make_case(folder, config)


def test_nothing_is_said_where_no_unit_is_installed(tmp_path: Path) -> None:
    assert list(make_case(tmp_path, LOGS).service()) == []


@pytest.mark.parametrize(
    ("written_for", "now", "expected"),
    [
        (LOGS, LOGS, []),
        (LAN, LAN, []),
        (LOGS, LAN, ["doctor.unit_behind"]),
        (LAN, LOGS, ["doctor.unit_spare"]),
        (LOGS, LOGS.replace("/var/lib/soc-agent", "/srv"), ["doctor.unit_behind"]),
        (LOGS, LOGS + "- {kind: listener, name: n, listen: [{transport: udp, port: 514}]}\n", ["doctor.unit_behind"]),
    ],
)
def test_the_unit_is_compared_with_the_configuration(
    tmp_path: Path, written_for: str, now: str, expected: list[str]
) -> None:
    installed(tmp_path, written_for)
    found = list(make_case(tmp_path, now).service())
    assert codes(found) == expected
    if now is LAN and expected:
        assert "CAP_NET_RAW" in found[0].what


def test_what_a_person_put_beside_the_unit_counts(tmp_path: Path) -> None:
    case = installed(tmp_path, LOGS)
    beside = case.image.at(f"{UNIT_PATH}.d")
    beside.mkdir()
    (beside / "local.conf").write_text("[Service]\n# more\nAmbientCapabilities=CAP_NET_RAW\nMemoryMax=2G\n")
    unit = read_unit(case.image)
    assert unit is not None
    assert unit["MemoryMax"] == ("2G",)
    assert list(rights_of(unit).capabilities) == ["CAP_NET_RAW"]
    (beside / "zz.conf").write_text("[Service]\nAmbientCapabilities=\n")
    again = read_unit(case.image)
    assert again is not None
    assert list(rights_of(again).capabilities) == []


def test_another_configuration_is_told(tmp_path: Path) -> None:
    case = installed(tmp_path, LOGS)
    unit = case.image.at(UNIT_PATH)
    unit.write_text(unit.read_text().replace(str(tmp_path / "config.yaml"), "/etc/other.yaml"))
    assert codes(list(make_case(tmp_path, LOGS).service())) == ["doctor.other_config"]


@needs_root
def test_root_looks_as_the_user_of_the_unit(tmp_path: Path) -> None:
    """Root may read everything: what the service may not would not be found."""
    case = installed(tmp_path, LOGS, OTHER)
    assert os.geteuid() == 0
    assert case.who.name == OTHER
    assert case.who.capabilities == ()
    assert installed(tmp_path, LAN, OTHER).who.capabilities == (13,)
