"""Decoders are listed and tried, and a new one is made of sample lines."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run

LINES = "".join(
    f"Mar  2 08:14:{n:02} web01 qlvb[7]: user {user} signed document {n} from 192.0.2.{n}\n"
    for n, user in enumerate(["an", "binh", "chi"], 1)
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "app.log").write_text(LINES)
    return tmp_path / "app.log"


def test_a_new_decoder_holds_its_own_samples(run: Run, log: Path, tmp_path: Path) -> None:
    target = tmp_path / "qlvb.yml"
    assert run("decoders", "new", "qlvb", log, "--output", target).code == 0
    assert run("decoders", "test", "--decoders", target).code == 0
    records = [json.loads(line) for line in run("decode", "--decoders", target, log).out.splitlines()]
    assert [(each["type"], each["fields"]["user"]) for each in records] == [
        ("qlvb", "an"),
        ("qlvb", "binh"),
        ("qlvb", "chi"),
    ]
    again = run("decoders", "new", "qlvb", log, "--output", target)
    assert (again.code, "This file exists" in again.err) == (2, True)


def test_without_a_file_it_goes_to_standard_output(run: Run, log: Path) -> None:
    assert yaml.safe_load(run("decoders", "new", "qlvb", log).out)["programs"] == ["qlvb"]


def test_lines_that_another_decoder_takes_already_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "auth.log"
    path.write_text("Mar  2 08:14:07 h sshd[7]: Failed password for root from 192.0.2.10 port 22 ssh2\n")
    assert "taken by `sshd` already" in run("decoders", "new", "cua-toi", path).err


@pytest.mark.parametrize("name", ["Qlvb", "quản-lý", "../x", ""])
def test_a_name_that_cannot_be_is_refused(run: Run, log: Path, name: str) -> None:
    assert run("decoders", "new", name, log).code == 2


def test_a_file_without_lines_is_an_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty.log").write_text("\n\n")
    done = run("decoders", "new", "qlvb", tmp_path / "empty.log")
    assert (done.code, "no lines" in done.err) == (2, True)


def test_a_decoder_of_ones_own_runs_and_replaces_one_of_its_name(run: Run, log: Path, tmp_path: Path) -> None:
    folder = tmp_path / "own" / "decoders"
    folder.mkdir(parents=True)
    run("decoders", "new", "qlvb", log, "--output", folder / "qlvb.yml")
    (tmp_path / "config.yaml").write_text("rules: {paths: [own]}\n")
    listed = {each["name"]: each for each in map(json.loads, run("decoders", "list", "--json").out.splitlines())}
    assert listed["qlvb"]["path"] == str(folder / "qlvb.yml")
    assert listed["sshd"]["patterns"] > 10
    assert json.loads(run("decode", log).out.splitlines()[0])["type"] == "qlvb"


def test_a_decoder_without_samples_does_not_hold(run: Run, log: Path, tmp_path: Path) -> None:
    target = tmp_path / "qlvb.yml"
    run("decoders", "new", "qlvb", log, "--output", target)
    tree = yaml.safe_load(target.read_text())
    del tree["samples"]
    target.write_text(yaml.safe_dump(tree))
    done = run("decoders", "test", "--decoders", target)
    assert (done.code, "has no samples" in done.out) == (2, True)


def test_a_table_for_people(run: Run) -> None:
    assert "OpenSSH" in run("--lang", "vi", "decoders", "list").out
