"""Whoever guesses passwords at a mail server is named, whichever server, version or log says so; its users are not."""

from pathlib import Path
from zoneinfo import ZoneInfo

from soc_agent.decode import guess_type
from soc_agent.decode.context import Context
from soc_agent.detect.engine import Engine
from soc_agent.model import Block, Level
from tests import product
from tests.rules.test_recorded_logs import READ_NS, rules

HERE = Path(__file__).parent


def kinds(name: str) -> list[str]:
    """Give kinds of lines: {a} stands for the client, {u} for the account, {s} for seconds, {n} for a digit or two."""
    return (HERE / name).read_text().splitlines()


def alerts_by_source(lines: list[str], network: str) -> dict[str, set[Level]]:
    """Give, for each line, written twelve times by a client of its own, the levels of what names that client."""
    engine = Engine(rules(), product.decoders())
    levels: dict[str, set[Level]] = {f"{network}{place}": set() for place in range(1, len(lines) + 1)}
    for (address, heard), line in zip(levels.items(), lines, strict=True):
        written = [line.format(a=address, u=f"user{n}", s=10 + n, n=n) for n in range(12)]
        data = "\n".join(written).encode() + b"\n"
        line_type = guess_type(data)
        block = Block(source="hunt", stream=address, stream_id=address, type=line_type, data=data)
        context = Context("hunt", line_type, ZoneInfo("Asia/Ho_Chi_Minh"), READ_NS)
        for detection in engine.run(block, context).detections:
            if address in detection.entities.get("src_ip", ()):
                heard.add(detection.rule.level)
    return levels


def test_who_guesses_is_named_in_the_words_of_every_mail_server() -> None:
    lines = kinds("mail_refused.txt")
    for network in ("203.0.113.", "2001:db8::"):
        found = alerts_by_source(lines, network)
        silent = [line for line, heard in zip(lines, found.values(), strict=True) if max(heard, default=0) < Level.LOW]
        assert silent == [], network


def test_who_logs_in_or_meets_a_broken_server_is_not_named() -> None:
    lines = kinds("mail_ordinary.txt")
    found = alerts_by_source(lines, "10.20.7.")
    loud = [line for line, heard in zip(lines, found.values(), strict=True) if max(heard, default=0) > Level.LOW]
    assert loud == []
