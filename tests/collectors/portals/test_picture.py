import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.portals.picture import picture_of

URL = "https://tinh.example.vn/"


def test_title_heading_and_blocks() -> None:
    page = picture_of("<title> Cổng &amp; tin </title><h1>Xin <b>chào</b></h1><p>Một<br>hai <i>ba</i></p><p>bốn", URL)
    assert (page.title, page.heading) == ("Cổng & tin", "Xin chào")
    assert [block.text for block in page.blocks] == ["Xin chào", "Một hai ba", "bốn"]


def test_scripts_frames_and_forms_go_by_name() -> None:
    page = picture_of(
        '<script src="/js/app.3f2a1b9c.js?v=99"></script><script src="//cdn.example/a.js"></script>'
        '<iframe src="https://video.example/embed/1"></iframe>'
        '<form method=POST action="/login;x"><input type=PASSWORD></form><form action="https://other.example/q?x=1">',
        URL,
    )
    assert page.scripts == ("tinh.example.vn/js/app.#.js", "cdn.example/a.js")
    assert page.frames == ("video.example/embed/0",)
    assert page.forms == ("post tinh.example.vn/login;x +password", "get other.example/q")


def test_a_base_moves_what_is_relative() -> None:
    assert picture_of('<base href="https://evil.example/"><script src=a.js>', URL).scripts == ("evil.example/a.js",)


def test_where_a_page_sends_on_to() -> None:
    page = picture_of("<meta http-equiv=Refresh content=\"0; URL='https://evil.example/x'\">", URL)
    assert page.refresh == "https://evil.example/x"
    assert picture_of('<meta http-equiv=refresh content="300">', URL).refresh == ""


@pytest.mark.parametrize(
    "style",
    [
        *("display:none", "display : none !important", "visibility: hidden", "font-size:0px", "opacity: 0"),
        *("position:absolute;left:-9999px", "text-indent:-5000px", "height:0;overflow:hidden", "height:1px;width:1px"),
        *("color:#fff;background:#fff", "COLOR:transparent", "dis/**/play:none", "clip:rect(0 0 0 0)"),
    ],
)
def test_what_is_hidden_by_style_is_told_apart(style: str) -> None:
    page = picture_of(f'<p>a</p><div style="{style}">nhà cái <a href="https://bet.example/8">slot</a></div><p>b', URL)
    assert [block.text for block in page.hidden] == ["nhà cái slot"]
    assert [block.text for block in page.blocks] == ["a", "b"]
    assert page.hidden_links == ("bet.example/0",)


@pytest.mark.parametrize(
    "style", ["font-size:0.9em", "opacity:0.5", "left:10px", "color:#fff;background:#000", "height:10px"]
)
def test_what_is_shown_is_not_hidden(style: str) -> None:
    assert picture_of(f'<div style="{style}">hiện</div>', URL).hidden == ()


def test_hidden_things_end_where_their_element_ends() -> None:
    page = picture_of("<span hidden>x</span>y<span style='display:none'>z</span>w", URL)
    assert ([b.text for b in page.hidden], [b.text for b in page.blocks]) == (["x", "z"], ["y", "w"])


def test_a_script_is_what_it_does_and_not_what_it_says() -> None:
    def inline(code: str) -> set[str]:
        return set(picture_of(f"<script>{code}</script>", URL).inline)

    first = inline('var news = [{"title": "A", "time": 1700000000}]; show(news)')
    assert first == inline('var news = [{"title": "B khác", "time": 1700000300}]; show(news)')
    assert first != inline('var news = [{"title": "A"}]; eval(atob("x")); show(news)')
    assert first != inline('var news = [{"title": "//evil.example/a.js", "time": 17}]; show(news)')
    assert inline("") == set()
    assert picture_of('<script type="application/ld+json">{"a": 1}</script>', URL).inline == {}


def test_links_go_by_host() -> None:
    page = picture_of('<a href="/x">a</a><a href="https://bao.example/1">b</a><a href="mailto:x@y.z">c</a>', URL)
    assert page.links == ("bao.example",)


@given(st.text(alphabet="<>/!-='\"abdivspnhrefcl:/.&#;\n", max_size=300))
def test_nothing_breaks_it(page: str) -> None:
    picture_of(page, URL)


@pytest.mark.parametrize(
    "page",
    [
        *("<div>" * 200_000, "<p style='" + "/*" * 60_000 + "'>x", "<div hidden>" * 50_000 + "</span>" * 100_000),
        *(
            "<script>" + "\"'" * 300_000,
            "<p>" + "a1" * 500_000,
            '<a href="' + "[" * 50_000 + '">x',
            "<p>x</p>" * 100_000,
        ),
    ],
)
def test_hostile_pages_take_no_longer_than_others(page: str) -> None:
    begun = time.process_time()
    picture_of(page, URL)
    assert time.process_time() - begun < 5.0
