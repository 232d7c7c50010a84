"""The shipped calendars, and instants as they are written where those hold."""

from datetime import UTC, datetime
from importlib import resources
from zoneinfo import ZoneInfo

from casesys.domain.working_time import Calendar, parse_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOS_ANGELES = ZoneInfo("America/Los_Angeles")


def document(name: str) -> bytes:
    """The bytes of a shipped calendar."""
    return resources.files("casesys.charters").joinpath("calendars", name).read_bytes()


def _shipped(name: str) -> Calendar:
    return parse_calendar(document(name))


CN = _shipped("cn-2026.toml")
LA = _shipped("us-la-2017-2018.toml")


def cn(text: str) -> datetime:
    """An instant written in Chinese local time."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def la(text: str) -> datetime:
    """An instant written in Californian local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LOS_ANGELES).astimezone(UTC)
