"""Questions are answered as the user who would run the agent, with the capabilities of the service and no others."""

import errno
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from soc_agent.cli.doctor.who import myself, service_user
from soc_agent.cli.install.needs import Needs
from soc_agent.errors import ConfigError
from tests.cli.doctor.making import OTHER, needs_root, open_folder


def test_oneself_needs_no_change(tmp_path: Path) -> None:
    assert myself().is_self
    assert myself().ask([("list", str(tmp_path))]) == [(0, "")]


def test_a_user_who_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError) as refused:
        service_user("no-such-user-here", Needs())
    assert refused.value.problem.code == "doctor.no_user"


@needs_root
def test_another_user_meets_closed_files_and_folders() -> None:
    with open_folder() as folder:
        (folder / "closed").mkdir(mode=0o700)
        (folder / "closed" / "a.log").touch()
        (folder / "b.log").touch(0o600)
        (folder / "c.log").touch(0o644)
        questions = [("read", str(folder / name)) for name in ("closed/a.log", "b.log", "c.log")]
        answers = service_user(OTHER, Needs()).ask(questions)
        assert answers == [(errno.EACCES, str(folder / "closed")), (errno.EACCES, str(folder / "b.log")), (0, "")]
        reader = service_user(OTHER, Needs(capabilities={"CAP_DAC_READ_SEARCH": ["x"]}))
        assert [number for number, _ in reader.ask(questions)] == [0, 0, 0]
        assert reader.ask([("write", str(folder / "b.log"))])[0][0] == errno.EACCES, "it reads, and never writes"


@needs_root
def test_raw_packets_and_low_ports_need_their_rights() -> None:
    questions = [("packets", ""), ("bind", "tcp:127.0.0.1:901")]
    assert [number for number, _ in service_user(OTHER, Needs()).ask(questions)] == [errno.EPERM, errno.EACCES]
    given = Needs(capabilities={"CAP_NET_RAW": ["x"], "CAP_NET_BIND_SERVICE": ["x"]})
    assert [number for number, _ in service_user(OTHER, given).ask(questions)] == [0, 0]


@needs_root
def test_the_groups_of_the_service_count() -> None:
    with open_folder() as folder:
        log = folder / "auth.log"
        log.touch()
        os.chown(log, 0, 4)
        log.chmod(0o640)
        plain = service_user(OTHER, Needs())
        assert plain.ask([("read", str(log))])[0][0] == errno.EACCES
        member = replace(plain, groups=(*plain.groups, 4))
        assert member.ask([("read", str(log))]) == [(0, "")]
