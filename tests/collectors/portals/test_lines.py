import json

import pytest

from collectors.portals.lines import About, encode, plain_words, texts_of
from collectors.portals.picture import Block, Picture
from tests.collectors.portals.pages import PAGE, SOURCE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ĐÃ  BỊ\nTẤN CÔNG", "da bi tan cong"),
        ("Ha\u200bcked b\u00ady", "hacked by"),
        ("ｈａｃｋｅｄ", "hacked"),
        ("nha\u0300 ca\u0301i", "nha cai"),
    ],
)
def test_words_are_found_however_they_are_written(text: str, words: str) -> None:
    assert plain_words(text) == words


def test_a_line_holds_so_much_text_and_no_more() -> None:
    blocks = [Block("p", str(number), "x" * 1_000) for number in range(100)]
    told = texts_of(blocks, blocks, Picture(title="T"))
    assert len(told["text_new"]) == len(told["hidden_new"]) == 24
    assert told["text_plain"].startswith("t | xxx")


def test_a_line_is_one_line_of_json_whatever_is_in_it() -> None:
    raw = encode(About(SOURCE, PAGE).line("content", 0) | {"title": "a\n\ud800\x00b", "text_new": ["\udfff"]})
    assert raw.count(b"\n") == 1
    assert json.loads(raw)["server_name"] == "www.tinh.example.vn"
