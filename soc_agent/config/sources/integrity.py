"""Options of the source that watches over the integrity of files."""

from soc_agent.config.section import Bytes, Name, Seconds, Section
from soc_agent.model import Tier


class IntegritySource(Section, frozen=True, tag="integrity", tag_field="kind"):
    """Files whose content, rights and owners are not to change unseen."""

    name: Name
    paths: tuple[str, ...]
    """Folders and files."""
    exclude: tuple[str, ...] = ()
    recursive: bool = True
    host: str = ""
    """Host whose files these are; empty: this host."""
    tier: Tier = Tier.SERVER
    interval_s: Seconds = 300
    """Between two looks at everything: what events did not tell is found then."""
    size_cap_bytes: Bytes = 268_435_456
    """The content of a larger file is known by its size and time alone."""
    packages: bool = True
    """Whether what a package of dpkg or rpm brought is told as such, and no alarm."""
    audit_logs: tuple[str, ...] = ("/var/log/audit/audit.log",)
    """Logs of auditd in which who changed a file is looked up."""
    audit_window_s: Seconds = 10
    """How far a record may be from the change."""
