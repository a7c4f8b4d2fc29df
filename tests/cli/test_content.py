"""What of the product's content runs by a configuration, and what of one's own."""

from pathlib import Path

import pytest

from soc_agent.cli.content import decoder_folders, own_decoders, rule_selection
from soc_agent.config import Config, RuleOptions
from soc_agent.errors import RuleError
from soc_agent.resources import resource


def test_decoders_of_ones_own_lie_among_the_rules(tmp_path: Path) -> None:
    deep = tmp_path / "rules" / "app" / "decoders"
    deep.mkdir(parents=True)
    assert decoder_folders([tmp_path / "rules", tmp_path / "not-there"]) == [resource("rules") / "decoders", deep]


def test_a_configuration_brings_its_decoders(tmp_path: Path) -> None:
    folder = tmp_path / "own" / "decoders"
    folder.mkdir(parents=True)
    (folder / "mine.yml").write_text(
        "name: mine\ndescription: x\nprograms: [mine]\npatterns: [{match: '(?P<user>\\w+) in'}]\n"
    )
    decoders = own_decoders(Config(rules=RuleOptions(paths=("own",))), tmp_path)
    assert {"mine", "sshd"} <= {decoder.name for decoder in decoders.data_driven}


def test_profiles_choose_among_the_rules_of_the_product() -> None:
    assert rule_selection(Config()).takes(str(resource("rules") / "sigma/web/x.yml"))
    minimal = rule_selection(Config(rules=RuleOptions(profiles=("minimal",))))
    assert not minimal.takes(str(resource("rules") / "sigma/web/x.yml"))
    with pytest.raises(RuleError):
        rule_selection(Config(rules=RuleOptions(profiles=("no-such",))))
