"""Which sources count: those that are configured, whatever else the store has ledgers of."""

from collections.abc import Sequence

from soc_agent.config import Config
from soc_agent.model import Counters
from soc_agent.store import SourceLedger


def configured(ledgers: Sequence[SourceLedger], config: Config) -> list[SourceLedger]:
    """Give the ledgers of the configured sources, in their order; of one that no agent spoke of, an empty one.

    The agent's own sources, and those that were configured once, are not among them.
    """
    known = {ledger.source: ledger for ledger in ledgers}
    return [known.get(source.name) or SourceLedger(source.name, Counters(), Counters()) for source in config.sources]
