"""`doctor` names what is missing and what to type."""

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_without_configuration_it_names_the_remedy(run: Run) -> None:
    done = run("doctor")
    assert done.code == 0
    assert "soc-agent init" in done.out


def test_every_source_is_looked_at(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "store: {path: soc.db}\nsources:\n"
        "- {kind: file, name: auth, paths: [auth.log]}\n"
        "- {kind: packets, name: lan, interface: no-such-if0}\n"
        "- {kind: watch, name: web, paths: [www]}\n"
    )
    (tmp_path / "auth.log").touch()
    (tmp_path / "www").mkdir()
    done = run("doctor", "--json")
    checks = [json.loads(line) for line in done.out.splitlines()]
    sources = {check["detail"].split(":")[0]: check["verdict"] for check in checks if check["check"] == "source"}
    assert sources["auth"] == "ok"
    assert sources["web"] == "ok"
    assert any(check["verdict"] == "missing" and "no-such-if0" in check["detail"] for check in checks)
    assert run("doctor", "--fail-on", "missing").code == 1


def test_a_wrong_configuration_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("timezone: UTC\nsorces: []\n")
    done = run("doctor")
    assert "config.yaml:2" in done.out
    assert run("doctor", "--fail-on", "missing").code == 1
