"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from soc_agent.text import use_language

# the same examples each time: what is red is so by the change. `HYPOTHESIS_PROFILE=explore` looks for new ones
settings.register_profile("steady", derandomize=True, deadline=None)  # machines are busy
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of sample data that is not part of the project, or skip."""
    if not _SHARED.is_dir():
        pytest.skip(f"no sample data beside the project ({_SHARED.name}/ is absent)")
    return _SHARED


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Start every test in English; a test that wants Vietnamese says so."""
    use_language("en")
    yield
    use_language("en")
