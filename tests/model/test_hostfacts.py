import msgspec

from soc_agent.model import Block, HostFacts


def test_facts_travel_with_a_block() -> None:
    block = Block("may", "web01", "s", "host", b"", facts=HostFacts("web01", {"users": {"an": "uid=1"}}))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(block), type=Block) == block
