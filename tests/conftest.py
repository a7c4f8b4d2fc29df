"""What every test may use."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from soc_agent.text import use_language
from tests import product

# the same examples each time: what is red is so by the change. `HYPOTHESIS_PROFILE=explore` looks for new ones
settings.register_profile("steady", derandomize=True, deadline=None)  # machines are busy
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Give all workers of a run one place for what the product's rules were read into."""
    if not hasattr(config, "workerinput"):  # it is not a worker, which has the environment of who started it
        place = tempfile.mkdtemp(prefix="soc-agent-tests-")
        os.environ |= {product.KEPT: place, "XDG_CACHE_HOME": place}


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing of it behind."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(product.KEPT))


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
