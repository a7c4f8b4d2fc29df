"""What a look at a page becomes: lines."""

import pytest
from msgspec.structs import replace

from collectors.portals.connection import Steps
from collectors.portals.judge import page_change
from tests.collectors.portals.pages import CERTIFICATE, SOURCE, Watched, got, home, of


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
