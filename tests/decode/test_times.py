from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode import times
from tests.decode.samples import HANOI, RECEIVED_NS, at

DAY_NS = 86_400 * times.SECOND_NS
DATES = st.datetimes(datetime.fromisoformat("1992-01-01"), datetime.fromisoformat("2196-01-01"))


def yearless_at(line_time: str, received: str) -> int | None:
    minute, _, second = line_time.rpartition(":")
    return times.yearless(minute, second, None, ZoneInfo("UTC"), at(received))


@pytest.mark.parametrize(
    ("line_time", "received", "expected"),
    [
        ("Jun 14 15:16:01", "2026-11-21T05:00:00", "2026-06-14T15:16:01"),
        ("Dec 31 23:59:59", "2026-01-01T00:00:10", "2025-12-31T23:59:59"),
        ("Jan  1 00:00:05", "2025-12-31T23:59:50", "2026-01-01T00:00:05"),
        ("Nov 22 04:00:00", "2026-11-21T05:00:00", "2026-11-22T04:00:00"),
        ("Nov 25 00:00:00", "2026-11-21T05:00:00", "2025-11-25T00:00:00"),
        ("Feb 29 10:00:00", "2026-11-21T05:00:00", "2024-02-29T10:00:00"),
        ("Jan 1 00:00:60", "2026-11-21T05:00:00", "2026-01-01T00:01:00"),
    ],
)
def test_a_year_is_the_one_that_is_nearest_and_not_in_the_future(line_time: str, received: str, expected: str) -> None:
    assert yearless_at(line_time, received) == at(expected)


@pytest.mark.parametrize("line_time", ["Feb 30 10:00:00", "Jun 14 25:00:00", "Jun 0 10:00:00"])
def test_what_no_calendar_has_is_no_time(line_time: str) -> None:
    assert yearless_at(line_time, "2026-11-21T05:00:00") is None


@given(DATES, st.integers(-23 * 3600, 300 * 86_400))
def test_a_line_of_the_last_year_gets_its_own_year_back(received: datetime, age_s: int) -> None:
    """Also around New Year and 29 February, and from a clock up to a day ahead."""
    written = (received - timedelta(seconds=age_s)).replace(microsecond=0)
    line_time = f"{written:%b %d %H:%M}"
    got = times.yearless(line_time, f"{written:%S}", None, UTC, at(received.isoformat()))
    assert got == at(written.isoformat())


@given(DATES, DATES)
def test_no_line_comes_from_more_than_a_day_ahead(received: datetime, written: datetime) -> None:
    got = times.yearless(f"{written:%b %d %H:%M}", "00", None, UTC, at(received.isoformat()))
    assert got is None or got <= at(received.isoformat()) + DAY_NS + 3600 * times.SECOND_NS


def test_a_line_of_multilog_begins_with_its_time() -> None:
    stamp = f"@{(1 << 62) + 10 + at('2026-11-20T03:15:04') // times.SECOND_NS:016x}{250_000_000:08x}"
    assert times.find_time(f"{stamp} qmail-smtpd: x", HANOI, RECEIVED_NS) == (at("2026-11-20T03:15:04.250"), 0, 25)
    assert times.find_time("@4000 is no stamp", HANOI, RECEIVED_NS) is None


def test_times_without_offset_are_in_the_zone_of_the_source() -> None:
    assert times.dated("2026-03-02 08:14", "07", "5", None, HANOI) == at("2026-03-02T01:14:07.500")
    assert times.ctime("Mar 02 08:14", "07", None, "2026", HANOI) == at("2026-03-02T01:14:07")


@pytest.mark.parametrize("offset", ["Z", "UTC", "GMT", "+00:00", "-0000"])
def test_an_offset_wins_over_the_zone(offset: str) -> None:
    assert times.dated("2026-03-02T08:14", "07", None, offset, HANOI) == at("2026-03-02T08:14:07")


def test_offsets_of_a_day_and_more_are_none() -> None:
    assert times.dated("2026-03-02T08:14", "07", None, "+99:00", HANOI) == at("2026-03-02T01:14:07")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_700_758_468, "2023-11-23T16:54:28"),
        (1_700_758_468.384019, "2023-11-23T16:54:28.384019"),
        (1_700_758_468_384, "2023-11-23T16:54:28.384"),
        (1_700_758_468_384_019, "2023-11-23T16:54:28.384019"),
        (1_700_758_468_384_019_000, "2023-11-23T16:54:28.384019"),
        ("1700758468.384019", "2023-11-23T16:54:28.384019"),
        ("2024-10-31T12:38:21.817Z", "2024-10-31T12:38:21.817"),
        ("2024-10-31T12:38:21.817327+07:00", "2024-10-31T05:38:21.817327"),
        ("2022-01-16 15:42:37 +0000", "2022-01-16T15:42:37"),
        ("2021/11/18 08:34:27", "2021-11-18T01:34:27"),
        ("17/Oct/2022:14:14:21 +0000", "2022-10-17T14:14:21"),
        ("Jan 18 2024 11:07:53", "2024-01-18T04:07:53"),
        ("Nov 21, 2026 6:00:00 PM", "2026-11-21T11:00:00"),
        ("Nov 21, 2026 12:00:00 AM", "2026-11-20T17:00:00"),
        ("Sat Oct 10 12:00:00 2022", "2022-10-10T05:00:00"),
        ("Nov 20 12:00:00", "2026-11-20T05:00:00"),
    ],
)
def test_a_value_is_read_in_any_form(value: object, expected: str) -> None:
    assert times.time_of(value, HANOI, RECEIVED_NS) == at(expected)


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0,
        -1,
        12,
        1e300,
        float("nan"),
        float("inf"),
        "",
        "12:00:00",
        "2023-01-01",
        [],
        {},
        "9" * 20,
        "9999-01-01T00:00:00Z",
    ],
)
def test_what_is_no_time_gives_none(value: object) -> None:
    assert times.time_of(value, HANOI, RECEIVED_NS) is None


@given(st.text() | st.integers() | st.floats() | st.none())
def test_any_value_is_read_without_error_and_fits_64_bits(value: object) -> None:
    got = times.time_of(value, HANOI, RECEIVED_NS)
    assert got is None or 0 <= got < 2**63


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("65.2.129.7 2023-03-12 11:17:28.425 UTC [53962] FATAL", "2023-03-12T11:17:28.425"),
        ("app_1   | 2023-04-06T09:13:34,820Z [http-nio] WARN", "2023-04-06T09:13:34.820"),
        ("19-Oct-2022 05:34:02.425 client @0x7f65", "2022-10-18T22:34:02.425"),
        ("2021-11-09  5:13:12 8 [Warning] Access denied", "2021-11-08T22:13:12"),
        ("user x at [Thu, 14 Oct 2021 15:24:12.023984 UTC] with", "2021-10-14T15:24:12.023984"),
        ("1690466804.216 text", "2023-07-27T14:06:44.216"),
    ],
)
def test_a_time_is_found_near_the_front(text: str, expected: str) -> None:
    found = times.find_time(text, HANOI, RECEIVED_NS)
    assert found is not None
    assert found[0] == at(expected)
    assert 0 <= found[1] < found[2] <= len(text)


def test_a_time_far_behind_is_not_searched_for() -> None:
    assert times.find_time("x" * 200 + " 2023-03-12 11:17:28", HANOI, RECEIVED_NS) is None
