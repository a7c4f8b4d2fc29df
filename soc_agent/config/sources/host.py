"""Options of a source that looks at the host itself."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Name, Seconds, Section
from soc_agent.model import Tier


class HostSource(Section, frozen=True, tag="host", tag_field="kind"):
    """The host itself: who may do what on it, what is installed, what it listens on, how it is protected."""

    name: Name
    root: str = "/"
    """Where its file system lies: for accounts, sudo rights, keys, packages, services. The rest is of this host."""
    interval_s: Seconds = 60
    """Rhythm of looking; files that did not change are not read again."""
    slow_s: Seconds = 3_600
    """Rhythm of what costs more: services, antivirus, programs with the set-user-ID bit."""
    disk_percent: Annotated[int, Meta(ge=1, le=100)] = 90
    """A file system that is so full, in bytes or files, is told."""
    clock_ms: Annotated[int, Meta(ge=1)] = 1_000
    """A clock that is known to be off by more is told."""
    signature_days: Annotated[int, Meta(ge=1)] = 7
    """Signatures of the antivirus that are older are told."""
    update_days: Annotated[int, Meta(ge=1)] = 45
    """Packages that nobody changed for longer are told."""
    suid_paths: tuple[str, ...] = (
        *("/usr", "/bin", "/sbin", "/opt", "/srv", "/home", "/root", "/var"),
        *("/tmp", "/dev/shm"),  # noqa: S108 - to be looked through, not written to
    )
    """Folders in which programs with the set-user-ID or set-group-ID bit are looked for."""
    ignore: tuple[
        Literal[
            "ports",
            "users",
            "groups",
            "admins",
            "sudoers",
            "authorized_keys",
            "packages",
            "services",
            "cron",
            "modules",
            "mounts",
            "addresses",
            "suid",
            "containers",
            "antivirus",
            "access_control",
            "firewall",
            "system",
        ],
        ...,
    ] = ()
    """Parts that are not looked at."""
    host: str = ""
    """Its name; empty: as it calls itself."""
    tier: Tier = Tier.SERVER
