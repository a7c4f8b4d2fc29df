from pathlib import Path

from collectors.host.probes import probes_of
from soc_agent.config import HostSource
from tests.collectors.host.making import make_host, write


def test_parts_that_are_ignored_are_not_looked_at() -> None:
    assert "suid" not in {probe.name for probe in probes_of(HostSource(name="h", ignore=("suid",)))}


def test_a_stamp_changes_with_what_it_stands_for(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    probes = {probe.name: probe for probe in probes_of(HostSource(name="h"))}
    writes = {
        "users": ("etc/passwd", "x"),
        "groups": ("etc/group", "x"),
        "admins": ("etc/group", "xy"),
        "sudoers": ("etc/sudoers.d/new", "x"),
        "authorized_keys": ("home/an/.ssh/authorized_keys", "x"),
        "packages": ("var/lib/dpkg/status", "x"),
        "cron": ("var/spool/cron/crontabs/an", "x"),
    }
    probes["authorized_keys"].look(root)
    for name in reversed(writes):
        stamp = probes[name].stamp
        assert stamp is not None
        before = stamp(root)
        assert before == stamp(root)
        write(tmp_path, *writes[name])
        assert stamp(root) != before, name
