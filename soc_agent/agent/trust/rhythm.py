"""How long a source is silent when all is well: learnt for each hour of the day, from the days before."""

import msgspec
from msgspec import Struct

HOURS = 24
_DAY_S = 86_400
DAYS_KEPT = 14
"""Days of each hour that are remembered."""
OUTLIERS = 0.1
"""So much of the longest silences is not believed: an outage must not teach that outages are usual."""
MARGIN = 2.0
"""A silence is strange when it is so many times longer than any that is believed."""
NEW_MARGIN = 4.0
NEW_LEAST_S = 4 * 3600.0
"""The same for an hour of the day that was not seen before, and the least that it comes to: the first night of a
source that sleeps at night is no alert."""
ARRIVALS_NEEDED = 30
"""A source that spoke less often has no rhythm yet."""
OBSERVED_NEEDED_S = 3600.0
"""Nor has one that was not watched for so long."""


class Rhythm(Struct):
    """What is known of one source. Fed with how long it has been silent, again and again; gives the limit now.

    For each hour of the day, the longest silence that lasted in that hour is kept for each of the last days. So a
    source that is quiet every night is expected to be quiet at night, and not at noon.
    """

    hours: list[list[float]] = msgspec.field(default_factory=lambda: [[] for _ in range(HOURS)])
    """Hour of the day to the longest silences in it, in seconds, one a day, the last of them first."""
    seen: list[int] = msgspec.field(default_factory=lambda: [-1] * HOURS)
    """Hour to the day whose silence stands first."""
    arrivals: int = 0
    observed_s: float = 0.0
    longest_s: float = 0.0
    """Longest silence that ended."""

    def watch(self, local_s: float, silence_s: float, passed_s: float) -> None:
        """Take note that the source has been silent for so long; the last look was ``passed_s`` before.

        :param local_s: seconds since 1970 as a clock on the wall here shows them.
        """
        day, second = divmod(int(local_s), _DAY_S)
        hour = second // 3600
        values = self.hours[hour]
        if self.seen[hour] != day or not values:
            self.seen[hour] = day
            values.insert(0, silence_s)
            del values[DAYS_KEPT:]
        else:
            values[0] = max(values[0], silence_s)
        self.observed_s += passed_s

    def arrived(self, silence_s: float) -> None:
        """Take note that it spoke, after so long a silence."""
        self.arrivals += 1
        self.longest_s = max(self.longest_s, silence_s)

    def limit_s(self, local_s: float) -> float | None:
        """Give the silence beyond which something is wrong at this local time; None while the rhythm is not known."""
        if self.arrivals < ARRIVALS_NEEDED or self.observed_s < OBSERVED_NEEDED_S:
            return None
        day, second = divmod(int(local_s), _DAY_S)
        hour = second // 3600
        # what this very hour teaches today is not known before it is over
        earlier = self.hours[hour][1:] if self.seen[hour] == day else self.hours[hour]
        if not earlier:
            return max(self.longest_s * NEW_MARGIN, NEW_LEAST_S)
        believed = sorted(earlier)[: max(len(earlier) - int(len(earlier) * OUTLIERS), 1)]
        return believed[-1] * MARGIN
