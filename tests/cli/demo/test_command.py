"""The demo, told without a terminal: within its minute all four layers have something to say."""

import json
from pathlib import Path

from tests.end_to_end.running import soc_agent


def test_the_attack_is_found_stage_by_stage_and_all_four_layers_move(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    done = soc_agent("demo", "--plain", "--speed", "8", "--dir", place, environment={"SOC_AGENT_LANG": "en"})
    assert done.returncode == 0, done.stderr
    listed = soc_agent("--config", place / "config.yaml", "alerts", "list", "--json", "--limit", "500")
    alerts = [json.loads(line) for line in listed.stdout.splitlines()]
    tags = {tag for alert in alerts for tag in alert["tags"]}
    stages = {
        "scan": ("attack.t1046", "attack.t1595", "attack.t1595.001", "attack.t1595.002"),
        "brute force": ("attack.t1110", "attack.t1110.001", "attack.t1110.003"),
        "web exploit": ("attack.t1190",),
        "webshell": ("attack.t1505.003",),
        "privilege escalation": ("attack.t1548.003", "attack.t1136.001", "attack.t1098"),
        "beacon": (
            "attack.t1071",
            "attack.t1071.001",
            "attack.t1071.004",
            "attack.t1568",
            "attack.t1571",
            "attack.t1496",
        ),
    }
    missing = [stage for stage, wanted in stages.items() if not tags & set(wanted)]
    assert missing == []
    assert {alert["layer"] for alert in alerts} == {1, 2, 3, 4}
    assert {alert["host"] for alert in alerts} >= {"cong-web01", "cam-bien01"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_without_a_folder_nothing_stays(tmp_path: Path) -> None:
    environment = {"TMPDIR": str(tmp_path), "SOC_AGENT_LANG": "en", "HOME": str(tmp_path)}
    done = soc_agent("demo", "--plain", "--speed", "20", environment=environment)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []
