"""The core of a terminal SOC: it knows lines, rules, alerts and the four layers.

It imports neither ``collectors`` nor ``tui``, but for ``soc_agent.cli``, which puts all together.
"""

__version__ = "0.1.0"
