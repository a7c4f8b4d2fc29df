"""A proposed filter counts what it would do."""

from soc_agent.model.tuning import TunedAlert, TunedFilter


def test_it_counts_what_goes_and_what_stays() -> None:
    alerts = (
        TunedAlert(1, "false", 2, 2, "removed"),
        TunedAlert(2, "open", 1, 1, "removed"),
        TunedAlert(3, "true", 2, 1, "partly"),
        TunedAlert(4, "true", 2, 0, "stays"),
        TunedAlert(5, "true", 0, 0, "unread"),
    )
    found = TunedFilter("mf.yml", "", "2026-12-31", "ours", alerts)
    assert (found.removed("false"), found.removed("open"), found.removed("true")) == (1, 1, 0)
    assert (found.lost, found.kept) == (1, 2)
