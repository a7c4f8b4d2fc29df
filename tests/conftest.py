"""What every test may use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from soc_agent.text import use_language

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
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
