"""The parts of an agent for tests: real rules, real decoders, a real store."""

from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from soc_agent.agent import Loaded
from soc_agent.agent.reader import Origin, Reader
from soc_agent.detect import Engine, load_rules
from soc_agent.enrich import Enricher
from tests import product
from tests.end_to_end.running import GROUP_RULE, LINE_RULE

UTC = ZoneInfo("UTC")


def loaded(folder: Path, enricher: Enricher | None = None) -> Loaded:
    """Load the two rules of the end-to-end tests, written to ``folder``."""
    (folder / "rules.yml").write_text(yaml.safe_dump_all([LINE_RULE, GROUP_RULE]), "utf-8")
    rules = load_rules([folder / "rules.yml"])
    assert not rules.problems
    decoders = product.decoders()
    return Loaded(Engine(rules, decoders, enricher=enricher), decoders, tuple(rules.infos.values()), ())


def reader(folder: Path, enricher: Enricher | None = None, host: str = "own-host") -> Reader:
    """Give a reader with these rules."""
    parts = loaded(folder, enricher)
    return Reader(parts.engine, parts.decoders, lambda _: Origin(UTC, host))
