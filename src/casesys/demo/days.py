"""Days as people arrange them: working days ahead, a time of day, reception days, all by the adopted calendar.

The plots are written in these terms, so that they fit whatever day the season ends on: a holiday in between makes things later.
"""

from datetime import date, datetime, time, timedelta, timezone

from casesys.domain.working_time import Calendar
from casesys.domain.working_time.zone import DAY, MICROSECOND, instant, ticks

RECEPTION = 17
"""The day of the month on which the secretary receives residents."""

ONE_DAY = timedelta(days=1)


class Days:
    """The days of one calendar, in its own zone."""

    def __init__(self, calendar: Calendar) -> None:
        """Count by a calendar."""
        self.calendar = calendar

    def local(self, at: datetime) -> datetime:
        """Give an instant in local time."""
        shift = self.calendar.zone.shift_at(ticks(at))
        return at.astimezone(timezone(shift * MICROSECOND))

    def at(self, day: date, clock_time: str) -> datetime:
        """Give the instant, in UTC, of a local time such as `09:30` on a day."""
        since_midnight = datetime.combine(day, time.fromisoformat(clock_time)) - datetime.combine(
            day, time.min
        )
        local = (day.toordinal() - 1) * DAY + since_midnight // MICROSECOND
        return instant(self.calendar.zone.instant_of(local))

    def works(self, day: date) -> bool:
        """Say whether a day is a working day."""
        return self.calendar.works(day.toordinal())

    def working(self, day: date) -> date:
        """Give a day if it is a working day, else the next that is."""
        while not self.works(day):
            day += ONE_DAY
        return day

    def workday(self, after: datetime, ahead: int, clock_time: str) -> datetime:
        """Give a time on the n-th working day after an instant's day; 0 is that day, or the next working day if it is none."""
        day = self.local(after).date()
        for _ in range(ahead):
            day = self.working(day + ONE_DAY)
        return self.at(self.working(day), clock_time)

    def workday_before(self, before: datetime, back: int, clock_time: str) -> datetime:
        """Give a time on the n-th working day before an instant's day."""
        day = self.local(before).date()
        for _ in range(back):
            day -= ONE_DAY
            while not self.works(day):
                day -= ONE_DAY
        return self.at(day, clock_time)

    def receptions(self, first: date, last: date) -> list[date]:
        """Give the reception days of a span of days, be they working days or not."""
        span = (first + n * ONE_DAY for n in range((last - first).days + 1))
        return [day for day in span if day.day == RECEPTION]
