"""No source reads what the agent writes; from the scanner of files nothing else is hidden."""

from pathlib import Path

import pytest

from collectors.globs import Globs
from soc_agent.agent.canary import canary_folder, own_sources
from soc_agent.cli.own import without_own
from soc_agent.config import FileSource, HostSource, IntegritySource, WatchSource, parse_config

CONFIG = parse_config(
    b"store: {path: 'data/so[c].db'}\nsources: [{kind: file, name: f, paths: ['data/**']},"
    b" {kind: integrity, name: i, paths: [data]}, {kind: eventlogs, name: e, paths: [data]},"
    b" {kind: watch, name: w, paths: [data]}, {kind: host, name: h},"
    b" {kind: listener, name: net, listen: [{transport: udp, port: 5514}]},"
    b" {kind: packets, name: lan, interface: lo}]"
)
STORE = ("so[c].db", "so[c].db-wal", "so[c].db-shm", "so[c].db-journal")
FOLDERS = ("so[c].canary/lines.log", "so[c].canary", "spool/net/1.spool", "evidence/lan/a/b.pcap")
OTHERS = ("auth.log", "soc.db", "so[c].db.bak", "spool/other/x", "evidence/x.pcap", "spool", "a/so[c].db")


@pytest.mark.parametrize("source", CONFIG.sources, ids=lambda source: source.name)
def test_what_is_left_out(tmp_path: Path, source: FileSource | IntegritySource | WatchSource) -> None:
    made = without_own(source, CONFIG, tmp_path)
    if not hasattr(source, "exclude"):
        assert made is source
        return
    excludes = Globs((), made.exclude).excludes  # type: ignore[union-attr]
    for name in STORE:
        assert excludes(str(tmp_path / "data" / name)), name
    for name in FOLDERS:
        assert excludes(str(tmp_path / "data" / name)) is not isinstance(source, WatchSource), name
    for name in OTHERS:
        assert not excludes(str(tmp_path / "data" / name)), name
    assert not isinstance(made, HostSource)


def test_our_own_sources_read_our_own_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    folder = canary_folder(tmp_path / CONFIG.store.path)
    for own in own_sources(CONFIG.sources, folder):
        made = without_own(own, CONFIG, tmp_path)
        assert isinstance(made, type(own))
        excludes = Globs((), made.exclude).excludes  # type: ignore[union-attr]
        assert not excludes(str(folder / "lines.log"))
        assert not excludes(str(folder / "events" / "canary.xml"))
