"""Rights are given up for good, as the kernel says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRELUDE = """
import os, sys
from pathlib import Path
from soc_agent.privileges import *
from soc_agent.privileges import LADDER, reach, with_least
def status():
    lines = open('/proc/self/status').read().splitlines()
    return {key: value.strip() for key, _, value in (line.partition(':') for line in lines)}
"""
FOREIGN = 64_321
"""A number that nobody has."""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to give it up")


def run(code: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.skipif(sys.platform != "linux", reason="capabilities are a thing of Linux")
def test_nothing_is_left_and_nothing_comes_back() -> None:
    said = run(
        "print(give_up()); s = status();"
        "print(s['CapEff'], s['CapPrm'], s['CapInh'], s['CapAmb'], s['NoNewPrivs']);"
        "sys.stdout.flush(); os.execvp('grep', ['grep', '-h', 'CapEff', '/proc/self/status'])"
    )
    assert said == ["True", *["0" * 16] * 4, "1", "CapEff:", "0" * 16], "nor by starting a program as root"


@as_root
def test_what_is_kept_is_kept_alone() -> None:
    said = run("give_up((READ_SEARCH,)); print(status()['CapEff'], status()['CapPrm'])")
    assert said == [f"{1 << 2:016x}"] * 2


@as_root
def test_a_right_that_was_not_there_is_not_taken() -> None:
    assert run("give_up((READ_SEARCH,)); give_up((DAC_OVERRIDE,)); print(status()['CapPrm'])") == ["0" * 16]


@as_root
@pytest.mark.parametrize(
    ("owner", "written", "kept"),
    [(0, False, 0), (0, True, 0), (FOREIGN, False, 1 << 2), (FOREIGN, True, 1 << 1)],
    ids=["own file", "own folder", "file of another", "folder of another"],
)
def test_root_keeps_the_least_right_that_will_do(tmp_path: Path, owner: int, written: bool, kept: int) -> None:
    """Root without rights owns its files, like anybody: upon the files of a service it needs one."""
    file, folder = tmp_path / "key.pem", tmp_path / "spool"
    file.touch(0o600)
    folder.mkdir(0o700)
    for path in (file, folder):
        os.chown(path, owner, owner)
    what = "written=[Path(sys.argv[2])]" if written else "read=[sys.argv[1]]"
    code = f"with_least(lambda: reach({what})); print(status()['CapEff'], status()['CapPrm'], status()['NoNewPrivs'])"
    assert run(code, str(file), str(folder)) == [f"{kept:016x}", f"{kept:016x}", "1"]
    assert list(folder.iterdir()) == []


@as_root
def test_what_no_right_helps_is_said_and_rights_are_given_up_all_the_same(tmp_path: Path) -> None:
    code = """
def refuse():
    raise PermissionError
try:
    with_least(refuse, ((), (READ_SEARCH,)))
except PermissionError:
    print('refused', status()['CapEff'])
"""
    assert run(code) == ["refused", f"{1 << 2:016x}"]


def test_who_has_no_rights_asks_once() -> None:
    code = """
give_up()
asked = []
def refuse():
    asked.append(1)
    raise PermissionError
try:
    with_least(refuse)
except PermissionError:
    print(len(asked))
"""
    assert run(code) == ["1"]


def test_what_is_not_there_is_no_matter_of_rights(tmp_path: Path) -> None:
    assert run("print(with_least(lambda: reach([sys.argv[1]], [Path(sys.argv[1])])))", str(tmp_path / "no")) == ["()"]
