"""Lines are explained for rules and correlations, and what is said is what the engine does."""

from pathlib import Path

import pytest

from soc_agent.detect import Engine, RuleSet
from soc_agent.detect.explain.line import LineExplainer
from soc_agent.detect.samples.files import line_samples
from soc_agent.model.explanation import CorrelationExplanation, Explanation, RuleExplanation
from tests import product
from tests.detect.making import block_of, context_of, rule_text, rules_of

DECODERS = product.decoders()
SSHD = b"Nov 20 08:14:03 web01 sshd[7]: Failed password for root from 192.0.2.1 port 22 ssh2"


def explain(rules: RuleSet, rule_id: str, line: bytes, line_type: str = "syslog") -> Explanation:
    found = LineExplainer(rules, DECODERS).explain(rule_id, line, context_of(line_type))
    assert found is not None
    return found


def test_a_rule_and_a_line(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("selection: {message|contains: root}", logsource="{product: linux}"))
    found = explain(rules, rules.rules[0].info.id, SSHD)
    assert isinstance(found, RuleExplanation)
    assert found.matches
    assert (found.line_type, found.decoder, found.decoded, found.applies) == ("syslog", "sshd", True, True)
    assert found.prefilter.sets[0][0].literal == "root"
    assert found.conclusion.code == "explain.matches"


def test_who_tuned_out_what_a_filter_hides_is_told(tmp_path: Path) -> None:
    text = (
        "title: Backup\nlogsource: {product: linux}\nauthor: lan\nfilter:\n  rules: [tuned]\n"
        "  known: {src_ip: 192.0.2.1}\n  condition: not known\nsoc: {reason: nightly, expires: 2099-01-01}\n"
    )
    rule = rule_text("selection: {message|contains: root}", logsource="{product: linux}", more="name: tuned")
    rules = rules_of(tmp_path, a=rule, f=text, g=text.replace("2099", "2001").replace("Backup", "Long ago"))
    found = explain(rules, rules.rules[0].info.id, SSHD)
    assert isinstance(found, RuleExplanation)
    assert not found.matches
    assert [(each.title, each.author, each.reason, str(each.expires)) for each in found.filters] == [
        ("Backup", "lan", "nightly", "2099-01-01")
    ]


def test_a_rule_that_is_not_there(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("selection: {f: 1}"))
    assert LineExplainer(rules, DECODERS).explain("nothing", b"", context_of("syslog")) is None


def test_a_line_of_another_source(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, a=rule_text("selection: {f: 1}", logsource="{category: webserver}"))
    found = explain(rules, rules.rules[0].info.id, b"x", "zeek")
    assert not found.matches


def test_a_correlation_says_under_which_group_a_line_is_counted(tmp_path: Path) -> None:
    rules = product.rules("sigma", "correlation", "filters")
    spec = next(spec for spec in rules.correlations if spec.info.title == "Password Brute Force From One Source")
    found = explain(rules, spec.info.id, SSHD)
    assert isinstance(found, CorrelationExplanation)
    assert found.matches
    assert found.conclusion.code == "explain.counted"
    assert found.conclusion.values["group"] == "source=192.0.2.1"
    counting = next(counting for counting in found.countings if counting.explanation.matches)
    assert [(part.name, part.field, part.value) for part in counting.group] == [("source", "src_host", "192.0.2.1")]
    other = explain(rules, spec.info.id, b"Nov 20 08:14:03 web01 sshd[7]: Server listening on 0.0.0.0 port 22.")
    assert not other.matches
    assert other.conclusion.code == "explain.not_counted"


def test_a_group_may_be_of_what_is_known_beyond_the_line(tmp_path: Path) -> None:
    rules = rules_of(
        tmp_path,
        a=rule_text("selection: {message|contains: root}", logsource="{product: linux}", more="name: base"),
        b="title: Many\nname: many\ncorrelation:\n  type: event_count\n  rules: [base]\n  group-by: [src_ip.country]\n"
        "  timespan: 5m\n  condition: {gte: 5}\n",
    )
    (spec,) = rules.correlations
    context = context_of("syslog")
    without = LineExplainer(rules, DECODERS).explain(spec.info.id, SSHD, context)
    assert without is not None
    assert without.conclusion.code == "explain.not_grouped"
    known = LineExplainer(rules, DECODERS, lambda _, field: {"src_ip.country": ["VN"]}.get(field))
    found = known.explain(spec.info.id, SSHD, context)
    assert found is not None
    assert found.matches
    assert found.conclusion.values["group"] == "src_ip.country=VN"


def test_what_must_not_come_is_told_as_such(tmp_path: Path) -> None:
    text = rule_text(
        "selection: {{message|contains: {0}}}", title="{0}", logsource="{{product: linux}}", more="name: {0}"
    )
    rules = rules_of(
        tmp_path,
        a=text.format("root"),
        b=text.format("logout"),
        c="title: Both\ncorrelation:\n  type: temporal\n  rules: [root, logout]\n  group-by: [program]\n"
        "  timespan: 5m\n"
        "  condition: root and not logout\n",
    )
    (spec,) = rules.correlations
    line = b"Nov 20 08:14:03 web01 app[7]: logout"
    found = explain(rules, spec.info.id, line)
    assert isinstance(found, CorrelationExplanation)
    assert [counting.unwanted for counting in found.countings] == [False, True]
    assert found.conclusion.code == "explain.unwanted"


@pytest.fixture(scope="module")
def builtin() -> RuleSet:
    return product.rules("sigma", "filters")


def test_an_explanation_says_what_the_engine_does(builtin: RuleSet) -> None:
    import yaml

    explainer = LineExplainer(builtin, DECODERS)
    engine = Engine(builtin, DECODERS)
    looked_at = 0
    for rule in builtin.rules[::5]:
        (document,) = (
            tree
            for tree in yaml.safe_load_all(Path(rule.info.path).read_text("utf-8"))
            if tree.get("id") == rule.info.id
        )
        for wanted, _, sample in line_samples(document) or ():
            for line in sample.expand()[:3]:
                data = line.encode()
                found = explainer.explain(rule.info.id, data, context_of(sample.type))
                assert found is not None
                assert found.matches == wanted, (rule.info.title, line)
                detections = engine.run(block_of(data, sample.type), context_of(sample.type)).detections
                if rule.info.id not in builtin.silent:
                    assert found.matches == any(each.rule.id == rule.info.id for each in detections)
                looked_at += 1
    assert looked_at > 30
