"""Rule files become a rule set: YAML, what pySigma makes of it, bounds, lists, filters, and the cache of it all.

The way of a file: ``rule_files`` finds and reads it, ``documents`` and ``collection`` take it apart, ``parse`` and
``correlations`` translate each document to :mod:`soc_agent.detect.ir`, ``assemble`` puts all
together, ``shelf`` keeps it.
"""
