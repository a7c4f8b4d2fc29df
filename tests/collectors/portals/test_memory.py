import msgspec

from collectors.portals.compare import learn
from collectors.portals.memory import Life, Memory, Page
from collectors.portals.picture import picture_of
from tests.collectors.portals.pages import URL, home


def test_what_is_known_of_a_page_comes_back() -> None:
    first = Memory("cong", "a", URL, {})
    life = Life(failures=2, key_sha256="k")
    page = Page(baseline=learn([picture_of(home(look), URL) for look in range(3)]), seen=["x"])
    positions = {first.life_id: msgspec.json.encode(life), first.page_id: msgspec.json.encode(page)}
    second = Memory("cong", "a", URL, positions)
    assert (second.life, second.page, second.damaged) == (life, page, False)


def test_another_address_under_the_same_name_is_another_page() -> None:
    assert Memory("cong", "a", URL, {}).page_id != Memory("cong", "a", URL + "vi", {}).page_id


def test_damaged_state_is_learnt_anew_and_told() -> None:
    first = Memory("cong", "a", URL, {})
    again = Memory("cong", "a", URL, {first.life_id: b"{", first.page_id: b"\xff"})
    assert again.damaged
    assert again.page.baseline is None


def test_state_of_another_version_is_learnt_anew() -> None:
    first = Memory("cong", "a", URL, {})
    again = Memory("cong", "a", URL, {first.life_id: msgspec.json.encode(Life(version=99, failures=3))})
    assert again.life.failures == 0
