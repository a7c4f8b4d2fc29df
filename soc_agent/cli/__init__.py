"""The commands, and the only place that imports everything: it hands collectors to the agent and opens the console."""

from soc_agent.cli.root import main

__all__ = ["main"]
