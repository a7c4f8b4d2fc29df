"""The store: alerts, their append-only history and all that the agent remembers, in one SQLite file."""

from soc_agent.store.filter import AlertFilter, FilterError
from soc_agent.store.records import (
    AgentState,
    AssetSeen,
    CanaryResult,
    Counts,
    Evidence,
    HistoryCheck,
    HistoryEntry,
    OpenAlert,
    Order,
    RulesState,
    SourceLedger,
    SourceStatus,
    Suppression,
)
from soc_agent.store.store import Store
from soc_agent.store.suppressions import read_time
from soc_agent.store.transaction import Transaction

__all__ = [
    "AgentState",
    "AlertFilter",
    "AssetSeen",
    "CanaryResult",
    "Counts",
    "Evidence",
    "FilterError",
    "HistoryCheck",
    "HistoryEntry",
    "OpenAlert",
    "Order",
    "RulesState",
    "SourceLedger",
    "SourceStatus",
    "Store",
    "Suppression",
    "Transaction",
    "read_time",
]
