import os
from pathlib import Path

import pytest

from collectors.host import software
from collectors.host.reading import Root, Unreadable
from tests.collectors.host.making import make_host, write


def test_packages_of_dpkg(tmp_path: Path) -> None:
    found = software.packages(make_host(tmp_path))
    assert found["tzdata"] == "2024a-0+deb12u1"
    assert "5.2.15-2+b2" in found.values()
    assert "gone" not in found


def test_packages_of_this_host_are_found_where_dpkg_keeps_them() -> None:
    root = Root("/")
    if not root.exists(software.DPKG):
        pytest.skip("this host has no dpkg")
    found = software.packages(root)
    assert "dpkg" in found
    assert all(found.values())


def test_packages_of_rpm_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "host", "var/lib/rpm/rpmdb.sqlite", "")
    root = Root(str(tmp_path / "host"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(Unreadable, match="not installed"):
        software.packages(root)
    program = write(
        tmp_path, "bin/rpm", '#!/bin/sh\n[ "$1 $3" = "--root -qa" ] && printf "bash.x86_64\\t5.1.8-6.el9\\n"\n'
    )
    program.chmod(0o755)
    assert software.packages(root) == {"bash.x86_64": "5.1.8-6.el9"}
    program.write_text("#!/bin/sh\necho broken >&2; exit 1\n")
    with pytest.raises(Unreadable, match="broken"):
        software.packages(root)


def test_what_systemd_starts_and_what_that_runs(tmp_path: Path) -> None:
    found = software.services(make_host(tmp_path))
    assert found == {
        "ssh.service": "ExecStart=/usr/sbin/sshd -D",
        "backup.timer": "OnCalendar=daily",
        "portal.service": "ExecStart=/srv/portal/run --port 8080",
        "rpcbind.service": "masked",
    }


def test_an_instance_of_a_unit_runs_its_template(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "usr/lib/systemd/system/getty@.service", "[Service]\nExecStart=-/sbin/agetty\n")
    wants = tmp_path / "etc/systemd/system/getty.target.wants"
    wants.mkdir()
    (wants / "getty@tty1.service").symlink_to("/usr/lib/systemd/system/getty@.service")
    assert software.services(root)["getty@tty1.service"] == "ExecStart=-/sbin/agetty"


def test_jobs_of_cron(tmp_path: Path) -> None:
    assert set(software.cron(make_host(tmp_path))) == {
        "/etc/crontab: 17 * * * * root cd / && run-parts /etc/cron.hourly",
        "/etc/cron.d/backup: 0 3 * * * root /usr/local/bin/backup",
        "/var/spool/cron/crontabs/an: */5 * * * * /home/an/sync",
        "/etc/cron.daily/logrotate",
    }


def test_kernel_modules(tmp_path: Path) -> None:
    write(tmp_path, "proc/modules", "nf_tables 303104 0 - Live 0x0\next4 1 1 - Live 0x0 (OE)\n")
    assert set(software.modules(Root(str(tmp_path)))) == {"nf_tables", "ext4"}


def test_the_system(tmp_path: Path) -> None:
    found = software.system(make_host(tmp_path))
    assert (found["name"], found["hostname"], found["machine"]) == ("Debian GNU/Linux 12", "web01", os.uname().machine)
