"""What deviates from the baseline, and taking it over, from the command line and back to the collector."""

import json
import time
from pathlib import Path

from collectors.integrity import IntegrityWatch
from collectors.integrity.watch import Timing
from soc_agent.cli.integrity import Approvals
from soc_agent.config import IntegritySource
from soc_agent.store import Store
from tests.cli.conftest import Run


def commit(watch: IntegrityWatch, store: Store) -> list[dict[str, object]]:
    """Read for a while, as an agent does."""
    lines, end = [], time.monotonic() + 1.5
    while time.monotonic() < end:
        block = watch.read(0.05)
        if block is not None:
            lines += [json.loads(line) for line in block.data.splitlines()]
            assert block.position is not None
            with store.transaction() as transaction:
                transaction.save_position(block.position)
    return lines


def test_a_change_is_listed_approved_and_taken_over(run: Run, tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "f").write_text("one")
    source = f"{{kind: integrity, name: system, paths: [{etc}], packages: false}}"
    (tmp_path / "config.yaml").write_text(f"store: {{path: s.db}}\nsources: [{source}]\n")
    options = IntegritySource(name="system", paths=(str(etc),), packages=False, audit_logs=())
    with Store.open(tmp_path / "s.db") as store:
        watch = IntegrityWatch(options, Approvals(tmp_path / "s.db", "system").of, timing=Timing(0.05, approvals_s=0.1))
        watch.open({})
        commit(watch, store)
        assert run("integrity", "status").code == 0
        (etc / "f").write_text("two")
        (line,) = commit(watch, store)
        listed = run("integrity", "status", "--json")
        assert listed.code == 1
        assert json.loads(listed.out)["fingerprint"] == line["fingerprint"]
        assert run("integrity", "approve", str(etc / "g"), "--reason", "x").code != 0
        done = run("integrity", "approve", str(etc), "--below", "--reason", "ticket 118", "--actor", "an")
        assert done.code == 0
        assert run("integrity", "status").code == 0
        assert [line["verdict"] for line in commit(watch, store)] == ["approved"]
        watch.close()
