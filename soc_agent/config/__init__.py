"""One YAML file becomes a typed configuration; every error names the file, line and key."""

from soc_agent.config.load import load_config, parse_config
from soc_agent.config.options import (
    AgentOptions,
    AssessmentOptions,
    AssetOptions,
    Config,
    ConsoleOptions,
    ContactOptions,
    FileSource,
    NationalOptions,
    OrganisationOptions,
    PacketSource,
    RuleOptions,
    Source,
    StoreOptions,
    SystemOptions,
    WatchSource,
)

__all__ = [
    "AgentOptions",
    "AssessmentOptions",
    "AssetOptions",
    "Config",
    "ConsoleOptions",
    "ContactOptions",
    "FileSource",
    "NationalOptions",
    "OrganisationOptions",
    "PacketSource",
    "RuleOptions",
    "Source",
    "StoreOptions",
    "SystemOptions",
    "WatchSource",
    "load_config",
    "parse_config",
]
