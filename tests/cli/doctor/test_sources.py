"""Each source with the eyes of the user who runs the agent."""

import os
from pathlib import Path

import pytest

from soc_agent.cli.doctor import sources
from soc_agent.cli.doctor.check import Verdict
from soc_agent.cli.install.image import Image
from tests.cli.doctor.making import OTHER, codes, make_case, needs_root, open_folder


def logs(paths: str, *, kind: str = "file") -> str:
    return f"sources:\n- {{kind: {kind}, name: a, paths: [{paths}]}}\n"


def test_no_source_at_all_is_looked_at(tmp_path: Path) -> None:
    assert codes(list(sources.sources(make_case(tmp_path, "sources: []")))) == ["doctor.no_sources"]


@pytest.mark.parametrize(("kind", "code"), [("file", "tail.nothing_there"), ("watch", "watch.missing_folder")])
def test_nothing_there_yet_is_looked_at(tmp_path: Path, kind: str, code: str) -> None:
    assert codes(list(sources.sources(make_case(tmp_path, logs("absent", kind=kind))))) == [code]


def test_what_can_be_read_is_named(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.log").touch()
    (check,) = sources.sources(make_case(tmp_path, logs("'*.log'")))
    assert check.verdict is Verdict.OK
    assert "0.log" in check.detail
    assert "… (5)" in check.detail


@needs_root
def test_a_closed_folder_on_the_way_is_named() -> None:
    with open_folder() as folder:
        (folder / "closed").mkdir(mode=0o700)
        (folder / "closed" / "a.log").touch()
        case = make_case(folder, logs("closed/a.log"), OTHER)
        case.image.root = Path("/nothing")  # the plan of the unit does not see the file, so nothing opens it
        (check,) = sources.sources(case)
        assert codes([check]) == ["doctor.closed"]
        assert check.problem is not None
        assert check.problem.values["at"] == str(folder / "closed")
        assert "soc-agent install --systemd" in check.remedy


@needs_root
def test_the_right_that_the_unit_would_give_is_counted() -> None:
    with open_folder() as folder:
        (folder / "secret.log").touch(0o600)
        case = make_case(folder, logs("secret.log"), OTHER)
        case.image = Image()
        (check,) = sources.sources(case)
        assert check.verdict is Verdict.OK, "CAP_DAC_READ_SEARCH is what `install` gives for this file"


@needs_root
def test_a_group_that_may_read_is_the_remedy() -> None:
    with open_folder() as folder:
        log = folder / "auth.log"
        log.touch()
        os.chown(log, 0, 4)
        log.chmod(0o640)
        case = make_case(folder, logs("auth.log"), OTHER)
        assert case.who.groups.count(4) == 0
        case.image = Image()
        (check,) = sources.sources(case)
        assert codes([check]) == ["doctor.needs_group"]
        assert check.remedy.startswith("usermod -aG adm nobody")


@needs_root
def test_a_folder_that_cannot_be_listed_is_told_though_its_files_can_be_read() -> None:
    with open_folder() as folder:
        (folder / "logs").mkdir()
        (folder / "logs" / "a.log").touch(0o644)
        (folder / "logs").chmod(0o711)
        case = make_case(folder, logs("'logs/*.log'"), OTHER)
        assert codes(list(sources.sources(case))) == ["doctor.closed"]
        assert codes(list(sources.sources(make_case(folder, logs("logs/a.log"), OTHER)))) == []


@needs_root
def test_the_journal_is_for_its_group() -> None:
    with open_folder() as folder:
        case = make_case(folder, logs("a.log"), OTHER)
        source = case.config.sources[0]
        absent = str(folder / "absent")
        assert codes([sources.journal(case, source, (absent,))]) == ["doctor.no_journal"]
        machine = folder / "journal" / "0123"
        machine.mkdir(parents=True)
        (machine / "system.journal").touch(0o640)
        assert codes([sources.journal(case, source, (str(folder / "journal"),))]) == ["doctor.closed_journal"]
        (machine / "system.journal").chmod(0o644)
        assert codes([sources.journal(case, source, (str(folder / "journal"),))]) == []


@needs_root
def test_a_configuration_for_root_alone_is_told() -> None:
    with open_folder() as folder:
        case = make_case(folder, "rules: {paths: [own]}\n" + logs("a.log"), OTHER)
        assert codes(list(sources.files(case))) == []
        (folder / "own").mkdir(mode=0o700)
        (folder / "config.yaml").chmod(0o600)
        found = list(sources.files(case))
        assert codes(found) == ["doctor.own_file"] * 2
        assert f"chgrp {OTHER} {folder}/config.yaml" in found[0].remedy


def test_a_type_without_a_decoder_is_wrong(tmp_path: Path) -> None:
    config = (
        "sources:\n- {kind: file, name: a, paths: [a.log], type: sislog}\n"
        "- {kind: listener, name: net, listen: [{transport: udp, port: 5514, type: cisco-odd}]}\n"
    )
    found = list(sources.decoders(make_case(tmp_path, config)))
    assert codes(found) == ["doctor.no_decoder"] * 2
    assert "syslog" in found[0].remedy
    assert codes(list(sources.decoders(make_case(tmp_path, logs("a.log"))))) == []


def test_a_link_that_leads_nowhere_is_no_fault_of_a_watched_folder(tmp_path: Path) -> None:
    """Folders such as /etc are full of them; what watches folders does not follow links."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "real").touch()
    (tmp_path / "etc" / "nowhere").symlink_to("/nothing/there")
    (tmp_path / "etc" / "closed").symlink_to("/proc/1/mem")
    for kind in ("integrity", "watch"):
        (check,) = sources.sources(make_case(tmp_path, logs("etc", kind=kind)))
        assert check.verdict is Verdict.OK, check.what
