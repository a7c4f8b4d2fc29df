"""Lines of texts in a document."""

from soc_agent.detect.indicators.feeds.places import Places


def test_a_text_has_the_line_where_it_first_stands() -> None:
    places = Places(b'{\n "a": 1,\n "b": "x", "c": "x"\n}')
    assert places.of("x")() == 3
    assert places.of("nowhere")() == 1
    assert places.of("")() == 1
    assert places.first() == 1
