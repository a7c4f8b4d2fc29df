"""The pages on sources show lines as they really are decoded, and each page is in the list."""

import json
import re
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from soc_agent.config import parse_config
from soc_agent.decode import Context, guess_type
from tests.decode.samples import all_decoders

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "sources"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
SHOWN = re.compile(
    r"^```log(?: (?P<type>\w+))?\n(?P<line>[^\n]+)\n```\n\n?```json\n(?P<object>.*?)\n```$", re.MULTILINE | re.DOTALL
)
CONFIGURATION = re.compile(r"^```yaml\n(?P<text>.*?)\n```$", re.MULTILINE | re.DOTALL)


def shown() -> list[tuple[str, str, str, str]]:
    return [
        (path.name, found["type"] or "", found["line"], found["object"])
        for path in PAGES
        for found in SHOWN.finditer(path.read_text("utf-8"))
    ]


@pytest.mark.parametrize(("page", "line_type", "line", "expected"), shown())
def test_a_line_is_decoded_as_its_page_shows(page: str, line_type: str, line: str, expected: str) -> None:
    """What the page shows may leave fields out, and invents none."""
    del page
    kind = line_type or guess_type(line.encode() + b"\n")
    event = all_decoders().decode(line.encode(), Context("docs", kind, ZoneInfo("Asia/Ho_Chi_Minh"), time.time_ns()))
    told = json.loads(expected)
    assert event.decoded
    assert told["type"] == event.type
    assert {name: event.fields.get(name) for name in told["fields"]} == told["fields"]
    if source := told.get("log_source"):
        names = [{"category": s.category, "product": s.product, "service": s.service} for s in event.log_sources]
        assert any(source.items() <= each.items() for each in names), names


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_shows_what_to_paste_and_what_comes_of_it(path: Path) -> None:
    text = path.read_text("utf-8")
    assert SHOWN.search(text), "no line with what becomes of it"
    assert f"({path.name})" in (FOLDER / "README.md").read_text("utf-8")
    for found in CONFIGURATION.finditer(text):
        if found["text"].startswith(("sources:", "rules:", "networks:", "assets:", "systems:")):
            parse_config(found["text"].encode())
