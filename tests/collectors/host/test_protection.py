import os
from pathlib import Path

from collectors.host import protection
from collectors.host.reading import Root
from tests.collectors.host.making import make_host, write

DAY_S = 86_400


def test_no_antivirus_is_none(tmp_path: Path) -> None:
    assert protection.antivirus(make_host(tmp_path)) == {}
    assert protection.signature_days({}) is None


def test_clamav_says_when_its_signatures_were_made(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "usr/sbin/clamd", "")
    write(tmp_path, "var/lib/clamav/main.cvd", "ClamAV-VDB:16 Sep 2021 08-32 -0400:62:6647427:90:")
    write(tmp_path, "var/lib/clamav/daily.cld", "ClamAV-VDB:20 Nov 2026 03-15 -0500:27500:2070000:90:")
    found = protection.antivirus(root)
    assert found["ClamAV"].endswith("signatures 2026-11-20")
    at = 1_795_219_200.0  # 2026-11-21 00:00 UTC
    assert protection.signature_days(found, at + 3 * DAY_S) == 4


def test_others_are_told_by_their_files(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    folder = tmp_path / "var/opt/kaspersky/kesl/common/updates"
    folder.mkdir(parents=True)
    (tmp_path / "opt/kaspersky/kesl").mkdir(parents=True)
    (tmp_path / "opt/microsoft/mdatp").mkdir(parents=True)
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    found = protection.antivirus(root)
    assert found == {
        "Kaspersky": "not running, signatures 2023-11-14",
        "Microsoft Defender": "not running",
    }


def test_a_damaged_signature_file_is_dated_by_its_time(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    write(tmp_path, "etc/clamav/clamd.conf", "")
    path = write(tmp_path, "var/lib/clamav/daily.cvd", "ClamAV-VDB:99 Xxx 2026 03-15 -0500:")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert protection.antivirus(root)["ClamAV"].endswith("signatures 2023-11-14")


def test_selinux_and_apparmor(tmp_path: Path) -> None:
    root = Root(str(tmp_path))
    assert protection.access_control(root) == {}
    write(tmp_path, "etc/selinux/config", "# x\nSELINUX=disabled\n")
    assert protection.access_control(root) == {"SELinux": "off (configured: disabled)"}
    write(tmp_path, "sys/fs/selinux/enforce", "1")
    write(tmp_path, "sys/module/apparmor/parameters/enabled", "Y\n")
    write(tmp_path, "sys/kernel/security/apparmor/profiles", "a (enforce)\nb (complain)\n")
    found = protection.access_control(root)
    assert found == {"SELinux": "enforcing", "AppArmor": "1 of 2 profiles enforced"}


def test_firewalls(tmp_path: Path) -> None:
    root = Root(str(tmp_path))
    assert protection.firewall(root) == {}
    write(tmp_path, "etc/ufw/ufw.conf", "# x\nENABLED=no\n")
    assert protection.firewall(root) == {"ufw": "disabled"}
    write(tmp_path, "etc/ufw/ufw.conf", "ENABLED=yes\n")
    write(tmp_path, "etc/systemd/system/sysinit.target.wants/nftables.service", "")
    write(tmp_path, "proc/net/ip_tables_names", "filter\n")
    assert protection.firewall(root) == {"ufw": "enabled", "nftables": "enabled", "iptables rules": "loaded"}


def test_the_last_update(tmp_path: Path) -> None:
    root = make_host(tmp_path)
    os.utime(tmp_path / "var/lib/dpkg/status", (1_700_000_000, 1_700_000_000))
    found = protection.updates(root)
    assert found["packages changed"] == "2023-11-14"
    assert protection.update_days(found, 1_700_000_000 + 50 * DAY_S) == 50
    assert protection.update_days({}) is None
