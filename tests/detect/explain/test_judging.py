"""Every rule's word on a line agrees with the engine, and those that come near stand before those that do not."""

from pathlib import Path

import pytest
import yaml

from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.explain.judging import judge_line, nearness
from soc_agent.detect.samples.files import line_samples
from soc_agent.model.explanation import Branch
from soc_agent.model.judging import Judged
from tests import product
from tests.detect.making import block_of, context_of, rule_text, rules_of

DECODERS = product.decoders()
SSHD = b"Nov 20 08:14:03 web01 sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"
TRUE, FALSE = Branch("item", holds=True), Branch("item", holds=False)


def judged(rules: RuleSet, line: bytes = SSHD, line_type: str = "syslog") -> Judged:
    return judge_line(rules, DECODERS, line, context_of(line_type))


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        (TRUE, (1, 0)),
        (Branch("all", holds=False, children=(TRUE, TRUE, FALSE)), (2, 1)),
        (Branch("any", holds=True, children=(FALSE, TRUE)), (1, 0)),
        (Branch("any", holds=False, children=(FALSE, Branch("all", holds=False, children=(TRUE, FALSE)))), (1, 1)),
        (Branch("not", holds=True, children=(FALSE,)), (0, 0)),
        (Branch("not", holds=False, children=(TRUE,)), (0, 1)),
        (Branch("selection", holds=True, children=(TRUE,)), (1, 0)),
    ],
)
def test_how_near_a_condition_comes(branch: Branch, expected: tuple[int, int]) -> None:
    assert nearness(branch) == expected


def test_the_nearest_come_first_and_other_logs_last(tmp_path: Path) -> None:
    linux = "{product: linux}"
    rules = rules_of(
        tmp_path,
        a=rule_text("selection: {user: nobody}", more="name: far", logsource=linux),
        b=rule_text("selection: {user: root, src_ip: 192.0.2.2}", more="name: half", logsource=linux),
        c=rule_text("selection: {c-uri: x}", more="name: other", logsource="{category: webserver}"),
        d=rule_text("selection: {user: root}", more="name: match", logsource=linux),
        e=rule_text("selection: {user: root, src_ip: 192.0.2.1, outcome: x}", more="name: near", logsource=linux),
    )
    found = judged(rules)
    names = {rule.info.id: rule.name for rule in rules.rules}
    assert [names[each.rule.id] for each in found.rules] == ["match", "near", "half", "far", "other"]
    assert [(each.matches, each.applies, each.held, each.lacking) for each in found.rules] == [
        (True, True, 1, 0), (False, True, 2, 1), (False, True, 1, 1), (False, True, 0, 1), (False, False, 0, 0)
    ]  # fmt: skip


def test_a_line_that_no_decoder_takes_is_for_rules_of_words_only(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("selection: {a: null}", logsource="{category: webserver}"))
    (each,) = judged(rules, b"no access log at all", "access").rules
    assert not each.matches


def test_it_says_what_the_engine_does() -> None:
    rules = product.rules("sigma", "filters")
    engine = Engine(rules, DECODERS)
    compared = 0
    for rule in rules.rules[::12]:
        documents = yaml.safe_load_all(Path(rule.info.path).read_text("utf-8"))
        (document,) = (tree for tree in documents if tree.get("id") == rule.info.id)
        for _, _, sample in line_samples(document) or ():
            data = sample.expand()[0].encode()
            found = engine.run(block_of(data, sample.type), context_of(sample.type)).detections
            said = {each.rule.id for each in judged(rules, data, sample.type).rules if each.matches}
            assert said - rules.silent == {each.rule.id for each in found}, data
            compared += 1
    assert compared > 10
