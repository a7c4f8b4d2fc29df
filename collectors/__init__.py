"""Collectors: a source becomes blocks of whole lines.

One file or folder a kind of source. They import ``soc_agent.model``, ``soc_agent.config`` and what lies below these,
and know nothing of rules or alerts. What each promises is ``soc_agent.model.Collector``.
"""
