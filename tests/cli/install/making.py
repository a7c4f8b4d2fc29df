"""An image of a small Debian server to install into, and a configuration inside it."""

import os
from pathlib import Path

GROUPS = {"root": 0, "adm": 4, "systemd-journal": 101, "www-data": 33}
USERS = {"root": 0, "www-data": 33}

FILES = "sources:\n- {kind: file, name: auth, paths: [/var/log/auth.log], type: syslog}\n"


def make_image(root: Path, config: str = FILES, store: str = "/var/lib/soc-agent/soc-agent.db") -> Path:
    """Make the files that count, and give the path of the configuration in it."""
    for name in ("etc/soc-agent", "var/log/nginx", "opt/soc-agent/bin", "var/www", "root"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for folder in (root, *root.rglob("*")):
        folder.chmod(0o755)
    (root / "root").chmod(0o700)
    (root / "etc/group").write_text("".join(f"{name}:x:{number}:\n" for name, number in GROUPS.items()))
    (root / "etc/passwd").write_text("".join(f"{name}:x:{n}:{n}::/:/bin/sh\n" for name, n in USERS.items()))
    put(root / "var/log/auth.log", 0o640, "adm")
    program = root / "opt/soc-agent/bin/soc-agent"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    path = root / "etc/soc-agent/config.yaml"
    path.write_text(f"store: {{path: {store}}}\n{config}")
    return path


def put(path: Path, mode: int, group: str = "root") -> None:
    """Make a file with a mode and, where that is permitted, a group."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    path.chmod(mode)
    if os.geteuid() == 0:
        os.chown(path, 0, GROUPS[group])
