"""Collectors (handed in), engine and store running as one."""

from soc_agent.agent.agent import Agent, CollectorFactory, Loaded, Loader
from soc_agent.agent.inbox import InboxClient, inbox_path

__all__ = ["Agent", "CollectorFactory", "InboxClient", "Loaded", "Loader", "inbox_path"]
