"""A host in a folder: its /etc and /var as far as they are looked at."""

from pathlib import Path

from collectors.host.reading import Root

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
"""A public key of an example; its fingerprint is :data:`FINGERPRINT`."""
FINGERPRINT = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"
FILES = {
    "etc/passwd": (
        "root:x:0:0:root:/root:/bin/bash\nan:x:1000:1000:An,,,:/home/an:/bin/bash\n"
        "www:x:33:33::/var/www:/usr/sbin/nologin\n"
    ),
    "etc/group": "root:x:0:\nsudo:x:27:an\nan:x:1000:\nwww:x:33:\n",
    "etc/sudoers": (
        "# comment\nDefaults env_reset\nroot ALL=(ALL:ALL) ALL\n"
        "%sudo\tALL=(ALL:ALL) \\\n  ALL\n@includedir /etc/sudoers.d\n"
    ),
    "etc/sudoers.d/10-ops": "an ALL=(root) NOPASSWD: /usr/bin/systemctl\n",
    "etc/sudoers.d/ignored.bak": "an ALL=(ALL) ALL\n",
    "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n',
    "etc/hostname": "web01\n",
    "etc/crontab": "# m h\n17 *\t* * *\troot\tcd / && run-parts /etc/cron.hourly\n",
    "etc/cron.d/backup": "0 3 * * * root /usr/local/bin/backup\n",
    "etc/cron.daily/logrotate": "#!/bin/sh\n",
    "var/spool/cron/crontabs/an": "*/5 * * * * /home/an/sync\n",
    "etc/systemd/system/portal.service": "[Service]\nExecStart=/srv/portal/run --port 8080\n",
    "usr/lib/systemd/system/ssh.service": "[Service]\nExecStart=/usr/sbin/sshd -D\n",
    "usr/lib/systemd/system/backup.timer": "[Timer]\nOnCalendar=daily\n",
    "home/an/.ssh/authorized_keys": f'from="10.0.0.0/8",no-pty ssh-ed25519 {KEY} an@laptop\n# none\n',
    "var/lib/dpkg/status": (
        "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.2.15-2+b2\nDescription: shell\n"
        " Version: 0\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n\n"
        "Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2024a-0+deb12u1\n"
    ),
}


def make_host(folder: Path) -> Root:
    """Write the host into a folder."""
    for name, text in FILES.items():
        write(folder, name, text)
    wants = folder / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    for unit in ("ssh.service", "backup.timer"):
        (wants / unit).symlink_to(f"/usr/lib/systemd/system/{unit}")
    (folder / "etc/systemd/system/rpcbind.service").symlink_to("/dev/null")
    return Root(str(folder))


def write(folder: Path, name: str, text: str) -> Path:
    """Write one file of the host."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path
