"""Which configuration a command works with, and the paths that follow from it."""

from pathlib import Path

import pytest

from soc_agent.cli.workspace import Workspace, cache_folder, rule_folders
from soc_agent.errors import ConfigError
from soc_agent.resources import resource
from soc_agent.text import current_language


def test_named_wins_over_environment_over_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOC_AGENT_CONFIG", raising=False)
    (tmp_path / "config.yaml").write_text("")
    assert Workspace(None, None).config_path == Path("config.yaml")
    monkeypatch.setenv("SOC_AGENT_CONFIG", "other.yaml")
    assert Workspace(None, None).config_path == Path("other.yaml")
    assert Workspace(Path("named.yaml"), None).config_path == Path("named.yaml")


def test_the_store_lies_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("store: {path: kho/soc.db}\n")
    assert Workspace(tmp_path / "c.yaml", None).store_path == tmp_path / "kho/soc.db"


def test_the_configuration_sets_the_language_unless_asked_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOC_AGENT_LANG", raising=False)
    (tmp_path / "c.yaml").write_text("console: {language: vi}\n")
    assert Workspace(tmp_path / "c.yaml", None).config.console.language == "vi"
    assert current_language() == "vi"


def test_a_wrong_file_on_reload_leaves_the_old_configuration(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("timezone: UTC\n")
    workspace = Workspace(path, "en")
    assert workspace.config.timezone == "UTC"
    path.write_text("timezon: UTC\n")
    with pytest.raises(ConfigError):
        workspace.reload()
    assert workspace.config.timezone == "UTC"
    path.write_text("timezone: Asia/Ho_Chi_Minh\n")
    assert workspace.reload().timezone == workspace.config.timezone == "Asia/Ho_Chi_Minh"


def test_rules_that_come_with_the_product_can_be_left_out(tmp_path: Path) -> None:
    *own, last = rule_folders(tmp_path)
    assert last == tmp_path
    assert resource("rules") / "sigma" in own
    assert resource("rules") / "decoders" not in own
    assert rule_folders(tmp_path, builtin=False) == [tmp_path]


def test_the_cache_follows_the_xdg_specification(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "soc-agent"
