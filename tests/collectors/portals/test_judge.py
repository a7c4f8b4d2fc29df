"""What a look at a page becomes: lines."""

import pytest
from msgspec.structs import replace

from collectors.portals.connection import Steps
from collectors.portals.judge import page_change, plain_words
from tests.collectors.portals.pages import CERTIFICATE, NEWS, PAGE, SOURCE, URL, Watched, decoded, got, home, of


def test_a_page_that_answers_gives_its_times() -> None:
    (line,) = of(Watched().look(home(), content=False), "availability")
    assert (line["ok"], line["status"], line["failures"], line["page"]) == (True, 200, 0, "trang-chu")
    assert (line["dns_ms"], line["connect_ms"], line["tls_ms"], line["first_byte_ms"]) == (1.0, 2.0, 3.0, 4.0)
    assert (line["type"], line["server_name"], line["address"]) == ("portal", "www.tinh.example.vn", "192.0.2.10")


def test_failures_in_a_row_are_counted_and_their_end_told() -> None:
    page = Watched()
    for number in (1, 2, 3):
        (line,) = page.look(got(status=0, reason="timeout", complete=False), content=False)
        assert (line["ok"], line["reason"], line["failures"], line["down_s"]) == (
            False,
            "timeout",
            number,
            (number - 1) * 300,
        )
    (line,) = page.look(home(), content=False)
    assert (line["ok"], line["recovered"], line["was_down_s"]) == (True, True, 900)


@pytest.mark.parametrize("status", [500, 503, 404, 403])
def test_an_error_is_no_answer(status: int) -> None:
    (line,) = Watched().look(got(status=status), content=False)
    assert (line["ok"], line["reason"]) == (False, "status")


def test_slow_answers_in_a_row_are_counted() -> None:
    page = Watched()
    slow = got(home(), steps=Steps(total_ms=9_000.0))
    assert [page.look(slow, content=False)[0]["slow"] for _ in range(3)] == [1, 2, 3]
    assert page.look(home(), content=False)[0]["slow"] == 0


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


def test_a_redirect_to_a_foreign_host_is_told_once_until_it_is_approved() -> None:
    page = Watched().learnt()
    away = got(home(5), hops=("https://evil.example/x",), url="https://evil.example/x")
    (line,) = of(page.look(away, content=False), "redirect")
    assert (line["hosts"], line["hops"]) == (["evil.example"], ["https://evil.example/x"])
    assert not of(page.look(away, content=False), "redirect")
    assert page_change(page.judge.memory.page)
    page.judge.approve(page_change(page.judge.memory.page), page.now_ns)
    assert page_change(page.judge.memory.page) == ""
    assert not of(page.look(away, content=False), "redirect")


@pytest.mark.parametrize(
    "hop",
    [
        "https://www.tinh.example.vn/vi",
        "https://tinh.example.vn/",
        "https://dvc.tinh.example.vn/",
        "https://sso.quocgia.example/",
    ],
)
def test_a_redirect_within_the_house_is_none(hop: str) -> None:
    page = Watched(replace(SOURCE, hosts=("quocgia.example",)))
    assert not of(page.look(got(home(), hops=(hop,))), "redirect")


@pytest.mark.parametrize(
    "hop", ["https://tinh.example.vn.evil.example/", "https://xtinh.example.vn/", "https://vn/", "https://192.0.2.9/"]
)
def test_a_host_that_only_looks_alike_is_foreign(hop: str) -> None:
    assert of(Watched().look(got(home(), hops=(hop,))), "redirect")


def test_a_certificate_is_told_when_it_is_seen_and_at_each_limit_once() -> None:
    page = Watched()
    told = []
    for day in range(95):
        page.now_ns = day * 86_400_000_000_000
        lines = of(page.look(got(home(), certificate=CERTIFICATE), content=False), "certificate")
        told += [(day, line["limit"], line["expired"]) for line in lines]
    assert told == [(0, None, False), (60, 30, False), (76, 14, False), (83, 7, False), (89, 1, False), (90, 0, True)]


def test_a_renewal_and_another_issuer_are_told_apart() -> None:
    page = Watched()
    page.look(got(home(), certificate=CERTIFICATE))
    renewed = replace(CERTIFICATE, sha256="c2", not_after_s=180 * 86_400)
    (line,) = of(page.look(got(home(), certificate=renewed)), "certificate")
    assert (line["changed"], line["days_left"]) == ([], 179)
    (line,) = of(page.look(got(home(), certificate=replace(renewed, key_sha256="k2"))), "certificate")
    assert line["changed"] == ["key"]
    stranger = replace(renewed, key_sha256="k3", issuer="O=Other")
    (line,) = of(page.look(got(home(), certificate=stranger)), "certificate")
    assert (line["changed"], line["issuer_before"], line["days_left_before"]) == (["key", "issuer"], "O=CA", 179)


def test_a_certificate_that_is_not_trusted_is_told() -> None:
    (line,) = Watched().look(got(home(), tls_error="self-signed certificate"), content=False)
    assert (line["ok"], line["tls_error"]) == (True, "self-signed certificate")


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


def test_half_a_surrogate_pair_does_not_break_a_line() -> None:
    assert Watched().look(got("<p>&#xD800; a \ud83d b".encode("utf-8", "replace").decode()))
    assert Watched(page=replace(PAGE, url=URL)).look(home(0, title="x" * 10_000))
