"""The face of a rule survives the way into the store and back."""

import msgspec

from soc_agent.model import Layer, Level, RuleInfo, RuleKind


def test_a_rule_info_reads_back_as_it_was() -> None:
    info = RuleInfo(
        "id-1", "Title", RuleKind.YARA, Level.HIGH, Layer.NATIONAL, tags=("attack.t1505.003",), suppress_s=60
    )
    assert msgspec.json.decode(msgspec.json.encode(info), type=RuleInfo) == info
