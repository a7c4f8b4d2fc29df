"""Every option there is, with its default. ``docs/configuration.md`` describes each; a test holds that."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from soc_agent.config.integrity import IntegritySource
from soc_agent.config.journaling import JournalSource
from soc_agent.config.listening import ListenerSource
from soc_agent.config.trusting import CanaryOptions, HealthOptions, MetricsOptions
from soc_agent.model import Tier

Name = Annotated[str, Meta(pattern=r"^[\w.-]{1,64}$")]
Seconds = Annotated[int, Meta(ge=1)]
Bytes = Annotated[int, Meta(ge=1)]


class _Section(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section of the file: unknown keys are errors."""


class MultilineOptions(_Section, frozen=True):
    """Which lines of a file are one event. Such lines are joined before rules look at them."""

    by: Literal["", "start", "indent", "java", "audit"] = ""
    """Empty: each line is an event. ``audit`` are records of the Linux audit daemon with the same number."""
    start: str = ""
    """With ``by: start``: what the first line of an event begins with, as a regular expression (RE2)."""
    max_lines: Annotated[int, Meta(ge=2, le=100_000)] = 500
    """A longer event is cut in several."""
    max_bytes: Annotated[int, Meta(ge=1024, le=524_288)] = 262_144
    """A longer event is cut in several."""
    wait_s: Seconds = 2
    """When a file is quiet for so long, its last event is taken for complete."""


class FileSource(_Section, frozen=True, tag="file", tag_field="kind"):
    """Log files that grow and rotate."""

    name: Name
    paths: tuple[str, ...]
    """Files or globs; ``**`` goes through folders."""
    type: str = "auto"
    """Decoder type of the lines; ``auto`` looks at the first lines of each file."""
    exclude: tuple[str, ...] = ("*.gz", "*.xz", "*.zst", "*.bz2", "*.zip")
    start: Literal["end", "beginning"] = "end"
    """Where to begin in files that are there when a source is seen for the first time."""
    timezone: str = ""
    """Zone of times that name none, as ``Asia/Ho_Chi_Minh``; empty: that of this host."""
    host: str = ""
    """Host whose logs these are, where lines do not say; empty: this host."""
    tier: Tier = Tier.SERVER
    line_cap_bytes: Bytes = 1_048_576
    """A longer line keeps its head and is counted as truncated."""
    rescan_s: Seconds = 1
    rotate_wait_s: Seconds = 5
    """How long a renamed file is still read after its last growth."""
    partial_wait_s: Seconds = 10
    """How long a line may stay without its newline before it is taken as it is."""
    encoding: str = "auto"
    """``auto`` takes what a byte order mark says, else UTF-8."""
    multiline: MultilineOptions = MultilineOptions()


class PacketSource(_Section, frozen=True, tag="packets", tag_field="kind"):
    """Packets of an interface, or of capture files as they appear. Exactly one of the two is set."""

    name: Name
    interface: str = ""
    paths: tuple[str, ...] = ()
    """``.pcap`` and ``.pcapng`` files or globs."""
    filter: str = ""
    """A pcap filter expression (pcap-filter(7)); empty: every packet."""
    host: str = ""
    """Name of the sensor; empty: this host."""
    tier: Tier = Tier.NETWORK
    promiscuous: bool = False
    flow_idle_s: Seconds = 60
    """A flow without packets for so long has ended."""
    flow_active_s: Seconds = 300
    """A flow that lasts is reported at this rhythm."""
    max_flows: Annotated[int, Meta(ge=16)] = 65_536
    """Flows held at once; beyond it the oldest is reported and forgotten."""
    evidence_mb: Annotated[int, Meta(ge=0, le=1_000_000)] = 64
    """Packets of alerts are kept in so much room, the oldest go first; 0: none are kept."""
    evidence_days: Annotated[int, Meta(ge=1, le=3650)] = 30
    """They go after so long."""
    payloads: bool = True
    """Whether payloads are looked at; without, there are lines of flows and of neighbours alone."""


class WatchSource(_Section, frozen=True, tag="watch", tag_field="kind"):
    """Folders whose closed and moved-in files are scanned with YARA."""

    name: Name
    paths: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    recursive: bool = True
    host: str = ""
    """Host whose files these are; empty: this host."""
    tier: Tier = Tier.SERVER
    scan_existing: bool = False
    """Whether files that are there at the first start are scanned too."""
    rescan_s: Annotated[int, Meta(ge=0)] = 0
    """Between two scans of all files, also those that did not change: new rules see old files. 0: never."""
    size_cap_bytes: Bytes = 33_554_432
    """A larger file is reported as not scanned, never as clean."""
    timeout_s: Seconds = 15
    """Longest time for one file."""


class EventLogSource(_Section, frozen=True, tag="eventlogs", tag_field="kind"):
    """Folders into which exported Windows event logs are put."""

    name: Name
    paths: tuple[str, ...]
    """Folders, or globs of files."""
    exclude: tuple[str, ...] = ()
    timezone: str = ""
    """Zone of times that name none, as ``Asia/Ho_Chi_Minh``; empty: that of this host. Windows writes UTC."""
    host: str = ""
    """Host of events that name none; empty: this host."""
    tier: Tier = Tier.SERVER
    settle_s: Seconds = 2
    """A file is read when it has not changed for so long, and has all that its header says."""
    incomplete_s: Seconds = 300
    """One that stays incomplete for so long is read as far as it goes."""
    rescan_s: Seconds = 2
    size_cap_bytes: Bytes = 8_589_934_592
    """A larger file is reported, and not read."""


class PortalPage(_Section, frozen=True):
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
        ],
        ...,
    ] = ()
    """Kinds of change that are not looked at on this page."""


class PortalSource(_Section, frozen=True, tag="portals", tag_field="kind"):
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


class HostSource(_Section, frozen=True, tag="host", tag_field="kind"):
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


Source = (
    HostSource
    | FileSource
    | PortalSource
    | PacketSource
    | WatchSource
    | EventLogSource
    | ListenerSource
    | IntegritySource
    | JournalSource
)


class StoreOptions(_Section, frozen=True):
    """Where everything is kept."""

    path: str = "data/soc-agent.db"
    """The SQLite file; a relative path is taken from the folder of the configuration file."""


class RuleOptions(_Section, frozen=True):
    """Which rules run."""

    builtin: bool = True
    """Whether the rules that come with the product run."""
    paths: tuple[str, ...] = ()
    """More folders or files of Sigma, correlation, filter and YARA rules."""
    lists: tuple[str, ...] = ()
    """Folders of lists that fill the placeholders of rules."""
    disabled: tuple[str, ...] = ()
    """Ids of rules that do not run."""
    suppress_s: Seconds = 3600
    """Repeats for the same entity within so long of the last fold into one alert, where the rule says nothing."""


class IndicatorOptions(_Section, frozen=True):
    """Indicators of compromise: addresses, domain names, URLs and file hashes to look for in every line."""

    paths: tuple[str, ...] = ()
    """Files and folders of lists: plain text, CSV, JSON lines, MISP, STIX 2.1."""
    default_tlp: Literal["clear", "green", "amber", "amber+strict", "red"] = "amber"
    """The mark (TLP 2.0) of lists that bear none."""
    default_days: Annotated[int, Meta(ge=0, le=36_500)] = 0
    """Days after which an indicator that names no end stops to count; 0 is never."""


class AgentOptions(_Section, frozen=True):
    """How the agent runs."""

    queue_blocks: Annotated[int, Meta(ge=1, le=1024)] = 16
    """Blocks that wait between a collector and the engine; when full, tailers wait and captures count drops."""
    silent_s: Seconds = 900
    """A silence shorter than this raises no alert, whatever the rhythm of the source."""
    status_s: Seconds = 1
    """Rhythm of the status line."""


class ConsoleOptions(_Section, frozen=True):
    """How the console looks."""

    language: Literal["", "vi", "en"] = ""
    """Empty: as ``LANG`` says."""
    theme: str = "soc-dark"
    refresh_ms: Annotated[int, Meta(ge=100, le=60_000)] = 500
    user: str = ""
    """Name written to the history; empty: the login name."""


class ContactOptions(_Section, frozen=True):
    """A person of the on-site force."""

    name: str
    role: Literal["lead", "backup", "duty", "analyst", "admin", "auditor"] = "duty"
    phone: str = ""
    email: str = ""
    checked: date | None = None
    """When the contact was last verified."""


class OrganisationOptions(_Section, frozen=True):
    """The on-site force (layer 1): who answers here."""

    name: str = ""
    unit: str = ""
    """The unit in charge (đơn vị chuyên trách)."""
    contacts: tuple[ContactOptions, ...] = ()
    acknowledge_s: Seconds = 3600
    """A new alert of level high or above that nobody took for so long turns layer 1 critical."""


class SystemOptions(_Section, frozen=True):
    """An information system and its security level (Decree 331/2026/NĐ-CP)."""

    name: Name
    level: Annotated[int, Meta(ge=1, le=5)] = 1
    owner: str = ""
    operator: str = ""


class AssetOptions(_Section, frozen=True):
    """A host or device of the register."""

    name: str
    """As it names itself in logs; short or full, in any case."""
    addresses: tuple[str, ...] = ()
    """Addresses, or ranges as ``192.0.2.0/28``."""
    system: str = ""
    tier: Tier = Tier.SERVER
    owner: str = ""


class NetworkOptions(_Section, frozen=True):
    """A network of the estate, or of somebody else. Of several that hold an address, the narrowest counts."""

    name: Name
    cidrs: tuple[str, ...]
    """Ranges as ``10.0.0.0/8`` or ``2001:db8::/32``."""
    internal: bool = True
    """Whether what is in it is inside. Private ranges are, unless a network here says otherwise."""
    system: str = ""
    """The system of those addresses in it that no asset has."""


class EnrichmentOptions(_Section, frozen=True):
    """What new alerts are told of addresses, from databases in the MaxMind DB format."""

    city_mmdb: str = ""
    """A database of countries or cities; a relative path is taken from the folder of the configuration file."""
    asn_mmdb: str = ""
    """A database of autonomous systems."""


class AssessmentOptions(_Section, frozen=True):
    """Independent periodic assessment (layer 3)."""

    assessor: str = ""
    """The organisation that assesses; independent of the provider of layer 2."""
    provider: str = ""
    """The provider of layer 2, when it is not the own team."""
    last_assessment: date | None = None
    interval_days: Annotated[int, Meta(ge=1)] = 182
    """Longest time between assessments."""


class NationalOptions(_Section, frozen=True):
    """Connection with the national monitoring system (layer 4). Nothing leaves by default."""

    mode: Literal["", "dry-run"] = ""
    """Empty: not configured. ``dry-run``: what would be sent is shown and kept, nothing is sent."""
    organisation_id: str = ""
    initial_notice_hours: Annotated[int, Meta(ge=1)] = 24
    """Initial notice of a serious incident, from detection (Decree 333/2026/NĐ-CP Art. 9)."""
    full_notice_hours: Annotated[int, Meta(ge=1)] = 72
    """Cause, scope and remediation, from detection (the same article)."""


class Config(_Section, frozen=True):
    """The whole configuration."""

    timezone: str = "Asia/Ho_Chi_Minh"
    """Zone of times that people see."""
    organisation: OrganisationOptions = OrganisationOptions()
    store: StoreOptions = StoreOptions()
    rules: RuleOptions = RuleOptions()
    indicators: IndicatorOptions = IndicatorOptions()
    agent: AgentOptions = AgentOptions()
    health: HealthOptions = HealthOptions()
    canary: CanaryOptions = CanaryOptions()
    metrics: MetricsOptions = MetricsOptions()
    console: ConsoleOptions = ConsoleOptions()
    sources: tuple[Source, ...] = ()
    systems: tuple[SystemOptions, ...] = ()
    assets: tuple[AssetOptions, ...] = ()
    networks: tuple[NetworkOptions, ...] = ()
    enrichment: EnrichmentOptions = EnrichmentOptions()
    assessment: AssessmentOptions = AssessmentOptions()
    national: NationalOptions = NationalOptions()
