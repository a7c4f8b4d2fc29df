import time

import pytest

from collectors.portals.markup import Tag
from collectors.portals.picture import picture_of
from collectors.portals.styles import Styles, hides

URL = "https://tinh.example.vn/"


@pytest.mark.parametrize(
    ("rules", "hidden"),
    [
        (".x{display:none}", True),
        ("p { color: red } a.b, div.x { position: absolute; left: -9999px }", True),
        ("/* .y{} */ #spam{font-size:0}", True),
        ("@media screen{.x{display:none}}", True),
        ("@media print{.x{display:none}}", False),
        ("@media (max-width: 600px){.x{display:none}}", False),
        ("@charset 'utf-8'; .x{visibility:hidden}", True),
        (".menu .x{display:none}", False),
        (".x{color:red}", False),
        (".other{display:none}", False),
        ("}}}{{{ .x{display:none", False),
    ],
)
def test_rules_of_the_page_hide(rules: str, hidden: bool) -> None:
    styles = Styles()
    styles.add(rules)
    assert styles.hide(Tag("div", {"class": "a x", "id": "spam"})) is hidden


def test_declarations_that_hide() -> None:
    assert hides("display:none")
    assert not hides("")


def test_what_a_rule_hides_stands_apart() -> None:
    page = picture_of("<style>.q{display:none}</style><p>a<div class=q>nhà cái <a href=//bet.example/>x</a></div>", URL)
    assert ([b.text for b in page.hidden], [b.text for b in page.blocks]) == (["nhà cái x"], ["a"])
    assert page.hidden_links == ("bet.example/",)


def test_what_only_search_engines_read_is_hidden() -> None:
    page = picture_of("<p>a</p><noscript>tài xỉu <a href='https://bet.example/'>kèo</a></noscript><p>b", URL)
    assert [block.text for block in page.hidden] == ["tài xỉu", "kèo"]
    assert page.hidden_links == ("bet.example/",)
    assert [block.text for block in page.blocks] == ["a", "b"]


@pytest.mark.parametrize(
    "rules",
    ["{" * 150_000 + "}" * 150_000, "/* " * 150_000, "a{}" * 150_000, "/*" * 200_000, ".x{display:none}" * 30_000],
)
def test_hostile_rules_take_no_longer_than_others(rules: str) -> None:
    begun = time.process_time()
    Styles().add(rules)
    assert time.process_time() - begun < 5.0
