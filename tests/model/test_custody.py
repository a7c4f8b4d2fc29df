"""The file of an alert: where it is unless somebody moved it."""

from soc_agent.model.custody import AlertFile


def test_a_file_is_where_it_was_until_a_person_moves_it() -> None:
    assert AlertFile("/srv/a.php") == AlertFile(path="/srv/a.php", held=False, actor="", reason="")
