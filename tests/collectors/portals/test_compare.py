import pytest

from collectors.portals.compare import Baseline, Difference, after, compare, learn, new_blocks
from collectors.portals.picture import Picture, picture_of
from tests.collectors.portals.pages import NEWS, URL, home


def picture(page: str) -> Picture:
    return picture_of(page, URL)


def baseline() -> Baseline:
    return learn([picture(home(look)) for look in range(3)])


def found(page: str) -> Difference:
    return compare(baseline(), picture(page), 70)


@pytest.mark.parametrize("look", [3, 4, 17, 200])
def test_dates_counters_tokens_nonces_and_banners_are_no_change(look: int) -> None:
    difference = found(home(look))
    assert difference.kinds == ()
    assert (difference.text_percent, difference.structure_percent) == (100, 100)


def test_some_news_is_no_change() -> None:
    difference = found(home(9, news=(*NEWS[:7], "Một tin mới của ngày hôm nay")))
    assert difference.kinds == ()
    assert 70 <= difference.text_percent < 100


EVIL = "https://evil.example"
CHANGES = {
    "title": home(5, title="Hacked by someone"),
    "heading": home(5, heading="Đã bị tấn công"),
    "text": home(5, news=[f"Tin khác hẳn số {word} của ngày" for word in "abcdefgh"]),
    "scripts": home(5, head=f'<script src="{EVIL}/a.js"></script>'),
    "inline_scripts": home(5, more="<script>eval(atob('YWxlcnQ='))</script>"),
    "frames": home(5, more=f'<iframe src="{EVIL}/x"></iframe>'),
    "forms": home(5, more=f'<form method=post action="{EVIL}/steal"></form>'),
    "links": home(5, more=f'<a href="{EVIL}/">x</a>'),
    "hidden_links": home(5, more=f'<div style="display:none"><a href="{EVIL}/">x</a></div>'),
    "refresh": home(5, head=f'<meta http-equiv="refresh" content="0;url={EVIL}">'),
    "structure": "<title>Cổng thông tin điện tử tỉnh</title><h1>Cổng thông tin điện tử</h1><p>x",
}


@pytest.mark.parametrize("kind", CHANGES)
def test_each_kind_of_change_is_told_apart(kind: str) -> None:
    difference = found(CHANGES[kind])
    assert kind in difference.kinds
    also = {"hidden_links": {"links"}, "structure": {"text"}}.get(kind, set())
    assert set(difference.kinds) - also == {kind}
    assert difference.is_hard is (kind != "links")


def test_what_is_ignored_is_not_looked_at() -> None:
    assert compare(baseline(), picture(CHANGES["title"]), 70, ["title"]).kinds == ()
    assert compare(baseline(), picture(CHANGES["structure"]), 70, ["structure", "text"]).kinds == ()


def test_a_form_that_asks_for_a_password_is_another() -> None:
    page = home(5).replace('<input name="q">', '<input name="q"><input type=password>')
    assert found(page).kinds == ("forms",)


def test_what_differed_while_learning_is_no_change_later() -> None:
    known = learn([picture(home(look, title=f"Trang {'abc'[look]}", heading=NEWS[look])) for look in range(3)])
    assert compare(known, picture(home(9, title="Trang khác", heading="Tin nóng")), 70).kinds == ()


def test_news_are_taken_over_bit_by_bit_and_nothing_hard_is() -> None:
    known = baseline()
    for day in range(10):
        news = [f"Tin ngày {'abcdefghijklmnopqrst'[day + n] * 3} về việc công" for n in range(8)]
        now = picture(home(day, news=news, more='<script src="https://evil.example/a.js"></script>'))
        known = after(known, now)
    assert compare(known, picture(home(3, news=news)), 70).text_percent == 100
    assert compare(known, now, 70).kinds == ("scripts",)
    assert compare(after(known, now, approved=True), now, 70).kinds == ()


def test_only_texts_that_are_not_known_are_new() -> None:
    page = picture(home(1, more="<p>Tin lạ</p><p>Tin lạ</p>"))
    assert [block.text for block in new_blocks(page.blocks, baseline().texts)][-1] == "Tin lạ"


def test_an_empty_page_is_another_than_a_full_one() -> None:
    assert {"text", "structure", "title"} <= set(found("").kinds)
    assert compare(Baseline(), picture(""), 70).kinds == ()
