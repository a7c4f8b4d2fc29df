"""What a page says, look by look, against what it is known to be."""

from msgspec.structs import replace

from collectors.portals.judge import page_change
from tests.collectors.portals.pages import NEWS, PAGE, URL, Watched, decoded, got, home, of


def test_a_page_is_learnt_in_silence_and_then_the_same() -> None:
    page = Watched().learnt()
    for look in range(3, 40):
        lines = page.look(home(look))
        (line,) = of(lines, "content")
        assert (line["compared"], line["changed"]) == (True, False)
        assert not of(lines, "baseline")


def test_each_text_of_the_first_look_is_told_once_for_rules_on_words() -> None:
    page = Watched()
    (line,) = of(page.look(home(0)), "content")
    assert (line["compared"], line["reason"]) == (False, "learning")
    assert "triet pha duong day ca do bong da" in line["text_plain"]
    (line,) = of(page.look(home(1)), "content")
    assert "triet pha" not in line["text_plain"]


def test_a_change_is_told_with_what_is_new_and_again_after_an_hour() -> None:
    page = Watched().learnt()
    defaced = home(4, title="Hacked by XYZ", more="<p>Trang này <b>đã bị tấn công</b></p>")
    (line,) = of(page.look(defaced), "content")
    assert (line["changed"], line["changes"], line["repeated"]) == (True, ["title"], False)
    assert (line["title"], line["title_before"]) == ("Hacked by XYZ", "Cổng thông tin điện tử tỉnh")
    assert "Trang này đã bị tấn công" in line["text_new"]
    assert "hacked by xyz" in line["text_plain"]
    assert "da bi tan cong" in line["text_plain"]
    told = [of(page.look(defaced), "content") for _ in range(12)]
    assert [len(lines) for lines in told] == [0] * 11 + [1]
    assert told[-1][0]["repeated"] is True
    assert "da bi tan cong" in told[-1][0]["text_plain"]


def test_another_change_of_a_changed_page_is_told_at_once() -> None:
    page = Watched().learnt()
    page.look(home(4, title="Hacked by XYZ"))
    (line,) = of(page.look(home(5, title="Hacked by XYZ", more='<iframe src="//evil.example/">')), "content")
    assert set(line["changes"]) == {"title", "frames"}
    assert line["frames_foreign"] == ["evil.example/"]


def test_a_page_that_is_as_it_was_again_ends_the_change() -> None:
    page = Watched().learnt()
    page.look(home(4, title="Hacked"))
    assert [line["action"] for line in of(page.look(home(5)), "baseline")] == ["back"]
    assert page.judge.memory.page.pending is None


def test_after_an_approval_nothing_alarms() -> None:
    page = Watched().learnt()
    fresh = [f"Tin của giao diện mới phần {word}" for word in ("một", "hai", "ba", "bốn", "năm")]
    head = '<script src="https://cdn2.example.vn/new.js"></script><script>draw(menu)</script>'
    more = '<div class="grid"><iframe src="https://video.example.vn/1"></iframe></div>'

    def new(look: int) -> str:
        return home(look, title="Giao diện mới", heading="Xin chào", news=fresh, head=head, more=more)

    (line,) = of(page.look(new(4)), "content")
    assert {"title", "heading", "text", "scripts", "inline_scripts", "frames"} <= set(line["changes"])
    (line,) = decoded(page.judge.approve(page_change(page.judge.memory.page), page.now_ns).page)
    assert (line["event"], line["action"]) == ("baseline", "approved")
    for look in range(5, 20):
        lines = page.look(new(look))
        assert all(not line.get("changed") for line in lines)
        assert not of(lines, "baseline")
    (line,) = of(page.look(home(21)), "content")
    assert line["changed"] is True


def test_only_the_change_that_was_told_can_be_approved() -> None:
    page = Watched().learnt()
    page.look(home(4, title="Giao diện mới"))
    wanted = page_change(page.judge.memory.page)
    page.look(home(5, title="Hacked by XYZ"))
    assert page.judge.approve(wanted, page.now_ns).page == []
    assert page.judge.approve("", page.now_ns).page == []
    assert page.judge.memory.page.pending is not None


def test_daily_news_are_taken_over_and_their_words_told() -> None:
    page = Watched().learnt()
    lines = page.look(home(4, news=(*NEWS[1:], "Nhà cái uy tín số một")))
    (line,) = of(lines, "content")
    assert line["changed"] is False
    assert line["text_new"] == ["Nhà cái uy tín số một 11/11/2026"]
    (line,) = of(page.look(home(5, news=(*NEWS[1:], "Nhà cái uy tín số một"))), "content")
    assert "text_new" not in line


def test_a_page_that_turns_over_in_small_steps_is_never_the_same_as_a_page_that_jumps() -> None:
    page = Watched().learnt()
    news = list(NEWS)
    for look in range(4, 20):
        news = [*news[1:], f"Tin {'abcdefghijklmnopqrstuvwxyz'[look] * 4} trong ngày"]
        assert not any(line.get("changed") for line in page.look(home(look, news=news)))


def test_hidden_text_stands_apart() -> None:
    page = Watched().learnt()
    hidden = '<div style="position:absolute;left:-9999px"><a href="https://bet.example/">Nhà cái</a></div>'
    (line,) = of(page.look(home(4, more=hidden)), "content")
    assert line["changes"] == ["links", "hidden_links"]
    assert (line["hidden_new"], line["hidden_plain"]) == (["Nhà cái"], "nha cai")


def test_a_page_that_is_not_whole_is_never_unchanged() -> None:
    page = Watched().learnt()
    (line,) = of(page.look(got("x" * 10, reason="too_big", complete=False)), "content")
    assert (line["compared"], line["reason"]) == (False, "too_big")
    assert of(page.look(got("", reason="too_big", complete=False)), "availability")[0]["ok"] is True


def test_words_of_error_pages_are_looked_at_too() -> None:
    page = Watched().learnt()
    broken = got("<h1>Hacked by XYZ</h1>", status=503)
    (line,) = of(page.look(broken), "content")
    assert (line["compared"], line["status"]) == (False, 503)
    assert "hacked by xyz" in line["text_plain"]
    assert "text_plain" not in of(page.look(broken), "content")[0]


def test_half_a_surrogate_pair_does_not_break_a_line() -> None:
    assert Watched().look(got("<p>&#xD800; a \ud83d b".encode("utf-8", "replace").decode()))
    assert Watched(page=replace(PAGE, url=URL)).look(home(0, title="x" * 10_000))


def test_the_same_bytes_again_are_not_read_again_and_still_told() -> None:
    page = Watched().learnt()
    page.look(home(9))
    first, second = (of(page.look(home(9)), "content")[0] for _ in range(2))
    assert first | {"time": ""} == second | {"time": ""}
    assert second["compared"] is True
    (line,) = of(page.look(home(9, title="Hacked")), "content")
    assert line["changed"] is True
    (line,) = of(page.look(home(9, title="Hacked by XYZ")), "content")
    assert line["title"] == "Hacked by XYZ"
    assert [line["action"] for line in of(page.look(home(9)), "baseline")] == ["back"]
