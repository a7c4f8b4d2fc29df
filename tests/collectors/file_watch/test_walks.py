"""Which walks are wanted, which one runs."""

from collectors.file_watch.walks import Walk, Walks


def walks() -> tuple[Walks, list[tuple[int, str]]]:
    started: list[tuple[int, str]] = []

    def start(number: int, top: str) -> Walk | None:
        started.append((number, top))
        if top == "/gone":
            return None
        return Walk(number, top, "/srv", recursive=True, excludes=lambda _: False)

    return Walks(start), started


def test_one_after_the_other_as_they_are_due() -> None:
    """A walk that runs is finished first; one that cannot start is skipped."""
    wanted, started = walks()
    wanted.want(0, "/srv", "/srv", 5)
    wanted.want(0, "/srv/a", "/srv", 3)
    wanted.want(1, "/gone", "/gone", 4)
    assert wanted.current(2) is None
    assert wanted.next_due() == 3
    first = wanted.current(10)
    assert first is not None
    assert wanted.current(10) is first
    assert not first.full
    wanted.running = None
    second = wanted.current(10)
    assert second is not None
    assert second.full
    assert started == [(0, "/srv/a"), (1, "/gone"), (0, "/srv")]
    assert wanted.next_due() is None


def test_an_earlier_wish_stays() -> None:
    """Asking again for later does not put it off."""
    wanted, _ = walks()
    wanted.want(0, "/srv", "/srv", 3)
    wanted.want(0, "/srv", "/srv", 300)
    assert wanted.next_due() == 3


def test_many_parts_are_the_whole() -> None:
    """A flood of new folders is one walk."""
    wanted, started = walks()
    for number in range(1000):
        wanted.want(0, f"/srv/{number}", "/srv", 0)
    while wanted.current(1) is not None:
        wanted.running = None
    assert len(started) == 257
    assert (0, "/srv") in started


def test_a_folder_that_went_is_not_walked_through() -> None:
    """Neither later nor further."""
    wanted, _ = walks()
    wanted.want(0, "/srv", "/srv", 0)
    wanted.want(1, "/srv", "/srv", 1)
    assert wanted.current(0) is not None
    wanted.want(0, "/srv", "/srv", 0)
    wanted.forget(0)
    running = wanted.current(1)
    assert running is not None
    assert running.number == 1
