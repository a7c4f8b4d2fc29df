"""The catalogue of the console: every key that is used exists, and what stands in one line fits 80 columns."""

import ast
import re
from pathlib import Path

import pytest

import tui
from soc_agent.layers import Health
from soc_agent.model import ENTITY_FIELDS, Layer, Level, RuleKind, Status, Tier
from soc_agent.store import Order, SourceStatus
from soc_agent.text import LANGUAGES, say, use_language
from soc_agent.text.catalog import catalogue, has
from tui import words
from tui.acting import ACTS, Needs, offers
from tui.columns import heading
from tui.keys import ACTING, EVERYWHERE, LISTING, MOVING, OPENING, PIVOTING, SCROLLING, Key
from tui.outside import cells, said
from tui.paper import width_of
from tui.registry import VIEWS
from tui.screens.assets import AssetPage
from tui.screens.detail import Detail
from tui.screens.explained import Explained
from tui.screens.judged import JudgedLine
from tui.screens.lines import SourceLines
from tui.screens.tuned import Tuned

PACKAGE = Path(tui.__file__).parent


def written_keys() -> set[str]:
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"^tui(?:\.[a-z_]+){1,3}$", node.value))
                found -= {"tui.level", "tui.status"}  # the beginnings of keys that are put together
    modules = {".".join(("tui", *path.relative_to(PACKAGE).with_suffix("").parts)) for path in PACKAGE.rglob("*.py")}
    return found - modules


def made_keys() -> set[str]:
    """Give the keys that are put together from a scale."""
    scales = [
        *(f"tui.level{short}.{level.word}" for level in Level for short in ("", "_short")),
        *(f"tui.status{short}.{status.value}" for status in Status for short in ("", "_short")),
        *(f"layers.health.{health.value}" for health in Health),
        *(f"layers.{form}.{layer.value}" for layer in Layer for form in ("title", "short")),
        *(f"tui.tier.{tier.value}" for tier in Tier),
        *(f"tui.entity.{kind}" for kind in ENTITY_FIELDS),
        *(f"tui.order.{order.value}" for order in Order),
        *(f"tui.source_state.{state.value}" for state in SourceStatus),
        *(f"tui.source.{word}" for word in
          ("reading", "waiting", "finished", "silent", "missing", "failed", "degraded", "unread")),
        *(f"tui.rule.{kind.value}" for kind in RuleKind),
        *(f"tui.screen.{view.name}" for view in VIEWS),
        *(f"tui.key.view.{view.name}" for view in VIEWS),
        *(f"tui.key.{key.name}" for key in all_keys()),
        *(f"tui.act.{act.name}.done" for act in ACTS.values()),
        *(f"tui.act.{act.name}.question" for act in ACTS.values() if act.needs is not Needs.NOTHING),
        *(f"tui.act.{act.name}.offer.{number}" for act in ACTS.values() for number in range(1, act.offers + 1)),
    ]  # fmt: skip
    return set(scales)


def all_keys() -> list[Key]:
    screens = [key for view in VIEWS for key in view.load().KEYS]
    return [
        *MOVING,
        *SCROLLING,
        OPENING,
        *ACTING,
        *PIVOTING,
        *LISTING,
        *EVERYWHERE,
        *Detail.KEYS,
        *AssetPage.KEYS,
        *Explained.KEYS,
        *JudgedLine.KEYS,
        *SourceLines.KEYS,
        *Tuned.KEYS,
        *screens,
    ]


def test_every_key_that_is_used_exists() -> None:
    assert {key for key in written_keys() | made_keys() if not has(key)} == set()


def test_no_sentence_is_written_in_vain() -> None:
    """What no screen says any more is taken out of the catalogues."""
    prefixes = ("tui.column.", "tui.entity.", "tui.entry.", "tui.detail.", "tui.help.filter_", "tui.language.",
                "tui.hint.")  # fmt: skip
    used = written_keys() | made_keys()
    ours = {key for key in catalogue("en") if key.startswith("tui.")}
    assert {key for key in ours - used if not key.startswith(prefixes)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_stands_in_one_line_fits_eighty_columns(language: str) -> None:
    use_language(language)
    limits = {"tui.key.": 40, "tui.level.": 14, "tui.level_short.": 8, "tui.status_short.": 6, "tui.screen.": 10,
              "tui.source.": 14, "tui.column.": 14, "tui.entity.": 20}  # fmt: skip
    for prefix, limit in limits.items():
        for key in catalogue(language):
            if key.startswith(prefix):
                assert cells(said(key)) <= limit, key
    for key, template in catalogue(language).items():
        if key.startswith("tui.") and "not_a_terminal" not in key and "filter.how" not in key:
            assert cells(template) <= 110, key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 79, 99, 119, 159, 199])
def test_columns_fill_the_width_in_both_languages(language: str, width: int) -> None:
    use_language(language)
    assert width_of(heading(width)) <= max(width, 72)


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_most_seven_hints_stand_in_a_footer(language: str) -> None:
    use_language(language)
    for keys in (view.load().KEYS for view in VIEWS):
        hinted = [key for key in (*keys, *EVERYWHERE) if key.hint]
        assert len(hinted) <= 8, "the footer takes seven"
        assert len({key.name for key in hinted}) == len(hinted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scale_has_words_of_its_own(language: str) -> None:
    use_language(language)
    for scale in (
        [words.level_word(level) for level in Level],
        [words.level_word(level, short=True) for level in Level],
        [words.status_part(status).text for status in Status],
        [words.status_part(status, short=True).text for status in Status],
        [words.health_part(health).text for health in Health],
        [words.tier_word(tier) for tier in Tier],
    ):
        assert len(set(scale)) == len(scale)


@pytest.mark.parametrize("language", LANGUAGES)
def test_usual_answers_are_said_in_the_language_in_use(language: str) -> None:
    use_language(language)
    assert offers(ACTS["close"])[0] == say("tui.act.close.offer.1", language=language)
