"""The product's own rules and decoders, read once in a run: hundreds of tests look at them, and nobody changes them."""

import os
import shutil
from functools import cache
from pathlib import Path

from soc_agent.cli.workspace import RULE_KINDS, cache_folder
from soc_agent.decode import Decoders
from soc_agent.detect.load.profiles import EVERYTHING, Selection
from soc_agent.detect.load.shelf import load_rules
from soc_agent.detect.ruleset import RuleSet
from soc_agent.detect.yara.rules import YaraRules, load_yara
from soc_agent.resources import resource

KEPT = "SOC_AGENT_TESTS_KEPT"
"""The variable that names the folder which all workers of one run share, and no other run does."""


@cache
def rules(*kinds: str, selection: Selection = EVERYTHING) -> RuleSet:
    """Give the rules below these folders of the product's rules; all of them, when none is named."""
    folders = [resource("rules") / kind for kind in kinds or RULE_KINDS]
    return load_rules(folders, selection=selection, cache_dir=_kept())


@cache
def yara_rules() -> YaraRules:
    """Give the YARA rules that come with the product."""
    return load_yara([resource("rules") / "yara"])


@cache
def decoders() -> Decoders:
    """Give the decoders that come with the product."""
    return Decoders.load()


def run_before(cache_home: Path) -> Path:
    """Make a cache folder what it is where the program has run before, and give it: its rules are read already."""
    rules()
    place = cache_home / _kept().name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in _kept().glob("rules-*.cache"):
        shutil.copy(path, place)
    return cache_home


def _kept() -> Path:
    return Path(os.environ[KEPT]) / cache_folder().name
