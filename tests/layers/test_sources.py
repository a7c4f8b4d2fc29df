"""Every configured source counts, and no other: for the layers and for the console alike."""

from soc_agent.layers.monitoring import judge
from soc_agent.layers.snapshot import Snapshot
from soc_agent.layers.sources import configured
from soc_agent.store import SourceStatus
from tests.layers.making import AGENT, CONFIG, NOW, figure, source

OWN = (source("agent"), source("canary.file"), source("replay"), source("gone", state=SourceStatus.FAILED))


def test_own_and_former_sources_are_left_out_and_unknown_ones_are_not() -> None:
    names = [one.name for one in CONFIG.sources]
    found = configured([*OWN, source(names[-1])], CONFIG)
    assert [ledger.source for ledger in found] == names
    assert [ledger.state is None for ledger in found] == [True] * (len(names) - 1) + [False]


def test_the_layer_counts_the_same() -> None:
    sources = (*OWN, *(source(one.name) for one in CONFIG.sources))
    state = judge(Snapshot(moment_ns=NOW, agent=AGENT, sources=sources), CONFIG)
    count = len(configured(sources, CONFIG))
    assert figure(state, "sources_working").value == f"{count}/{count}"
