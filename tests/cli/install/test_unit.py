"""The unit says only what is needed, and each line of it why; systemd takes it, and finds it closed."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.cli.init import example
from soc_agent.cli.install.command import plan, wanted_files
from soc_agent.cli.install.image import Image
from soc_agent.cli.install.needs import Needs
from soc_agent.cli.install.unit import Service, folder_lines, render, unit_lines, user_lines
from soc_agent.cli.workspace import Workspace
from soc_agent.text import use_language
from tests.cli.install.making import make_image

ROOT = Path(__file__).resolve().parents[3]
EVERYTHING = Needs(
    capabilities={"CAP_NET_RAW": ["lan"], "CAP_DAC_READ_SEARCH": ["web"], "CAP_NET_BIND_SERVICE": ["net"]},
    groups={"adm": ["auth"]},
    families=("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET", "AF_UNIX"),
    ports=("tcp:6514", "udp:514"),
    writes=(Path("/srv/soc 1"),),
    reads=(Path("/home/site/www"), Path("/tmp/in")),
    talks=True,
    network=True,
    processes=True,
)
analyze = shutil.which("systemd-analyze")


def service(needs: Needs, program: str = "/bin/true", store: str = "/var/lib/soc-agent/s.db") -> Service:
    return Service(
        program=(program,),
        config=Path("/etc/soc-agent/config.yaml"),
        store=Path(store),
        user="soc-agent",
        memory_max="1G",
        cpu_quota="100%",
        needs=needs,
    )


def directives(needs: Needs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in render(unit_lines(service(needs))).splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_no_right_is_given_that_nothing_needs() -> None:
    found = directives(Needs())
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"] == [""]
    assert found["RestrictAddressFamilies"] == ["AF_UNIX"]
    assert found["PrivateNetwork"] == ["yes"]
    assert "ReadWritePaths" not in found
    assert "SupplementaryGroups" not in found
    assert found["ProtectHome"] == ["yes"]
    assert found["ProtectProc"] == ["invisible"]


def test_what_is_needed_is_given() -> None:
    found = directives(EVERYTHING)
    assert found["AmbientCapabilities"] == ["CAP_DAC_READ_SEARCH CAP_NET_BIND_SERVICE CAP_NET_RAW"]
    assert found["CapabilityBoundingSet"] == found["AmbientCapabilities"]
    assert found["ReadWritePaths"] == ['"/srv/soc 1"']
    assert found["SocketBindAllow"] == ["tcp:6514", "udp:514"]
    assert found["ProtectHome"] == ["read-only"]
    assert found["BindReadOnlyPaths"] == ["-/tmp/in"]
    assert "IPAddressDeny" not in found


def test_capturing_goes_first_by_a_limit_and_not_by_a_right() -> None:
    found = directives(EVERYTHING)
    assert found["LimitNICE"] == ["-10"]
    assert found["SystemCallFilter"][-1] == "setpriority"
    assert "SYS_NICE" not in found["CapabilityBoundingSet"][0]
    quiet = directives(Needs())
    assert "LimitNICE" not in quiet
    assert "setpriority" not in " ".join(quiet["SystemCallFilter"])


def test_a_sensor_of_packets_speaks_with_nobody() -> None:
    found = directives(Needs(families=("AF_INET", "AF_PACKET", "AF_UNIX"), network=True))
    assert found["IPAddressDeny"] == ["any"]
    assert found["SocketBindDeny"] == ["any"]
    assert "PrivateNetwork" not in found


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_line_is_explained(language: str) -> None:
    """A directive has a comment above it, or follows one that does without a gap."""
    use_language(language)
    for lines in (unit_lines(service(EVERYTHING)), user_lines(service(EVERYTHING)), folder_lines(service(EVERYTHING))):
        blocks = [block.splitlines() for block in render(lines).split("\n\n")]
        told = [block for block in blocks if not block[0].startswith("[")]
        assert told
        assert all(block[0].startswith("# ") for block in told)


def test_words_reach_the_program_as_they_are() -> None:
    text = render(unit_lines(service(Needs(), program="/opt/50% off/$x")))
    assert 'ExecStart="/opt/50%% off/$$x" --config' in text


def test_a_python_in_a_home_is_seen() -> None:
    lines = render(unit_lines(replace(service(Needs()), interpreter=Path("/root/.pyenv/versions/3.11"))))
    assert "ProtectHome=read-only" in lines
    assert "/root/.pyenv" in lines


def test_folders_of_its_own_are_made_for_it() -> None:
    made = render(folder_lines(replace(service(Needs()), folders=(Path("/srv/soc"),))))
    assert "d /srv/soc 2770 soc-agent soc-agent -" in made
    elsewhere = render(folder_lines(replace(service(Needs()), config=Path("/srv/config.yaml"))))
    assert "/etc/soc-agent" not in elsewhere


@pytest.mark.skipif(analyze is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("needs", [Needs(), EVERYTHING], ids=["nothing", "everything"])
def test_systemd_takes_it(needs: Needs, tmp_path: Path) -> None:
    """Every warning counts, but for what this host itself lacks."""
    assert analyze is not None
    unit = tmp_path / "soc-agent.service"
    unit.write_text(render(unit_lines(service(needs))))
    done = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True, check=False, timeout=60)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "soc-agent" in line]
    assert ours == []


@pytest.mark.skipif(analyze is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize(("needs", "most"), [(Needs(), 1.5), (EVERYTHING, 3.0)], ids=["nothing", "everything"])
def test_systemd_finds_it_closed(needs: Needs, most: float, tmp_path: Path) -> None:
    """The exposure that systemd-analyze works out: 10 is open, and a service without any of this has 9.6."""
    assert analyze is not None
    unit = tmp_path / "soc-agent.service"
    unit.write_text(render(unit_lines(service(needs))))
    words = [analyze, "security", "--offline=true", "--no-pager", str(unit)]
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=60, env={"SYSTEMD_COLORS": "0", "LANG": "C.UTF-8"}
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot look at a file offline")
    level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert level, done.stderr
    assert float(level[1]) < most


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root: the example's logs get the group adm")
def test_the_files_in_the_sources_are_those_of_the_example(tmp_path: Path) -> None:
    """`deploy/` shows what `install` writes for what `init` writes to /etc; SOC_AGENT_WRITE=1 writes it anew."""
    config = make_image(tmp_path)
    config.write_text(example(Path("/etc/soc-agent/config.yaml"), tmp_path), "utf-8")
    shown = plan(Workspace(config, "en"), Image(tmp_path), "soc-agent", "/opt/soc-agent/bin/soc-agent", "1G", "100%")
    for wanted, suffix in zip(wanted_files(shown), ("service", "sysusers.conf", "tmpfiles.conf"), strict=True):
        path = ROOT / "deploy" / f"soc-agent.{suffix}"
        if os.environ.get("SOC_AGENT_WRITE"):
            path.write_text(wanted.content, "utf-8")
        assert path.read_text("utf-8") == wanted.content
