"""The demo's story: every scene leaves its traces in the estate's own files, and nowhere else."""

from pathlib import Path

import pytest

from soc_agent.cli.demo.estate import ATTACKER, HOSTS, Estate
from soc_agent.cli.demo.story import SCENES, Stage, play
from soc_agent.text.catalog import catalogue


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    estate = Estate(tmp_path / "estate")
    estate.build("en")
    return Stage(estate)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_scene_leaves_traces_inside_the_folder(stage: Stage, tmp_path: Path, scene: object) -> None:
    before = size(stage.estate.folder)
    scene.play(stage)  # type: ignore[attr-defined]
    assert size(stage.estate.folder) > before
    assert [path.name for path in tmp_path.iterdir()] == ["estate"]


def test_scenes_come_in_order_and_have_their_words() -> None:
    times = [scene.at_s for scene in SCENES]
    assert times == sorted(times)
    for language in ("vi", "en"):
        assert all(catalogue(language)[f"cli.demo.scene.{scene.name}"] for scene in SCENES)


def test_the_story_is_told_to_its_end(stage: Stage) -> None:
    told: list[str] = []
    play(stage, 1000.0, lambda seconds: False, told.append)
    assert told == [scene.name for scene in SCENES]
    auth = stage.estate.log_path(HOSTS[0].name, "auth.log").read_text("utf-8")
    assert auth.count(f"from {ATTACKER}") > 20


def test_it_ends_when_told(stage: Stage) -> None:
    told: list[str] = []
    play(stage, 0.1, lambda seconds: True, told.append)
    assert told == []
