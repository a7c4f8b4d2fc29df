"""Explanations are plain data: they survive being written and read."""

import msgspec

from soc_agent.model import LogSource, RuleInfo
from soc_agent.model.explanation import Branch, Pattern, Prefilter, Reason, RuleExplanation


def test_an_explanation_can_be_written_and_read() -> None:
    item = Branch("item", True, "f|contains", field="f", values=("a",), tests=(Pattern("a", True),))
    found = RuleExplanation(
        rule=RuleInfo("id", "title"),
        line_type="json",
        decoder="json",
        decoded=True,
        wants=LogSource(),
        has=(LogSource(),),
        applies=True,
        condition=Branch("selection", True, "s", (item,)),
        prefilter=Prefilter(passes=True, always=True),
        matches=True,
        conclusion=Reason("explain.matches"),
    )
    data = msgspec.json.encode(found)
    assert msgspec.json.decode(data, type=RuleExplanation) == found
