"""``soc-agent demo``: a synthetic data centre of a province, and an attack on its portal, played on the real agent.

Addresses are those reserved for documentation (RFC 5737, RFC 3849), names end in ``.example`` (RFC 2606). Nothing is
sent anywhere: log lines are written to files, packets to capture files, all in the demo's own folder.
"""
