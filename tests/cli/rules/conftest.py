"""A folder with one good rule that has samples."""

from pathlib import Path

import pytest
import yaml

from tests.end_to_end.running import LINE_RULE

SAMPLES = {
    "match": [{"type": "syslog", "lines": "Mar  2 06:00:00 h sshd[1]: Invalid user user-1 from 192.0.2.1 port 1\n"}],
    "ignore": [{"type": "syslog", "lines": "Mar  2 06:00:00 h sshd[1]: Invalid user admin from 192.0.2.1 port 1\n"}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "own"
    made.mkdir()
    (made / "good.yml").write_text(yaml.safe_dump({**LINE_RULE, "samples": SAMPLES}))
    return made
