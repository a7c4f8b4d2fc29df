"""What a rule set says of itself."""

from pathlib import Path

import msgspec

from soc_agent.detect import RuleSet
from soc_agent.detect.ruleset import Refused
from soc_agent.model import Problem, Where
from tests.detect.making import rule_text, rules_of


def test_what_runs_has_a_face_and_what_does_not_has_a_reason(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        a=rule_text("selection: {f: 1}", title="Good"),
        b=rule_text("selection: {f|nope: 1}", title="Bad"),
    )
    assert [rules.infos[rule.info.id].title for rule in rules.rules] == ["Good"]
    assert [(each.title, each.problems[0].code) for each in rules.refused] == [("Bad", "rule.modifier")]
    assert rules.refused[0].problems == rules.problems


def test_a_set_without_files_is_empty() -> None:
    assert (RuleSet().rules, RuleSet().problems) == ((), ())


def test_what_is_refused_can_be_kept_in_the_cache() -> None:
    refused = Refused("t", "f.yml", 3, (Problem("rule.regex", Where("f.yml", 3)),), "id", ("attack.t1110",))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(refused), type=Refused) == refused
