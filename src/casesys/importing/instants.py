"""The times of a file, written in local time without an offset, as instants.

Where the clock is put back an hour comes twice: such a time is two instants, of which the earlier is meant unless only the later
one fits what came before. Where it is put forward an hour never comes: such a time is refused, not guessed at.
"""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from casesys.importing.problems import refuse_row

ISO = "iso"
"""The form of times that stands for ISO 8601."""

KEPT_AT_MOST = 4096
"""How many times are remembered: files repeat themselves."""


class LocalTimes:
    """Reads the times of one file."""

    def __init__(self, form: str, zone: ZoneInfo) -> None:
        """Take the form (as `strptime` has it, or `iso`) and the zone of times that have no offset of their own."""
        self.form = form
        self.zone = zone
        self._read = lru_cache(KEPT_AT_MOST)(self._instants)

    def instants(self, column: str, text: str) -> tuple[datetime, ...]:
        """Give the one or two instants, in order, that a time means. Raises RowRefused `time-unreadable` or `time-skipped`."""
        try:
            found = self._read(text)
        except ValueError:
            refuse_row("time-unreadable", column=column, form=self.form)
        if not found:
            refuse_row("time-skipped", column=column, zone=self.zone.key)
        return found

    def _instants(self, text: str) -> tuple[datetime, ...]:
        time = datetime.fromisoformat(text) if self.form == ISO else _strptime(text, self.form)
        return self.meant(time)

    def meant(self, time: datetime) -> tuple[datetime, ...]:
        """Give the instants that a time means: none in an hour that was skipped, two in one that was repeated."""
        if time.tzinfo is not None:
            return (time.astimezone(UTC),)
        before = time.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        after = time.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        if before == after:
            return (before,)
        return (before, after) if before < after else ()


def _strptime(text: str, form: str) -> datetime:
    return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added by who reads it
