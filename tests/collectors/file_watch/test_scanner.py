"""The scanner that the rules give fits what the collector asks for."""

from pathlib import Path

from collectors.file_watch import Scanner, scan_paths
from soc_agent.detect.yara.process import ProcessScanner
from soc_agent.detect.yara.rules import load_yara


def test_yara_rules_scan_files_for_the_collector(tmp_path: Path) -> None:
    """The two never import each other, and meet here."""
    (tmp_path / "r.yar").write_text('rule r { strings: $a = "EVIL" condition: $a and extension == ".php" }')
    (tmp_path / "x.php").write_bytes(b"EVIL")
    (tmp_path / "x.txt").write_bytes(b"EVIL")
    scanner = ProcessScanner(load_yara([tmp_path]))
    asked: Scanner = scanner
    found = [Path(block.stream).name for block in scan_paths([tmp_path], asked) if block.data]
    scanner.close()
    assert found == ["x.php"]
