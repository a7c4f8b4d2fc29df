"""A clock that is off is off by the same all the time; what is only read late is not."""

import pytest

from soc_agent.agent.trust.clocks import SourceClock, zone_error_h

S = 10**9


def clock(offsets: list[float]) -> SourceClock:
    made = SourceClock()
    for number, offset in enumerate(offsets):
        received = (1000 + 10 * number) * S
        made.sample(received + int(offset * S), received)
    return made


@pytest.mark.parametrize(
    ("offsets", "found"),
    [
        ([], None),
        ([5.0] * 4, None),
        ([0.0, -0.3, -0.1, -0.4, -0.2], -0.2),
        ([25200.0, 25199.0, 25198.5, 25200.0, 25199.0], 25199.0),
        ([-600.0] * 5 + [0.0], -600.0),
        ([-600_000.0 + 50_000 * number for number in range(12)], None),
    ],
)
def test_the_median_of_steady_offsets(offsets: list[float], found: float | None) -> None:
    assert clock(offsets).offset_s() == (pytest.approx(found) if found is not None else None)


def test_old_samples_are_forgotten() -> None:
    made = clock([-3600.0] * 15 + [0.0] * 15)
    assert made.offset_s() == 0
    made.forget()
    assert made.offset_s() is None


@pytest.mark.parametrize(
    ("offset", "hours"),
    [(25200.0, 7.0), (-25170.0, -7.0), (19800.0, 5.5), (700.0, None), (4000.0, None), (86400.0, None)],
)
def test_whole_half_hours_are_a_time_zone(offset: float, hours: float | None) -> None:
    assert zone_error_h(offset) == hours
