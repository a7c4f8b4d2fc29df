"""Rules and events for tests, made from as little text as can be."""

from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from zoneinfo import ZoneInfo

from soc_agent.decode import Context
from soc_agent.detect import Engine, RuleSet, ir, load_rules
from soc_agent.detect.evaluate.predicate import compile_rule
from soc_agent.detect.evaluate.view import View
from soc_agent.detect.load.documents import Document, documents_of
from soc_agent.detect.load.parse import Parsed, parse_document
from soc_agent.model import Block, Detection, Event, LogSource, Problem
from tests import product

RECEIVED_NS = 1_795_000_000 * 10**9
LINUX = "{product: linux, service: syslog}"


def rule_text(detection: str, *, title: str = "Test", logsource: str = LINUX, more: str = "") -> str:
    """Give a rule with this ``detection`` section; its condition is ``selection`` unless it says otherwise."""
    body = dedent(detection).strip()
    if "condition:" not in body:
        body += "\ncondition: selection"
    return f"title: {title}\nlogsource: {logsource}\n{dedent(more).strip()}\ndetection:\n{indent(body, '  ')}\n"


def parse(text: str) -> Parsed:
    """Parse the one document of a text."""
    documents = list(documents_of(text.encode(), "test.yml"))
    assert len(documents) == 1
    assert isinstance(documents[0], Document), documents[0]
    return parse_document(documents[0], "test.yml")


def rule_of(detection: str, **more: Any) -> ir.Rule:
    """Give a rule, which must be without problems."""
    parsed = parse(rule_text(detection, **more))
    assert parsed.problems == []
    assert parsed.rule is not None
    return parsed.rule


def problem_of(detection: str, **more: Any) -> Problem:
    """Give the one problem of a rule that is refused."""
    parsed = parse(rule_text(detection, **more))
    assert parsed.rule is None
    assert len(parsed.problems) == 1, parsed.problems
    return parsed.problems[0]


def view_of(fields: dict[str, Any] | None = None, text: str = "") -> View:
    """Give an event as rules see it."""
    return View(Event(text.encode(), text, "test", (LogSource(),), fields or {}))


def matches(detection: str, fields: dict[str, Any] | None = None, text: str = "") -> bool:
    """Say whether a rule matches an event."""
    return compile_rule(rule_of(detection))(view_of(fields, text))


def item(line: str, value: Any, field: str = "f") -> bool:
    """Say whether one line of a selection, such as ``f|contains: x``, matches an event with one field."""
    return matches(f"selection:\n  {line}", {field: value})


def rules_of(folder: Path, **files: str) -> RuleSet:
    """Load rules from texts: name of the file without its suffix, and its content."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text, "utf-8")
    return load_rules([folder])


def context_of(line_type: str) -> Context:
    """Give what lines of a type do not say themselves."""
    return Context(source_name="test", type=line_type, timezone=ZoneInfo("Asia/Ho_Chi_Minh"), received_ns=RECEIVED_NS)


def block_of(data: bytes, line_type: str, **more: Any) -> Block:
    """Give a block of lines."""
    return Block(source="test", stream="/var/log/test", stream_id="test-1", type=line_type, data=data, **more)


def detect(rules: RuleSet, data: bytes, line_type: str, **options: Any) -> list[Detection]:
    """Give the detections in some lines."""
    engine = Engine(rules, product.decoders(), **options)
    return engine.run(block_of(data, line_type), context_of(line_type)).detections
