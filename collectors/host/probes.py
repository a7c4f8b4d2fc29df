"""Which part of a host is looked at how often, and what tells cheaply that nothing of it changed."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from collectors.host import accounts, containers, protection, running, software
from collectors.host.reading import RPM_CHANGED, Root, Section
from collectors.host.suid import suid_programs
from soc_agent.config import HostSource

FORCE_S = 3600.0
"""A part is looked at after so long, also where nothing tells that it changed."""


class Probe(Struct, frozen=True):
    """One part of a host."""

    name: str
    look: Callable[[Root], Section]
    stamp: Callable[[Root], object] | None = None
    """Changes when the part may have changed; None: it is looked at each time."""
    slow: bool = False
    """Whether it is looked at in the slow rhythm."""
    settles: int = 0
    """A change counts when so many further looks, one interval apart, show the same: during an update, and after a
    start, services are down for a moment, and files have other names."""


def probes_of(options: HostSource) -> Iterator[Probe]:
    """Yield the parts that are looked at."""
    every = (
        Probe("ports", running.ports, lambda _: running.listening_stamp()),
        Probe("users", accounts.users, _files("/etc/passwd")),
        Probe("groups", accounts.groups, _files("/etc/group")),
        Probe("admins", accounts.admins, _files("/etc/passwd", "/etc/group")),
        Probe("sudoers", accounts.sudoers, _files("/etc/sudoers", "/etc/sudoers.d")),
        Probe("authorized_keys", accounts.authorized_keys, _key_stamp),
        Probe("packages", software.packages, _files(software.DPKG, *RPM_CHANGED)),
        Probe("services", software.services, slow=True),
        Probe("cron", software.cron, _files(*software.CRON_FILES, *software.CRON_FOLDERS, *software.CRON_SCRIPTS)),
        Probe("modules", software.modules),
        Probe("mounts", running.mounts),
        Probe("containers", containers.containers, slow=False),
        Probe("addresses", running.addresses),
        Probe("suid", lambda root: suid_programs(root, options.suid_paths), slow=True, settles=1),
        Probe("antivirus", protection.antivirus, slow=True, settles=4),
        Probe("access_control", protection.access_control, settles=1),
        Probe("firewall", protection.firewall, settles=1),
        Probe("system", software.system),
    )
    return (probe for probe in every if probe.name not in options.ignore)


def _files(*paths: str) -> Callable[[Root], object]:
    return lambda root: root.stamps(paths)


def _key_stamp(root: Root) -> object:
    homes = [f"{user.home.rstrip('/')}/.ssh/authorized_keys" for user in accounts.read_users(root)]
    return root.stamps(["/etc/passwd", "/etc/ssh/sshd_config", *dict.fromkeys(homes)])
