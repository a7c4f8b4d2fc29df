"""How loud the rules are when nobody attacks: alerts for 100,000 lines of an ordinary hour and of quiet logs."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bench.hunting import PUBLIC
from bench.measure import show
from bench.ordinary import BEGIN, HOUR_S, Log, logs
from bench.ordinary_mail import mail_logs
from bench.ordinary_platforms import platform_logs
from bench.ordinary_services import service_logs
from bench.ordinary_traffic import write_hour
from bench.ordinary_windows import windows_logs
from bench.telemetry import Telemetry
from collectors.packets.capture import read_capture
from soc_agent.cli.workspace import rule_folders
from soc_agent.decode import Context, Decoders, guess_type
from soc_agent.detect import Engine, RuleSet, load_rules
from soc_agent.detect.suppress import FoldedAlert, Folder
from soc_agent.model import Block, Level

SLOT_S = 300
"""Logs are read by turns, so much of each, as an agent does that follows them all."""
SHARED = PUBLIC.parent
WINDOWS_EVENTS = 50_000
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Heard(Struct):
    """What was read, and the alerts of it."""

    lines: int
    alerts: list[FoldedAlert] = field(default_factory=list)


def main() -> None:
    """Print the alerts for 100,000 lines."""
    rules, decoders = load_rules(rule_folders()), Decoders.load()
    kinds = [("an ordinary hour of eight logs", ordinary_hour(rules, decoders))]
    kinds.append(("an ordinary hour of mail", ordinary_hour(rules, decoders, make=mail_logs)))
    kinds.append(("an ordinary hour of a domain", ordinary_hour(rules, decoders, make=windows_logs)))
    kinds.append(("an ordinary hour of services", ordinary_hour(rules, decoders, make=service_logs)))
    kinds.append(("an ordinary hour of platforms", ordinary_hour(rules, decoders, make=platform_logs)))
    kinds.append(("an ordinary hour of traffic", ordinary_packets(rules, decoders)))
    kinds.append(("ordinary Windows events", windows_events(rules, decoders)))
    if SHARED.exists():
        kinds.append(("recorded logs without an attack", quiet_logs(rules, decoders)))
    rows = []
    for label, heard in kinds:
        counts = Counter(alert.level for alert in heard.alerts)
        rows.append(
            (
                label,
                f"{heard.lines:,}",
                *(f"{counts[level] * 100_000 / heard.lines:.1f}" for level in Level),
                ", ".join(sorted({alert.detection.rule.title for alert in heard.alerts if alert.level > Level.LOW})),
            )
        )
    columns = ("what", "lines", *(level.word for level in Level), "above low")
    show("Alerts for 100,000 lines when nobody attacks, with the rules that come with the product", columns, rows)


def ordinary_hour(rules: RuleSet, decoders: Decoders, seed: int = 1, make: Callable[[int], list[Log]] = logs) -> Heard:
    """Read an ordinary hour of all logs, as one agent does."""
    engine, folder = Engine(rules, decoders), Folder()
    made = make(seed)
    received_ns = int(BEGIN.timestamp() + HOUR_S) * 1_000_000_000
    for begin in range(0, HOUR_S + SLOT_S, SLOT_S):
        for log in made:
            lines = [line for second, line in log.lines if begin <= second < begin + SLOT_S]
            if lines:
                block = Block("noise", log.stream, log.stream, log.type, ("\n".join(lines) + "\n").encode())
                _run(engine, block, received_ns, folder)
    return Heard(sum(len(log.lines) for log in made), folder.alerts())


def ordinary_packets(rules: RuleSet, decoders: Decoders, seed: int = 1) -> Heard:
    """Read the lines of an ordinary hour of packets."""
    engine, folder, heard = Engine(rules, decoders), Folder(), Heard(0)
    with TemporaryDirectory() as place:
        for block in read_capture(write_hour(Path(place) / "hour.pcap", seed)):
            heard.lines += block.data.count(b"\n")
            _run(engine, block, block.received_ns or int(BEGIN.timestamp()) * 1_000_000_000, folder)
    heard.alerts += folder.alerts()
    return heard


def windows_events(rules: RuleSet, decoders: Decoders) -> Heard:
    """Read Windows events of ordinary days."""
    engine, folder = Engine(rules, decoders), Folder()
    data = b"".join(Telemetry([]).lines(WINDOWS_EVENTS, 0.0))
    _run(engine, Block("noise", "events", "events", "json", data), int(BEGIN.timestamp()) * 1_000_000_000, folder)
    return Heard(WINDOWS_EVENTS, folder.alerts())


def quiet_logs(rules: RuleSet, decoders: Decoders) -> Heard:
    """Read recorded logs of which it is known that nobody attacks in them, each by itself."""
    heard = Heard(0)
    for path in _quiet_paths():
        engine, folder = Engine(rules, decoders), Folder()
        data = path.read_bytes().rstrip(b"\n") + b"\n"
        block = Block("noise", path.name, str(path), guess_type(data[:65_536]), data)
        _run(engine, block, int(path.stat().st_mtime) * 1_000_000_000, folder)
        heard.lines += data.count(b"\n")
        heard.alerts += folder.alerts()
    return heard


def _quiet_paths() -> Iterator[Path]:
    yield SHARED / "logs" / "Apache_2k.log"
    for path in sorted((SHARED / "scenarios").glob("*/expected.json")):
        expected = json.loads(path.read_bytes())
        if not expected["sources"]:
            yield path.parent / expected["log"]


def _run(engine: Engine, block: Block, received_ns: int, folder: Folder) -> None:
    for detection in engine.run(block, Context("noise", block.type, _ZONE, received_ns)).detections:
        folder.add(detection)
