"""Kinds of host and how many rules each needs are listed; a configuration takes only those that it names."""

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_profiles_are_listed_with_what_they_hold(run: Run) -> None:
    records = {each["name"]: each for each in map(json.loads, run("rules", "profiles", "--json").out.splitlines())}
    assert records["minimal"]["rules"] < records["server"]["rules"] < records["web"]["rules"]
    assert "Máy chủ web" in run("--lang", "vi", "rules", "profiles").out


def config(tmp_path: Path, *names: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(f"rules: {{profiles: [{', '.join(names)}]}}\n")
    return path


def test_what_a_configuration_names_is_said(run: Run, tmp_path: Path) -> None:
    assert "minimal, web" in run("--config", config(tmp_path, "minimal", "web"), "rules", "profiles").err


def test_what_no_profile_takes_does_not_count_as_running(run: Run, tmp_path: Path) -> None:
    found = json.loads(run("--config", config(tmp_path, "minimal"), "rules", "coverage", "--json").out)
    assert found["counts"]["not_chosen"] > 0
    kept = {each["path"] for each in found["never"] if each["standing"] == "not_chosen"}
    assert any("/sigma/web/" in path for path in kept)
    assert not any("/sigma/agent/" in path for path in kept)


def test_a_rule_that_is_explained_says_that_it_does_not_run(run: Run, tmp_path: Path) -> None:
    done = run("--config", config(tmp_path, "minimal"), "rules", "explain", "web_unauthorized", "--line", "x")
    assert "no profile of the configuration takes it" in done.err


def test_an_unknown_profile_is_an_error_with_what_to_do(run: Run, tmp_path: Path) -> None:
    done = run("--config", config(tmp_path, "webb"), "rules", "coverage")
    assert done.code == 2
    assert "There is no profile `webb`" in done.err
