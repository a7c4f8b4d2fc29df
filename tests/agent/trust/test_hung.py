"""What hangs is said once when it does, and once when it gets on again."""

from soc_agent.agent.health import HealthLog
from soc_agent.agent.trust import Conditions
from soc_agent.agent.trust.hung import SOURCE_HUNG_S, look_for_hung
from tests.agent.trust.test_conditions import said


def test_a_source_and_the_pipeline() -> None:
    health = HealthLog("boot")
    conditions = Conditions(health)
    look_for_hung(conditions, {"nfs": 1.0, "auth": 0.0}, 1.0, 60.0)
    assert said(health) == []
    for _ in range(2):
        look_for_hung(conditions, {"nfs": SOURCE_HUNG_S + 1, "auth": 0.0}, 61.0, 60.0)
    both = [("source_hung", "nfs"), ("agent_hung", "agent")]
    assert [(line["kind"], line["source"]) for line in said(health)] == both
    for _ in range(2):
        look_for_hung(conditions, {"nfs": 0.0, "auth": 0.0}, 0.1, 60.0)
    assert [(line["of"], line["source"]) for line in said(health)] == both
