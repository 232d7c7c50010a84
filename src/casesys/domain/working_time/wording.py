"""Days, times and durations as people write them, in Chinese and English."""

from datetime import date, timezone
from enum import Enum

from casesys.domain.messages import Text
from casesys.domain.working_time.zone import HOUR, MICROSECOND, MINUTE, SECOND, Zone, instant

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Until(Enum):
    """What a deadline is the end of, and how that is said of its day or time: work, another duty, or a time that is waited for."""

    WORK_IS_DONE = Text("应于{}前办结", "due {}")
    DUTY_IS_DONE = Text("应于{}前完成", "due {}")
    TIME_IS_OVER = Text("至{}届满", "over {}")

    @property
    def says(self) -> Text:
        """The sentence, with a place for the day or time."""
        return self.value


def plural(number: int, noun: str) -> str:
    """Write a number of things in English: `1 day`, `2 days`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def number_of(number: int, noun: Text) -> Text:
    """Write a number of things: `7个工作日`, `7 working days`."""
    return Text(f"{number}个{noun.zh}", plural(number, noun.en))


def listed(texts: list[Text]) -> Text:
    """Join the members of a list."""
    return Text("，".join(text.zh for text in texts), ", ".join(text.en for text in texts))


def local_time(zone: Zone, tick: int) -> str:
    """Write an instant on the local clock, with its offset from UTC: `2026-10-13 15:30+08:00`."""
    offset = timezone(zone.shift_at(tick) * MICROSECOND)
    local = instant(tick).astimezone(offset)
    return local.isoformat(sep=" ", timespec="seconds" if local.second else "minutes")


def days(first: int, last: int, *, with_year: bool) -> Text:
    """Write the days from one ordinal to another: `10月1日至7日`, `1–7 October`."""
    begin, end = date.fromordinal(first), date.fromordinal(last)
    zh, en = _day(begin, with_year=with_year)
    if first == last:
        return Text(zh, en)
    if (begin.year, begin.month) == (end.year, end.month):
        return Text(f"{zh}至{end.day}日", f"{begin.day}–{_day(end, with_year=with_year)[1]}")
    end_zh, end_en = _day(end, with_year=with_year)
    return Text(f"{zh}至{end_zh}", f"{en} – {end_en}")


def _day(day: date, *, with_year: bool) -> tuple[str, str]:
    zh, en = f"{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]}"
    return (f"{day.year}年{zh}", f"{en} {day.year}") if with_year else (zh, en)


def duration(ticks: int) -> Text:
    """Write a duration down to the second: `26小时30分钟`, `26 hours 30 minutes`."""
    amounts = (
        (ticks // HOUR, "小时", "hour"),
        (ticks % HOUR // MINUTE, "分钟", "minute"),
        (ticks % MINUTE // SECOND, "秒", "second"),
    )
    told = [each for each in amounts if each[0]] or [amounts[0]]
    return Text(
        "".join(f"{number}{zh}" for number, zh, _ in told),
        " ".join(plural(number, en) for number, _, en in told),
    )
