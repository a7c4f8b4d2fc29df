"""How far behind a collector is, where it tells."""

from pathlib import Path

from collectors.file_tail import FileTail
from soc_agent.agent.inbox import Inbox
from soc_agent.agent.trust.lag import lag_of
from soc_agent.config import FileSource
from soc_agent.decode import guess_type


def test_a_tail_tells_what_waits(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_bytes(b"one\ntwo\n")
    tail = FileTail(FileSource(name="a", paths=(str(log),), start="beginning"), guess_type)
    tail.open({})
    try:
        assert lag_of(tail)[0] == 8
        assert tail.read(5) is not None
    finally:
        tail.close()


def test_what_does_not_tell_is_not_behind(tmp_path: Path) -> None:
    assert lag_of(Inbox(tmp_path / "a.sock")) == (0, 0.0)
