import pytest

from collectors.portals.masks import mask, plain


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Chủ nhật, 22/11/2026 10:33", "Thứ Hai, 23/11/2026 08:01"),
        ("Lượt truy cập: 1.234.567", "Lượt truy cập: 1.240.001"),
        ("csrf 3f9a0c77b1e24d5f8a90", "csrf 00aa11bb22cc33dd44ee"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id 00000000-00aa-4000-8000-00000000000f"),
        ("Sunday, November 22, 2026", "monday, december 1, 2026"),
        ("  hai\n dòng ", "Hai dòng"),
    ],
)
def test_what_changes_by_itself_is_masked(one: str, other: str) -> None:
    assert mask(one) == mask(other)


def test_words_are_not_masked() -> None:
    assert mask("Trang đã bị tấn công") != mask("Trang đã được nâng cấp")
    assert mask("supercalifragilisticexpialidocious") != mask("supercalifragilisticexpialidociousl")


def test_the_two_ways_to_write_an_accent_are_one() -> None:
    assert plain("ta\u0302\u0301n") == "t\u1ea5n"
