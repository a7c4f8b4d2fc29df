"""One YAML file becomes a typed configuration; every error names the file, line and key."""

from soc_agent.config.listening import ListenerSource, ListenOptions
from soc_agent.config.load import load_config, parse_config
from soc_agent.config.options import (
    AgentOptions,
    AssessmentOptions,
    AssetOptions,
    Config,
    ConsoleOptions,
    ContactOptions,
    EnrichmentOptions,
    EventLogSource,
    FileSource,
    IndicatorOptions,
    NationalOptions,
    NetworkOptions,
    OrganisationOptions,
    PacketSource,
    RuleOptions,
    Source,
    StoreOptions,
    SystemOptions,
    WatchSource,
)
from soc_agent.config.zone import host_zone, zone_of

__all__ = [
    "AgentOptions",
    "AssessmentOptions",
    "AssetOptions",
    "Config",
    "ConsoleOptions",
    "ContactOptions",
    "EnrichmentOptions",
    "EventLogSource",
    "FileSource",
    "IndicatorOptions",
    "ListenOptions",
    "ListenerSource",
    "NationalOptions",
    "NetworkOptions",
    "OrganisationOptions",
    "PacketSource",
    "RuleOptions",
    "Source",
    "StoreOptions",
    "SystemOptions",
    "WatchSource",
    "host_zone",
    "load_config",
    "parse_config",
    "zone_of",
]
