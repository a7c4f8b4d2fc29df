"""The house: arrows between packages point one way, and heavy libraries are loaded only where they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def test_imports_point_one_way() -> None:
    """The contracts of pyproject.toml hold."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("module", ["soc_agent.cli", "soc_agent.agent", "soc_agent.detect", "collectors"])
def test_core_loads_without_heavy_libraries(module: str) -> None:
    """Neither textual nor scapy nor numpy is loaded until something needs it."""
    code = f"import sys, {module}; print(*[m for m in ('textual', 'scapy', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == []


TRIED_BY_CASE = {"collectors/file_tail": "test_tail_*.py", "collectors/reports.py": "test_tail_parts.py"}
"""What is tested by what can happen to a log file, case by case, rather than module by module."""


def test_every_module_has_its_test_file() -> None:
    """The test tree mirrors the source tree, the console included."""
    missing = []
    for place, pattern in TRIED_BY_CASE.items():
        assert (ROOT / place).exists()
        assert list((ROOT / "tests" / "collectors").glob(pattern))
    for package in ("soc_agent", "collectors", "tui"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name in {"__init__.py", "__main__.py"}:
                continue
            if {str(path.relative_to(ROOT)), str(path.parent.relative_to(ROOT))} & TRIED_BY_CASE.keys():
                continue
            relative = path.relative_to(ROOT / "soc_agent" if package == "soc_agent" else ROOT)
            twin = ROOT / "tests" / relative.parent / f"test_{relative.name}"
            if not twin.exists():
                missing.append(str(path.relative_to(ROOT)))
    assert missing == []
