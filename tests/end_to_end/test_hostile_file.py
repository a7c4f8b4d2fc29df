"""A file made to end the scanner: one restart, one alert of layer 1 that names it, and everything else is scanned."""

import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from collectors.file_watch import FileWatch, Timing
from soc_agent.config import WatchSource
from soc_agent.decode import Context
from soc_agent.detect import Engine
from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import load_yara
from soc_agent.model import Block, Detection, Layer, Level
from tests import product
from tests.detect.yara.test_process import HOSTILE


def test_a_hostile_file_costs_one_restart_and_one_alert(tmp_path: Path) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (tmp_path / "r.yar").write_text('rule evil { strings: $a = "EVIL" condition: $a }')
    scanner = ProcessScanner(load_yara([tmp_path / "r.yar"]), command=(sys.executable, "-c", HOSTILE))
    watch = FileWatch(WatchSource(name="drop", paths=(str(drop),)), scanner, Timing(again_s=0.1, clean_s=0.1))
    watch.open({})
    engine = Engine(product.rules("sigma/files"), product.decoders())
    detections: list[Detection] = []
    lines: list[dict[str, object]] = []

    def read(until: int) -> None:
        deadline = time.monotonic() + 30
        while len(lines) < until:
            assert time.monotonic() < deadline, lines
            block: Block | None = watch.read(0.1)
            if block is not None:
                lines.extend(msgspec.json.decode(line) for line in block.data.splitlines())
                context = Context("drop", "yara", ZoneInfo("Asia/Ho_Chi_Minh"), time.time_ns())
                detections.extend(engine.run(block, context).detections)

    try:
        while not watch._folders[0].complete:
            watch.read(0.05)
        (drop / "before").write_bytes(b"EVIL 1")
        read(1)
        (drop / "hostile").write_bytes(b"SEGV EVIL")
        read(2)
        (drop / "after").write_bytes(b"EVIL 2")
        read(3)
        (drop / "copy").write_bytes(b"SEGV EVIL")
        (drop / "last").write_bytes(b"EVIL 3")
        read(5)
    finally:
        watch.close()
        scanner.close()
    assert scanner.restarts == 1
    alerts = [each for each in detections if each.rule.title == "A File Ended The Scanner"]
    assert [(each.rule.layer, each.rule.level) for each in alerts] == [(Layer.ON_SITE, Level.HIGH)]
    assert str(drop / "hostile") in str(alerts[0].entities)
    assert sorted(str(line["reason"]) for line in lines if line["type"] == "not_scanned") == ["crashed", "hostile"]
    found = {Path(str(line["path"])).name for line in lines if line["type"] == "yara"}
    assert found == {"before", "after", "last"}
