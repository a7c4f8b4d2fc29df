"""Each kind of source has its way, or says why there is none."""

import socket
from pathlib import Path

import pytest

from soc_agent.agent.canary.ways import Impossible, Way, kind_of, line_of, own_sources, way_of
from soc_agent.config import FileSource, JournalSource, ListenerSource, ListenOptions, WatchSource, parse_config
from soc_agent.text.catalog import catalogue

LINE = line_of("0" * 32, "auth")


def test_a_line_says_that_it_is_harmless() -> None:
    assert b"soc-agent-canary" in LINE
    assert b"harmless" in LINE
    assert b"source=auth" in LINE


def test_a_file_of_our_own_stands_for_log_files(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"")
    way = way_of(FileSource(name="auth", paths=(str(log),)), tmp_path / "own")
    assert isinstance(way, Way)
    way.send(LINE)
    way.send(LINE)
    assert log.read_bytes() == b"", "nothing is written into logs of others"
    assert (tmp_path / "own" / "lines.log").read_bytes() == (LINE + b"\n") * 2


def test_our_own_file_stays_small(tmp_path: Path) -> None:
    (tmp_path / "lines.log").write_bytes(b"x" * 2**20 + b"\n")
    way = way_of(FileSource(name="auth", paths=("a",)), tmp_path)
    assert isinstance(way, Way)
    way.send(LINE)
    assert (tmp_path / "lines.log").read_bytes() == LINE + b"\n"
    assert (tmp_path / "lines.old").stat().st_size > 2**20


def test_a_datagram_goes_to_the_door_itself() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(10)
        listen = ListenOptions(transport="udp", port=door.getsockname()[1])
        way = way_of(ListenerSource(name="net", listen=(listen,)), Path())
        assert isinstance(way, Way)
        way.send(LINE)
        assert door.recv(4096) == LINE


def test_a_connection_goes_to_the_door_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)
        listen = ListenOptions(transport="tcp", port=door.getsockname()[1], address="127.0.0.1")
        way = way_of(ListenerSource(name="net", listen=(listen,)), Path())
        assert isinstance(way, Way)
        way.send(LINE)
        connection, _ = door.accept()
        with connection:
            connection.settimeout(10)
            assert connection.recv(4096) == LINE + b"\n"


def test_a_door_that_is_closed_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    way = way_of(ListenerSource(name="net", listen=(ListenOptions(transport="tcp", port=port),)), Path())
    assert isinstance(way, Way)
    with pytest.raises(OSError, match="refused"):
        way.send(LINE)


@pytest.mark.parametrize(
    "source",
    [
        ListenerSource(name="net", listen=(ListenOptions(transport="tcp", port=1, type="cef"),)),
        ListenerSource(name="net", listen=(ListenOptions(transport="tls", port=1, client_certificates="required"),)),
        JournalSource(name="journal", units=("sshd.service",)),
        *parse_config(
            b"sources: [{kind: packets, name: a, interface: none0},"
            b" {kind: packets, name: b, interface: lo, filter: tcp},"
            b" {kind: integrity, name: c, paths: [x]}, {kind: host, name: d}]"
        ).sources,
    ],
    ids=kind_of,
)
def test_where_there_is_no_way_the_reason_is_said(source: ListenerSource) -> None:
    way = way_of(source, Path())
    assert isinstance(way, Impossible)
    assert catalogue("en")[way.key].startswith("Not possible")
    assert catalogue("vi")[way.key].startswith("Không thể")


def test_every_kind_of_source_has_an_answer() -> None:
    """A new kind of source needs a way, or a reason."""
    for kind in ("packets", "portals", "host", "integrity"):
        assert f"canary.no_{kind}" in catalogue("en")


def test_a_file_of_our_own_stands_for_watched_folders(tmp_path: Path) -> None:
    sources = parse_config(b"sources: [{kind: watch, name: web, paths: [x]}, {kind: host, name: h}]").sources
    (own,) = own_sources(sources, tmp_path)
    assert isinstance(own, WatchSource)
    way = way_of(sources[0], tmp_path)
    assert isinstance(way, Way)
    for token in ("0" * 32, "1" * 32):
        way.send(line_of(token, "web"))
    (file,) = Path(own.paths[0]).iterdir()
    assert file.name == f"canary-{'1' * 32}.txt"
    assert b"harmless" in file.read_bytes()


def test_a_question_to_this_host_stands_for_packets() -> None:
    (source,) = parse_config(b"sources: [{kind: packets, name: lo, interface: lo}]").sources
    assert isinstance(way_of(source, Path()), Way)
