"""The whole configuration, and how the product itself runs. ``docs/configuration.md`` describes each option."""

from typing import Annotated, Literal

from msgspec import Meta

from soc_agent.config.estate import AssetOptions, EnrichmentOptions, NetworkOptions, SystemOptions
from soc_agent.config.health import CanaryOptions, HealthOptions, MetricsOptions
from soc_agent.config.organisation import AssessmentOptions, NationalOptions, OrganisationOptions
from soc_agent.config.section import Seconds, Section
from soc_agent.config.sources import Source


class StoreOptions(Section, frozen=True):
    """Where everything is kept."""

    path: str = "data/soc-agent.db"
    """The SQLite file; a relative path is taken from the folder of the configuration file."""


class RuleOptions(Section, frozen=True):
    """Which rules run."""

    builtin: bool = True
    """Whether the rules that come with the product run."""
    paths: tuple[str, ...] = ()
    """More folders or files of Sigma, correlation, filter and YARA rules."""
    lists: tuple[str, ...] = ()
    """Folders of lists that fill the placeholders of rules."""
    profiles: tuple[str, ...] = ()
    """Of the rules that come with the product, those that these kinds of host need; empty: all of them."""
    disabled: tuple[str, ...] = ()
    """Ids of rules that do not run."""
    suppress_s: Seconds = 3600
    """Repeats for the same entity within so long of the last fold into one alert, where the rule says nothing."""


class IndicatorOptions(Section, frozen=True):
    """Indicators of compromise: addresses, domain names, URLs and file hashes to look for in every line."""

    paths: tuple[str, ...] = ()
    """Files and folders of lists: plain text, CSV, JSON lines, MISP, STIX 2.1."""
    default_tlp: Literal["clear", "green", "amber", "amber+strict", "red"] = "amber"
    """The mark (TLP 2.0) of lists that bear none."""
    default_days: Annotated[int, Meta(ge=0, le=36_500)] = 0
    """Days after which an indicator that names no end stops to count; 0 is never."""


class AgentOptions(Section, frozen=True):
    """How the agent runs."""

    queue_blocks: Annotated[int, Meta(ge=1, le=1024)] = 16
    """Blocks that wait between a collector and the engine; when full, tailers wait and captures count drops."""
    silent_s: Seconds = 900
    """A silence shorter than this raises no alert, whatever the rhythm of the source."""
    status_s: Seconds = 1
    """Rhythm of the status line."""


class ConsoleOptions(Section, frozen=True):
    """How the console looks."""

    language: Literal["", "vi", "en"] = ""
    """Empty: as ``LANG`` says."""
    theme: str = "soc-dark"
    refresh_ms: Annotated[int, Meta(ge=100, le=60_000)] = 500
    user: str = ""
    """Name written to the history; empty: the login name."""


class Config(Section, frozen=True):
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
