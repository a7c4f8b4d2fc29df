"""Who may be what on a host: users, groups, administrators, sudo rights, keys for SSH."""

import base64
import binascii
import re
from collections.abc import Iterator
from hashlib import sha256

from collectors.host.reading import Root, Section, Unreadable

ADMIN_GROUPS = frozenset({"sudo", "wheel", "admin", "root", "docker", "lxd", "libvirt", "disk", "shadow"})
"""Groups whose members are, or can make themselves, root."""
_KEY_TYPES = re.compile(r"(?:^|[ ,])((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w@.-]+) +([A-Za-z0-9+/=]{20,})(?: +(.*))?$")
_INCLUDE = re.compile(r"^[#@]include(dir)?\s+(.+)$")
_INCLUDES = 20


class User:
    """A line of passwd(5)."""

    __slots__ = ("gid", "home", "name", "shell", "uid")

    def __init__(self, name: str, uid: str, gid: str, home: str, shell: str) -> None:
        self.name = name
        self.uid = uid
        self.gid = gid
        self.home = home
        self.shell = shell


def read_users(root: Root) -> Iterator[User]:
    """Yield the users of ``/etc/passwd``; lines that are none are passed over."""
    for line in root.lines("/etc/passwd"):
        parts = line.split(":")
        if len(parts) >= 7 and parts[0] and parts[2].isdecimal():
            yield User(parts[0], parts[2], parts[3], parts[5], parts[6])


def users(root: Root) -> Section:
    """Give name to uid, group, home and shell."""
    return {user.name: f"uid={user.uid} gid={user.gid} {user.home} {user.shell}" for user in read_users(root)}


def _groups(root: Root) -> Iterator[tuple[str, str, list[str]]]:
    for line in root.lines("/etc/group"):
        parts = line.split(":")
        if len(parts) >= 4 and parts[0]:
            yield parts[0], parts[2], sorted(filter(None, parts[3].split(",")))


def groups(root: Root) -> Section:
    """Give name to number and members."""
    return {name: f"gid={gid} {','.join(members)}".rstrip() for name, gid, members in _groups(root)}


def admins(root: Root) -> Section:
    """Give the users that are root, or can become it by a group, and why."""
    found: dict[str, list[str]] = {}
    everyone = list(read_users(root))
    for user in everyone:
        if int(user.uid) == 0:
            found.setdefault(user.name, []).append("uid 0")
    for name, gid, members in _groups(root):
        if name in ADMIN_GROUPS:
            primary = [user.name for user in everyone if user.gid == gid and int(user.uid) != 0]
            for member in dict.fromkeys((*members, *primary)):
                found.setdefault(member, []).append(f"group {name}")
    return {name: ", ".join(why) for name, why in found.items()}


def sudoers(root: Root) -> Section:
    """Give who may use sudo, with the files that are included (see the manual of sudoers): file and rule to nothing.

    :raises Unreadable: when they may not be read: only root may.
    """
    found: Section = {}
    waiting = ["/etc/sudoers"]
    seen: set[str] = set()
    while waiting and len(seen) < 10 * _INCLUDES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        text = (root.text(path) or "").replace("\\\n", " ")
        for line in (raw.strip() for raw in text.splitlines()):
            include = _INCLUDE.match(line)
            if include and include[1]:
                folder = include[2].strip().strip('"').rstrip("/")
                # sudoers(5): names with a dot, or that end with ~, are passed over
                names = [name for name in root.names(folder) if "." not in name and not name.endswith("~")]
                waiting += [f"{folder}/{name}" for name in names]
            elif include:
                waiting.append(include[2].strip().strip('"'))
            elif line and not line.startswith("#"):
                found[f"{path}: {' '.join(line.split())[:500]}"] = ""
    return found


def authorized_keys(root: Root) -> Section:
    """Give user and fingerprint to type and comment, of the keys that may log in by SSH.

    :raises Unreadable: when one file may not be read.
    """
    found: Section = {}
    patterns = _key_files(root)
    for user in read_users(root):
        for pattern in patterns:
            path = pattern.replace("%%", "%").replace("%h", user.home).replace("%u", user.name)
            path = path if path.startswith("/") else f"{user.home.rstrip('/')}/{path}"
            for line in root.lines(path)[:2_000]:
                if key := _KEY_TYPES.search(line):
                    found[f"{user.name} {fingerprint(key[2])}"] = f"{key[1]} {key[3] or ''}".strip()[:200]
    return found


def _key_files(root: Root) -> list[str]:
    """Give ``AuthorizedKeysFile`` of sshd_config(5), or its default."""
    try:
        texts = [root.lines("/etc/ssh/sshd_config")]
        folder = "/etc/ssh/sshd_config.d"
        texts += [root.lines(f"{folder}/{name}") for name in root.names(folder) if name.endswith(".conf")]
    except Unreadable:
        texts = []
    for lines in texts:
        for line in lines:
            word, _, rest = line.replace("=", " ", 1).partition(" ")
            if word.lower() == "authorizedkeysfile" and rest.strip().lower() != "none":
                return rest.split()[:10]
    return [".ssh/authorized_keys", ".ssh/authorized_keys2"]


def fingerprint(key: str) -> str:
    """Give the SHA-256 fingerprint of a key as ssh-keygen(1) shows it."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4))
    except (binascii.Error, ValueError):
        raw = key.encode()
    return "SHA256:" + base64.b64encode(sha256(raw).digest()).decode().rstrip("=")
