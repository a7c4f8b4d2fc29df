import json

from collectors.host.changes import WHAT, changes, encode
from collectors.host.probes import probes_of
from soc_agent.config import HostSource


def test_what_came_went_and_changed() -> None:
    found = list(changes("users", {"an": "uid=1", "binh": "uid=2"}, {"an": "uid=0", "chi": "uid=3"}))
    assert [(line["action"], line["item"], line["before"], line["after"], line["user"]) for line in found] == [
        ("added", "chi", "", "uid=3", "chi"),
        ("removed", "binh", "uid=2", "", "binh"),
        ("changed", "an", "uid=1", "uid=0", "an"),
    ]


def test_a_port_has_its_parts() -> None:
    (line,) = changes("ports", {}, {"tcp 0.0.0.0:4444": "nc /usr/bin/nc"})
    assert (line["protocol"], line["address"], line["port"], line["local"]) == ("tcp", "0.0.0.0", 4444, False)
    assert (line["program"], line["exe"]) == ("nc", "/usr/bin/nc")
    (line,) = changes("ports", {}, {"tcp [::1]:631": ""})
    assert (line["address"], line["port"], line["local"]) == ("::1", 631, True)
    assert "program" not in line


def test_a_program_that_could_not_be_seen_is_no_change() -> None:
    assert list(changes("ports", {"tcp 0.0.0.0:22": "sshd"}, {"tcp 0.0.0.0:22": ""})) == []
    assert list(changes("ports", {"tcp 0.0.0.0:22": "sshd"}, {"tcp 0.0.0.0:22": "nc"}))


def test_rules_of_files_have_their_file() -> None:
    (line,) = changes("sudoers", {}, {"/etc/sudoers.d/x: an ALL=(ALL) NOPASSWD: ALL": ""})
    assert (line["path"], line["rule"]) == ("/etc/sudoers.d/x", "an ALL=(ALL) NOPASSWD: ALL")
    (line,) = changes("authorized_keys", {}, {"an SHA256:x": "ssh-rsa"})
    assert (line["user"], line["fingerprint"]) == ("an", "SHA256:x")


def test_every_part_has_a_word_for_its_items() -> None:
    assert {probe.name for probe in probes_of(HostSource(name="h"))} == set(WHAT)


def test_lines_are_whole() -> None:
    (raw,) = encode(list(changes("suid", {}, {"/tmp/\ud800": "uid=0"})), "web01", 1_700_000_000_000_000_000)
    line = json.loads(raw)
    assert (line["type"], line["hostname"], line["time"]) == ("host", "web01", "2023-11-14T22:13:20.000000Z")
