from soc_agent.model import Counters, Problem
from soc_agent.store import SourceLedger, SourceStatus, Store
from tests.store.making import SECOND, START, Clock

MINUTE = START // (60 * SECOND) * 60 * SECOND


def count(store: Store, counters: Counters, source: str = "auth") -> None:
    with store.transaction() as transaction:
        transaction.add_counters(source, counters)


def only(store: Store, at_ns: int | None = None) -> SourceLedger:
    (source,) = store.ledger(at_ns)
    return source


def test_counters_add_up(store: Store, clock: Clock) -> None:
    count(store, Counters(bytes=10, lines=1, candidates=1))
    clock.pass_s(1)
    with store.transaction() as transaction:
        transaction.add_counters("auth", Counters(bytes=5, lines=2, dropped=3))
        transaction.add_counters("auth", Counters(undecodable=1, late=2, truncated=4))
    clock.pass_s(200)
    count(store, Counters(bytes=1, lines=1))
    source = only(store)
    assert source.totals == Counters(16, 4, 1, 1, 2, 3, 4)
    assert (source.first_ns, source.last_ns) == (START, START + 201 * SECOND)


def test_what_was_only_dropped_is_no_sign_of_life(store: Store, clock: Clock) -> None:
    count(store, Counters(lines=1))
    clock.pass_s(100)
    count(store, Counters(dropped=50))
    assert only(store).last_ns == START


def test_the_rate_looks_at_the_current_and_the_last_whole_minute(store: Store, clock: Clock) -> None:
    clock.now_ns = MINUTE
    count(store, Counters(lines=1000))
    clock.now_ns = MINUTE + 60 * SECOND
    count(store, Counters(lines=60))
    clock.now_ns = MINUTE + 150 * SECOND
    count(store, Counters(lines=30))
    # 90 lines within the 90 seconds since the minute before this one began
    assert only(store).per_minute.lines == 60
    clock.pass_s(600)
    assert only(store).per_minute.lines == 0
    assert only(store).totals.lines == 1090


def test_the_first_lines_all_at_once_are_no_rate_of_thousands(store: Store) -> None:
    count(store, Counters(lines=100))
    assert only(store).per_minute.lines == 600


def test_totals_of_an_earlier_moment(store: Store, clock: Clock) -> None:
    clock.now_ns = MINUTE
    for _ in range(5):
        count(store, Counters(lines=10))
        clock.pass_s(60)
    assert only(store, MINUTE + 130 * SECOND).totals.lines == 30
    assert only(store, MINUTE + 130 * SECOND).last_ns == MINUTE + 120 * SECOND
    assert store.ledger(MINUTE - 61 * SECOND) == []


def test_a_clock_that_is_set_back_loses_nothing(store: Store, clock: Clock) -> None:
    count(store, Counters(lines=10))
    clock.pass_s(-3600)
    count(store, Counters(lines=5))
    clock.pass_s(7200)
    count(store, Counters(lines=1))
    assert only(store).totals.lines == 16


def test_a_change_of_state_is_history_and_a_repetition_is_not(store: Store, clock: Clock) -> None:
    problem = Problem("store.full", values={"path": "/x"})
    for state, why in (
        (SourceStatus.RUNNING, None),
        (SourceStatus.RUNNING, None),
        (SourceStatus.FAILED, problem),
        (SourceStatus.FAILED, problem),
        (SourceStatus.FINISHED, None),
    ):
        with store.transaction() as transaction:
            transaction.set_source_state("web", state, why)
        clock.pass_s(10)
    assert [entry.data["state"] for entry in store.history()] == ["finished", "failed", "running"]
    assert {entry.subject for entry in store.history()} == {"source/web"}
    source = only(store)
    assert (source.state, source.problem, source.changed_ns) == (SourceStatus.FINISHED, None, START + 40 * SECOND)
    earlier = only(store, START + 25 * SECOND)
    assert (earlier.state, earlier.problem, earlier.changed_ns) == (SourceStatus.FAILED, problem, START + 20 * SECOND)
    assert only(store, START).state is SourceStatus.RUNNING
    assert store.ledger(START - 1) == []


def test_sources_come_by_name_with_or_without_lines(store: Store) -> None:
    count(store, Counters(lines=1), "b")
    with store.transaction() as transaction:
        transaction.set_source_state("a", SourceStatus.MISSING, Problem("store.absent", values={"path": "p"}))
        transaction.add_counters("c", Counters(lines=2))
    assert [(source.source, source.totals.lines, source.state) for source in store.ledger()] == [
        ("a", 0, SourceStatus.MISSING),
        ("b", 1, None),
        ("c", 2, None),
    ]


def test_counters_beyond_64_bits_stay_at_the_end(store: Store) -> None:
    count(store, Counters(bytes=2**63 - 1))
    count(store, Counters(bytes=10))
    assert only(store).totals.bytes == 2**63 - 1


def test_the_last_hour_and_day(store: Store, clock: Clock) -> None:
    clock.now_ns = MINUTE
    count(store, Counters(read=1000))
    clock.pass_s(3600 * 23)
    count(store, Counters(read=100))
    clock.pass_s(3500)
    count(store, Counters(read=10))
    source = only(store)
    assert (source.totals.read, source.hour.read, source.day.read) == (1110, 110, 1110)
    clock.pass_s(60)
    assert (only(store).hour.read, only(store).day.read) == (110, 1110)
    clock.pass_s(60)
    assert (only(store).hour.read, only(store).day.read) == (10, 110)
    clock.pass_s(86400)
    assert (only(store).totals.read, only(store).hour.read, only(store).day.read) == (1110, 0, 0)


def test_what_was_counted_in_each_minute(store: Store, clock: Clock) -> None:
    clock.now_ns = MINUTE
    for number in range(1, 4):
        count(store, Counters(read=number, skipped=number))
        clock.pass_s(60 * number)
    minutes = store.ledger_minutes("auth", MINUTE, MINUTE + 3600 * SECOND)
    assert [((begin - MINUTE) // (60 * SECOND), c.read, c.skipped) for begin, c in minutes] == [
        (0, 1, 1),
        (1, 2, 2),
        (3, 3, 3),
    ]
    assert [c.read for _, c in store.ledger_minutes("auth", MINUTE + 60 * SECOND, MINUTE + 61 * SECOND)] == [2]
    assert store.ledger_minutes("web", MINUTE, MINUTE + 3600 * SECOND) == []


HOUR = 3600 * SECOND


def thin(store: Store, *, whole: bool) -> int:
    with store.transaction() as transaction:
        return transaction.thin_ledger(whole=whole)


def test_minutes_are_kept_for_a_week_and_hours_after(store: Store, clock: Clock) -> None:
    begin = clock.now_ns = START // HOUR * HOUR
    for name in ("auth", "web"):
        clock.now_ns = begin
        for _ in range(180):
            count(store, Counters(read=1), name)
            clock.pass_s(60)
    clock.now_ns = begin + 7 * 24 * HOUR + 2 * HOUR
    totals = [source.totals for source in store.ledger()]
    assert thin(store, whole=True) == 2 * 2 * 59
    assert thin(store, whole=True) == 0
    assert [source.totals for source in store.ledger()] == totals
    kept = store.ledger_minutes("web", begin, begin + 3 * HOUR)
    assert [c.read for _, c in kept] == [60, 60, *[1] * 60]
    clock.now_ns += HOUR
    assert thin(store, whole=False) == 2 * 59


def test_hours_are_kept_for_two_years_and_totals_for_ever(store: Store, clock: Clock) -> None:
    begin = clock.now_ns
    count(store, Counters(read=1))
    clock.pass_s(7200)
    count(store, Counters(read=2))
    clock.pass_s(3 * 365 * 86400)
    assert thin(store, whole=False) == 1
    assert only(store).totals.read == 3
    assert len(store.ledger_minutes("auth", begin, clock.now_ns)) == 1


def test_how_often_a_source_broke_within_a_day_is_counted(store: Store, clock: Clock) -> None:
    """Each time that it breaks, and is started again, is a change of its state."""
    for n in range(3):
        for state in (SourceStatus.RUNNING, SourceStatus.FAILED, SourceStatus.FAILED):
            clock.pass_s(60)
            with store.transaction() as transaction:
                problem = Problem("packets.process_ended", values={"n": n}) if state is SourceStatus.FAILED else None
                transaction.set_source_state("dmz", state, problem)
    assert only(store).failures == 3
    early = clock.now_ns - 6 * 60 * SECOND
    assert only(store, early).failures == 1
    clock.pass_s(86_400 - 200)
    assert only(store).failures == 1
    clock.pass_s(600)
    assert only(store).failures == 0
