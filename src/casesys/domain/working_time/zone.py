"""A zone's offsets from UTC as adopted data, and the local days they make.

Instants are counted here in whole microseconds since 0001-01-01T00:00:00Z, days by their proleptic
Gregorian ordinal (as `date.toordinal`), so that walking a calendar is integer arithmetic. Offsets
are data, not a time zone database, because a database changes history when it is upgraded.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FOREVER = 10_000 * 366 * DAY
BEGINNING = -FOREVER

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def ticks(instant: datetime) -> int:
    """Count the microseconds from the epoch to an aware instant."""
    return (instant - _EPOCH) // MICROSECOND


def instant(tick: int) -> datetime:
    """Give the instant, in UTC, that many microseconds after the epoch."""
    return _EPOCH + timedelta(microseconds=tick)


@dataclass(frozen=True, slots=True)
class Zone:
    """Local time in steps: from tick `since[i]` on it is UTC plus `shift[i]` microseconds.

    `since[0]` is BEGINNING where the first offset always held. Before `since[0]` and after `until`
    nothing is known: the nearest offset is used and `knows` says no.
    """

    since: tuple[int, ...]
    shift: tuple[int, ...]
    until: int = FOREVER

    def knows(self, tick: int) -> bool:
        """Say whether the data covers this instant."""
        return self.since[0] <= tick <= self.until

    def shift_at(self, tick: int) -> int:
        """Give the offset in force at an instant, in microseconds."""
        return self.shift[max(bisect_right(self.since, tick) - 1, 0)]

    def instant_of(self, local: int) -> int:
        """Give the earliest instant from which on local time never reads less than `local`.

        So a time that a step forward leaves out is the step itself, and of a time that occurs twice
        the first occurrence is meant, unless the step back leads to before it from after it.
        """
        if len(self.since) == 1:
            return local - self.shift[0]
        following = FOREVER
        for since, shift in zip(reversed(self.since), reversed(self.shift), strict=True):
            tick = local - shift
            if tick > since:
                return min(tick, following)
            following = since
        return local - self.shift[0]

    def start_of(self, day: int) -> int:
        """Give the instant at which a local day starts, which is 24:00 of the day before."""
        return self.instant_of((day - 1) * DAY)

    def day_of(self, tick: int) -> int:
        """Give the last local day that has started by this instant."""
        day = (tick + self.shift_at(tick)) // DAY + 1
        # Only a step back over midnight makes a day that has begun on the clock begin once more.
        return day if len(self.since) == 1 or self.start_of(day) <= tick else day - 1


UTC_ZONE = Zone((BEGINNING,), (0,))
