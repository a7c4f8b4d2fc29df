"""The process that scans files: confined, fed by descriptor, and expendable.

It is started by :mod:`soc_agent.detect.yara.process` as ``python -m soc_agent.scanning`` and knows neither rules'
faces nor the agent: sources of rules and open files go in (``frames``), names of rules that matched come out.
``kinds`` says which rules a file can match by its first bytes, ``archives`` what is inside it, ``confine`` what the
process may no longer do.
"""
