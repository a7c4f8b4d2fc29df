"""`doctor` names what is not well, why that matters and what to type."""

import json
from pathlib import Path

from tests.cli.conftest import Run

CONFIG = (
    "store: {path: soc.db}\nsources:\n"
    "- {kind: file, name: auth, paths: [auth.log]}\n"
    "- {kind: packets, name: lan, interface: no-such-if0}\n"
    "- {kind: watch, name: web, paths: [www]}\n"
)


def test_without_configuration_it_names_the_remedy(run: Run) -> None:
    done = run("doctor")
    assert done.code == 0
    assert "soc-agent init" in done.out


def test_every_source_is_looked_at(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    (tmp_path / "auth.log").touch()
    (tmp_path / "www").mkdir()
    done = run("doctor", "--json")
    checks = [json.loads(line) for line in done.out.splitlines()]
    sources = {check["what"].split(":")[0]: check["verdict"] for check in checks if check["check"] == "source"}
    assert sources["auth"] == "ok"
    assert sources["web"] == "ok"
    (wrong,) = [check for check in checks if check["code"] == "doctor.no_interface"]
    assert wrong["verdict"] == "error"
    assert "no-such-if0" in wrong["what"]
    assert wrong["why"]
    assert wrong["remedy"]
    assert run("doctor", "--fail-on", "error").code == 1


def test_findings_are_explained_in_both_languages(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    english, vietnamese = run("doctor", "--lang", "en"), run("doctor", "--lang", "vi")
    assert "why: No packet is seen on an interface that is down." in english.out
    assert "vì sao: Giao diện đang tắt" in vietnamese.out
    assert "wrong." in english.err
    assert english.out.count("✗") == vietnamese.out.count("✗") >= 1


def test_a_wrong_configuration_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("timezone: UTC\nsorces: []\n")
    done = run("doctor")
    assert "config.yaml:2" in done.out
    assert run("doctor", "--fail-on", "error").code == 1


def test_a_user_who_is_not_there_is_bad_use(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    done = run("doctor", "--user", "no-such-user-here")
    assert done.code == 2
    assert "install --systemd" in done.err
