"""Options of the source that watches over the integrity of files."""

from typing import Annotated

from msgspec import Meta, Struct

from soc_agent.model import Tier

Seconds = Annotated[int, Meta(ge=1)]


class IntegritySource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="integrity", tag_field="kind"):
    """Files whose content, rights and owners are not to change unseen."""

    name: Annotated[str, Meta(pattern=r"^[\w.-]{1,64}$")]
    paths: tuple[str, ...]
    """Folders and files."""
    exclude: tuple[str, ...] = ()
    recursive: bool = True
    host: str = ""
    """Host whose files these are; empty: this host."""
    tier: Tier = Tier.SERVER
    interval_s: Seconds = 300
    """Between two looks at everything: what events did not tell is found then."""
    size_cap_bytes: Annotated[int, Meta(ge=1)] = 268_435_456
    """The content of a larger file is known by its size and time alone."""
    packages: bool = True
    """Whether what a package of dpkg brought is told as such, and no alarm."""
    audit_logs: tuple[str, ...] = ("/var/log/audit/audit.log",)
    """Logs of auditd in which who changed a file is looked up."""
    audit_window_s: Seconds = 10
    """How far a record may be from the change."""
