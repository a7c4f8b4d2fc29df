"""The rules on logs that nobody on this project wrote: attackers are named, the quiet stays quiet."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from soc_agent.decode import Context, Decoders, guess_type
from soc_agent.detect.engine import Engine
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.ruleset import RuleSet
from soc_agent.model import Block, Detection, Level
from soc_agent.resources import resource

pytestmark = pytest.mark.data

READ_NS = 1_795_226_400_000_000_000
NAMED = ("apache2", "nginx", "proftpd")
"""Kinds of logs in which every attacker must be named."""
SYSLOG_NAMED = (
    "ssh-bf",
    "ssh-slow-bf",
    "ssh-time-based-bf",
    "ssh-timeout",
    "sshd-invalid-bf",
    "iptables-scan-multi-port",
)
PROBES = (
    "traefik_clf",  # a scanner that says its name, of other addresses each time
    "webmin-logs",  # six refused logins of one address within forty seconds, twice
)
"""Cases without an attacker of their own that hold an attack all the same, each with the reason."""


@cache
def rules() -> RuleSet:
    return load_rules([resource("rules") / name for name in ("sigma", "correlation", "filters")])


@cache
def decoders() -> Decoders:
    return Decoders.load()


def hunt(path: Path) -> list[Detection]:
    data = path.read_bytes()
    data = data if data.endswith(b"\n") else data + b"\n"
    line_type = guess_type(data[:65_536])
    block = Block(source="hunt", stream=path.name, stream_id=path.name, type=line_type, data=data)
    context = Context("hunt", line_type, ZoneInfo("Asia/Ho_Chi_Minh"), READ_NS)
    return Engine(rules(), decoders()).run(block, context).detections


def cases(shared_data: Path) -> Iterator[tuple[str, Path, str, list[str]]]:
    for folder in sorted((shared_data / "scenarios").iterdir()):
        if folder.is_dir():
            expected = json.loads((folder / "expected.json").read_text("utf-8"))
            yield folder.name, folder / expected["log"], expected["type"], expected["sources"]


def named(detections: list[Detection]) -> set[str]:
    kinds = ("src_ip", "src_host")
    return {value for detection in detections for kind in kinds for value in detection.entities.get(kind, ())}


def test_every_address_that_guesses_passwords_is_named(shared_data: Path) -> None:
    found = [d for d in hunt(shared_data / "logs" / "OpenSSH_2k.log") if d.rule.level >= Level.MEDIUM]
    # every address with five or more failed passwords in the log
    wanted = {"183.62.140.253", "187.141.143.180", "103.99.0.122", "112.95.230.3", "5.188.10.180",
              "185.190.58.151", "123.235.32.19", "119.4.203.64", "60.2.12.12", "52.80.34.196"}  # fmt: skip
    assert named(found) >= wanted


def test_guessing_is_named_in_the_words_of_an_old_system_too(shared_data: Path) -> None:
    found = [d for d in hunt(shared_data / "logs" / "Linux_2k.log") if "attack.t1110.001" in d.rule.tags]
    assert named(found) >= {"150.183.249.110", "207.243.167.114", "60.30.224.116", "195.129.24.210", "218.188.2.4",
                            "220.117.241.87", "n219076184117.netvigator.com", "zummit.com"}  # fmt: skip


def test_an_error_log_of_an_ordinary_web_server_is_quiet(shared_data: Path) -> None:
    assert hunt(shared_data / "logs" / "Apache_2k.log") == []


def test_attackers_in_the_logs_of_web_servers_are_named(shared_data: Path) -> None:
    missing = {
        name: lost
        for name, log, kind, sources in cases(shared_data)
        if kind in NAMED and (lost := set(sources) - named(hunt(log)))
    }
    assert missing == {}


def test_attackers_in_the_logs_of_sshd_and_the_packet_filter_are_named(shared_data: Path) -> None:
    missing = {
        name: lost
        for name, log, _, sources in cases(shared_data)
        if name in SYSLOG_NAMED and (lost := set(sources) - named(hunt(log)))
    }
    assert missing == {}


def test_logs_without_an_attacker_give_nothing_above_low(shared_data: Path) -> None:
    loud = {
        name: titles
        for name, log, _, sources in cases(shared_data)
        if not sources
        and name not in PROBES
        and (titles := {d.rule.title for d in hunt(log) if d.rule.level > Level.LOW})
    }
    assert loud == {}
