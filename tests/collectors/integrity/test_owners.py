"""Names of users and groups."""

from collectors.integrity.owners import group_name, user_name


def test_numbers_without_a_name_stay_numbers() -> None:
    assert (user_name(0), group_name(0)) == ("root", "root")
    assert (user_name(3_999_999_999), group_name(3_999_999_999)) == ("3999999999", "3999999999")
    assert user_name(2**70) == str(2**70)
