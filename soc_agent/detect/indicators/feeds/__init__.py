"""Lists of indicators as others write them: plain text, CSV, JSON lines, MISP, STIX 2.1.

Every reader hands what it reads to an :class:`~soc_agent.detect.indicators.feeds.intake.Intake`, which checks it and
reports by file and line what is refused. A feed is outside input: its size, its lines and its faults are bounded.
"""
