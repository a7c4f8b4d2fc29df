"""Options of a source that looks at web pages from outside."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.section import Bytes, Name, Seconds, Section
from soc_agent.model import Tier


class PortalPage(Section, frozen=True):
    """A web page that is looked at."""

    name: Name
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/]")]
    hosts: tuple[str, ...] = ()
    """Other hosts that belong to this page: it may send on to them and take scripts from them."""
    ignore: tuple[
        Literal[
            "title",
            "heading",
            "text",
            "structure",
            "scripts",
            "inline_scripts",
            "frames",
            "forms",
            "links",
            "hidden_links",
            "refresh",
            "images",
        ],
        ...,
    ] = ()
    """Kinds of change that are not looked at on this page."""


class PortalSource(Section, frozen=True, tag="portals", tag_field="kind"):
    """Web pages, looked at from outside: whether they answer, what they say, their certificates."""

    name: Name
    pages: tuple[PortalPage, ...]
    hosts: tuple[str, ...] = ()
    """Hosts that belong to all pages, with those below them: ``tinh.gov.vn``."""
    availability_s: Seconds = 60
    """Rhythm at which each page is asked whether it answers."""
    content_s: Seconds = 300
    """Rhythm at which its content is compared."""
    timeout_s: Seconds = 15
    """Longest time for one look, redirects included."""
    slow_ms: Annotated[int, Meta(ge=1)] = 5_000
    """An answer that takes longer counts as slow."""
    size_cap_bytes: Bytes = 4_194_304
    """A larger page, as it is sent or unpacked, is reported as not compared."""
    redirects: Annotated[int, Meta(ge=0, le=20)] = 5
    """So many redirects are followed."""
    similarity_percent: Annotated[int, Meta(ge=1, le=100)] = 70
    """When less than this of the text or of the structure is the same, the page has changed."""
    learn_fetches: Annotated[int, Meta(ge=1, le=20)] = 3
    """Of so many looks in a row is learnt what a page is, and which parts of it change by themselves."""
    certificate_days: tuple[int, ...] = (30, 14, 7, 1)
    """So many days before a certificate expires it is told."""
    parts: Annotated[int, Meta(ge=0, le=100)] = 30
    """So many scripts, style sheets and pictures that a page loads from its own hosts are watched by hash; 0: none."""
    part_cap_bytes: Bytes = 2_097_152
    """A larger one is watched so far."""
    guise_s: Annotated[int, Meta(ge=0)] = 3_600
    """Rhythm at which a page is got as a search engine and as one of its visitors would get it; 0: never."""
    private_networks: tuple[str, ...] = ()
    """Networks, as ``10.0.0.0/8``, in which pages may lie. Without, only public addresses are asked."""
    ca_file: str = ""
    """More certificate authorities (PEM), beside those of the system."""
    user_agent: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[ -~]+$")] = "soc-agent (portal watch)"
    workers: Annotated[int, Meta(ge=1, le=64)] = 8
    """Pages that are got at the same time, each of another host."""
    host: str = ""
    """Host of which alerts speak; empty: this host."""
    tier: Tier = Tier.APPLICATION
