"""A watched web page as it was last seen: what the console shows of it."""

from msgspec import Struct


class PortalSeen(Struct, frozen=True):
    """A page. Times are in nanoseconds since 1970; 0: never."""

    source: str
    page: str
    url: str
    state: str
    """``never``, ``down``, ``changed``, ``learning`` or ``well``."""
    answer: str = ""
    """Status code, or why there was no answer."""
    checked_ns: int = 0
    """When it was last asked for."""
    compared_ns: int = 0
    """When its content was last compared."""
    down_since_ns: int = 0
    expires_ns: int = 0
    """When its certificate expires."""
    issuer: str = ""
    changes: tuple[str, ...] = ()
    """Kinds of what changed and nobody approved: ``portals.kind.<kind>`` in the catalogues names them."""
    changed_ns: int = 0
    """Since when."""
    redirects: tuple[str, ...] = ()
    """Foreign hosts in the way to it that nobody approved."""
    subject: str = ""
    """What an approval is to be written of."""
    change: str = ""
    """Id of the change that waits to be approved; empty: none does."""
