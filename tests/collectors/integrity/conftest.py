"""Databases of package managers of their own."""

from pathlib import Path

import pytest

from tests.collectors.integrity.debs import Debs
from tests.collectors.integrity.rpms import Rpms


@pytest.fixture
def debs(tmp_path: Path) -> Debs:
    return Debs(tmp_path)


@pytest.fixture
def rpms(tmp_path: Path) -> Rpms:
    return Rpms(tmp_path)
