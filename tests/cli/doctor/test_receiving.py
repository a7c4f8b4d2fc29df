"""Room for datagrams, and certificates that hold."""

import os
import time
from pathlib import Path

import pytest

from soc_agent.cli.doctor.check import Check
from soc_agent.cli.doctor.receiving import receiving
from tests.cli.doctor.making import OTHER, codes, make_case, needs_root, open_folder
from tests.collectors.listener.authority import Authority


def looked(folder: Path, door: str, user: str = "", most: int = 212_992) -> list[Check]:
    (folder / "most").write_text(f"{most}\n")
    config = f"sources:\n- {{kind: listener, name: net, listen: [{door}]}}\n"
    return list(receiving(make_case(folder, config, user), folder / "most"))


@needs_root
def test_a_buffer_that_the_service_will_not_get_is_told_with_the_command() -> None:
    """Without CAP_NET_ADMIN the kernel silently gives net.core.rmem_max: a burst is lost."""
    with open_folder() as folder:
        (check,) = looked(folder, "{transport: udp, port: 5514}", OTHER)
        assert codes([check]) == ["doctor.small_buffer"]
        assert "net.core.rmem_max=16777216" in check.remedy
        assert codes(looked(folder, "{transport: udp, port: 5514}", OTHER, 16_777_216)) == []
        assert looked(folder, "{transport: tcp, port: 5514}", OTHER) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root gets what it asks for, and looks at itself here")
def test_root_gets_the_buffer_that_it_asks_for(tmp_path: Path) -> None:
    assert codes(looked(tmp_path, "{transport: udp, port: 5514}")) == []


def test_certificates_and_lists_that_end_are_told(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ca")
    long, short = ours.sign("long", days=60), ours.sign("short", days=2)
    verify = f"client_ca: {ours.certificate}, client_certificates: required, crl: {ours.revoke(days=1 / 86_400)}"
    door = "{transport: tls, port: 6514, certificate: %s, key: %s%s}"
    assert codes(looked(tmp_path, door % (*long, ""))) == []
    (check,) = looked(tmp_path, door % (*short, ""))
    assert codes([check]) == ["listener.certificate_ends"]
    assert str(short[0]) in check.remedy
    deadline = time.monotonic() + 20
    while codes(looked(tmp_path, door % (*long, f", {verify}"))) != ["listener.crl_ended"]:
        assert time.monotonic() < deadline


@needs_root
def test_files_that_are_wrong_are_told_once(tmp_path: Path) -> None:
    door = "{transport: tls, port: 6514, certificate: absent.pem}"
    assert looked(tmp_path, door) == [], "the source says it"
    with open_folder() as folder:
        assert codes(looked(folder, door, OTHER)) == ["listener.bad_certificate"]
