"""Running commands in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from soc_agent.cli import main
from tests import product


class Done(Struct, frozen=True):
    """What a command left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Give a function that runs a command in an empty folder, in English."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOC_AGENT_LANG", "en")
    monkeypatch.setenv("XDG_CACHE_HOME", str(product.run_before(tmp_path / "cache")))
    monkeypatch.delenv("SOC_AGENT_CONFIG", raising=False)

    def call(*words: str | Path) -> Done:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        captured = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 1, captured.out, captured.err)

    return call
