"""Only what the sources ask for is given: rights, groups, sockets, folders."""

import os
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, defstruct

from soc_agent.cli.install.image import Image
from soc_agent.cli.install.needs import (
    BIND_SERVICE,
    NET_RAW,
    READ_SEARCH,
    Needs,
    fixed_part,
    needs_of,
    own_files,
    patterns_of,
    ports_of,
)
from soc_agent.config import Config, parse_config
from tests.cli.install.making import make_image, put

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root: files get owners and groups")
ETC = Path("/etc/soc-agent")


@pytest.fixture
def image(tmp_path: Path) -> Image:
    make_image(tmp_path)
    return Image(tmp_path)


def needs(image: Image, sources: str, more: str = "") -> Needs:
    return needs_of(parse_config(f"{more}\nsources:\n{sources}\n".encode()), ETC, image)


class Listener(Struct, tag="listener", tag_field="kind", frozen=True):
    """A source that listens, whatever it is called in the configuration."""

    name: str
    port: int


@needs_root
def test_logs_that_a_group_may_read_need_the_group_alone(image: Image) -> None:
    found = needs(image, "- {kind: file, name: auth, paths: [/var/log/auth.log]}")
    assert found.groups == {"adm": ["auth"]}
    assert found.capabilities == {}
    assert found.families == ("AF_UNIX",)
    assert not found.network


@needs_root
def test_logs_of_root_alone_need_the_right_to_read(image: Image) -> None:
    put(image.at("/var/log/secure"), 0o600)
    put(image.at("/var/log/open.log"), 0o644)
    found = needs(
        image, "- {kind: file, name: a, paths: [/var/log/secure]}\n- {kind: file, name: b, paths: [/var/log/op*.log]}"
    )
    assert found.capabilities == {READ_SEARCH: ["a"]}
    assert found.groups == {}


def test_a_folder_whose_files_others_make_needs_the_right_to_read(image: Image) -> None:
    found = needs(image, "- {kind: watch, name: web, paths: [/var/www]}")
    assert found.capabilities == {READ_SEARCH: ["web"]}
    assert found.reads == (Path("/var/www"),)


def test_an_interface_needs_raw_packets_and_capture_files_do_not(image: Image) -> None:
    live = needs(image, "- {kind: packets, name: lan, interface: eth0}")
    assert live.capabilities == {NET_RAW: ["lan"]}
    assert "AF_PACKET" in live.families
    assert live.network
    assert not live.talks
    files = needs(image, "- {kind: packets, name: files, paths: [/var/log/*.pcap]}")
    assert NET_RAW not in files.capabilities
    assert "AF_PACKET" not in files.families


def test_it_writes_where_the_store_is(image: Image) -> None:
    assert needs(image, "  []").writes == (ETC / "data",)
    assert needs(image, "  []", "store: {path: /srv/soc/soc.db}").writes == (Path("/srv/soc"),)


@pytest.mark.parametrize(
    ("fields", "ports"),
    [
        ({"port": 514}, ["tcp:514"]),
        ({"port": 514, "transport": "udp"}, ["udp:514"]),
        ({"listen": "0.0.0.0:6514"}, ["tcp:6514"]),
        ({"listen": ("udp://[::]:514", "tcp://[::]:601")}, ["udp:514", "tcp:601"]),
        ({"udp": "0.0.0.0:514", "tls": ":6514"}, ["udp:514", "tcp:6514"]),
        ({"listen": "journal"}, []),
        ({"port": 70_000}, []),
    ],
)
def test_ports_are_read_from_what_a_source_says(fields: dict[str, Any], ports: list[str]) -> None:
    kind = defstruct("Listener", [(name, Any) for name in fields], tag="listener", tag_field="kind", frozen=True)
    source: Any = kind(**fields)
    assert list(ports_of(source)) == ports


def test_a_port_below_1024_needs_its_right(image: Image) -> None:
    sources: Any = (Listener("net", 514), Listener("high", 6514))
    found = needs_of(Config(sources=sources), ETC, image)
    assert found.capabilities == {BIND_SERVICE: ["net"]}
    assert found.ports == ("tcp:514", "tcp:6514")
    assert found.talks
    assert "AF_INET6" in found.families


def test_a_look_at_the_host_needs_to_read_what_is_of_root(image: Image) -> None:
    found = needs(image, "- {kind: host, name: self}")
    assert found.capabilities == {READ_SEARCH: ["self"]}
    assert found.processes
    assert not found.talks
    assert found.below(["/home", "/root"]) == [Path("/home"), Path("/root")]


def test_figures_for_prometheus_are_one_more_port(image: Image) -> None:
    found = needs(image, "  []", 'metrics: {listen: "127.0.0.1:9464"}')
    assert found.ports == ("tcp:9464",)
    assert found.network
    assert not found.talks


def test_files_are_kept_from_changes_by_one_who_may_read_them_all(image: Image) -> None:
    found = needs(image, "- {kind: integrity, name: etc, paths: [/etc]}")
    assert found.capabilities == {READ_SEARCH: ["etc"]}
    assert not found.network


def test_the_journal_is_read_by_its_group(image: Image) -> None:
    assert needs(image, "- {kind: journal, name: j}").groups == {"systemd-journal": ["j"]}
    assert patterns_of(parse_config(b"sources: [{kind: journal, name: j, directory: far}]").sources[0], ETC) == [
        "/etc/soc-agent/far"
    ]


def test_own_files_are_named_once() -> None:
    config = parse_config(
        b"rules: {paths: [rules], lists: [rules]}\nindicators: {paths: [/srv/bad.txt]}\n"
        b"enrichment: {city_mmdb: city.mmdb}\nsources:\n- {kind: listener, name: net,"
        b" listen: [{transport: tls, port: 6514, certificate: tls.pem, key: tls.key}]}\n"
    )
    named = ["rules", "/srv/bad.txt", "city.mmdb", "tls.pem", "tls.key"]
    assert list(own_files(config, ETC)) == [ETC / name for name in named]


def test_the_part_before_a_wildcard() -> None:
    assert fixed_part("/var/log/nginx/*access*.log") == Path("/var/log/nginx")
    assert fixed_part("/var/log/auth.log") == Path("/var/log/auth.log")
    assert fixed_part("/**/x") == Path("/")


def test_what_lies_in_homes_and_temporary_folders_is_found(image: Image) -> None:
    found = needs(image, "- {kind: watch, name: web, paths: [/home/site/www, /tmp/in]}")
    assert found.below(["/home", "/root"]) == [Path("/home/site/www")]
    assert found.below(["/tmp"]) == [Path("/tmp/in")]


@needs_root
def test_a_listener_with_its_doors_and_keys(image: Image) -> None:
    found = needs(
        image,
        "- {kind: listener, name: net, listen: [{transport: udp, port: 514},"
        " {transport: tls, port: 6514, certificate: tls.pem, key: tls.key}]}",
    )
    assert found.ports == ("tcp:6514", "udp:514")
    assert found.capabilities == {BIND_SERVICE: ["net"]}, "a key is opened to the service, not the whole disk"
    named = needs(image, "- {kind: listener, name: net, spool: /srv/spool, listen: [{transport: tcp, port: 6514}]}")
    assert named.writes == (ETC / "data", Path("/srv/spool"))
