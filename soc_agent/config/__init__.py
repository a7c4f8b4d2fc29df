"""One YAML file becomes a typed configuration; every error names the file, line and key."""

from soc_agent.config.estate import AssetOptions, EnrichmentOptions, NetworkOptions, SystemOptions
from soc_agent.config.health import CanaryOptions, HealthOptions, MetricsOptions
from soc_agent.config.lines import AUTO, compile_start, is_encoding
from soc_agent.config.load import load_config, parse_config
from soc_agent.config.options import AgentOptions, Config, ConsoleOptions, IndicatorOptions, RuleOptions, StoreOptions
from soc_agent.config.organisation import (
    AssessmentOptions,
    ContactOptions,
    NationalOptions,
    OrganisationOptions,
    WorkingHoursOptions,
)
from soc_agent.config.sources import (
    EventLogSource,
    FileSource,
    HostSource,
    IntegritySource,
    JournalSource,
    ListenerSource,
    ListenOptions,
    MultilineOptions,
    PacketSource,
    PortalPage,
    PortalSource,
    Source,
    WatchSource,
)
from soc_agent.config.zone import host_zone, zone_of

__all__ = [
    "AUTO",
    "AgentOptions",
    "AssessmentOptions",
    "AssetOptions",
    "CanaryOptions",
    "Config",
    "ConsoleOptions",
    "ContactOptions",
    "EnrichmentOptions",
    "EventLogSource",
    "FileSource",
    "HealthOptions",
    "HostSource",
    "IndicatorOptions",
    "IntegritySource",
    "JournalSource",
    "ListenOptions",
    "ListenerSource",
    "MetricsOptions",
    "MultilineOptions",
    "NationalOptions",
    "NetworkOptions",
    "OrganisationOptions",
    "PacketSource",
    "PortalPage",
    "PortalSource",
    "RuleOptions",
    "Source",
    "StoreOptions",
    "SystemOptions",
    "WatchSource",
    "WorkingHoursOptions",
    "compile_start",
    "host_zone",
    "is_encoding",
    "load_config",
    "parse_config",
    "zone_of",
]
