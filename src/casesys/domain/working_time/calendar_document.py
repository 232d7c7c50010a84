"""Reading a calendar document: TOML or JSON, strict, with errors that say what to mend.

The digest is over the document's meaning, not its bytes: the same calendar in TOML and in JSON has
the same canonical form.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, structs

from casesys.domain.messages import Text
from casesys.domain.working_time.calendar import Calendar, CalendarInvalid
from casesys.domain.working_time.zone import BEGINNING, FOREVER, MINUTE, Zone, ticks

Line = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\ud800-\udfff]*\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


# Defaults are left out of the canonical form, so that a field added later does not change the
# digests of what was adopted before.
class _Part(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class _Label(_Part, frozen=True):
    zh: Line
    en: Line


class _Offset(_Part, frozen=True):
    minutes: Annotated[int, Meta(gt=-1440, lt=1440)]
    since: Instant | None = None


class _Zone(_Part, frozen=True):
    name: Line
    offsets: Annotated[tuple[_Offset, ...], Meta(min_length=1)]
    known_until: Instant | None = None


class _Document(_Part, frozen=True):
    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}\Z")]
    label: _Label
    source: Line
    first_day: date
    last_day: date
    zone: _Zone
    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1)]
    hours: Annotated[tuple[str, ...], Meta(min_length=1)]
    holidays: dict[date, _Label] = {}
    make_up_days: dict[date, _Label] = {}


def parse_calendar(data: bytes) -> Calendar:
    """Read a calendar from its document, TOML or JSON in UTF-8.

    Raises CalendarInvalid with one of the codes `calendar-unreadable`, `calendar-field`,
    `calendar-coverage`, `calendar-weekdays`, `calendar-hours`, `calendar-days` and
    `calendar-offsets`. The calendars that were read last are remembered by their bytes.
    """
    return _calendar(data)


@lru_cache(maxsize=32)
def _calendar(data: bytes) -> Calendar:
    document = _document(data)
    if document.last_day < document.first_day:
        raise CalendarInvalid("calendar-coverage", "last_day comes before first_day")
    if len(set(document.weekdays)) < len(document.weekdays):
        raise CalendarInvalid("calendar-weekdays", "a weekday is named twice")
    weekdays = frozenset(_WEEK.index(name) + 1 for name in document.weekdays)
    hours = _hours(document.hours)
    _check_days(document, weekdays)
    zone = _zone(document)
    canonical = _canonical(document)
    return Calendar(
        code=document.code,
        label=_text(document.label),
        source=document.source,
        first_day=document.first_day,
        last_day=document.last_day,
        zone=zone,
        weekdays=weekdays,
        hours=hours,
        holidays=_labelled(document.holidays),
        make_up_days=_labelled(document.make_up_days),
        canonical=canonical,
        digest=hashlib.sha256(canonical).hexdigest(),
    )


def _document(data: bytes) -> _Document:
    """Read the bytes; both notations come down to the same plain values first."""
    try:
        text = data.decode()
        if text.lstrip().startswith("{"):
            plain = json.loads(text, object_pairs_hook=_without_repeats)
        else:
            plain = msgspec.to_builtins(tomllib.loads(text))
    except (ValueError, RecursionError) as error:  # every syntax error of the three is a ValueError
        raise CalendarInvalid("calendar-unreadable", f"not TOML or JSON: {error}") from error
    try:
        return msgspec.convert(plain, _Document, str_keys=True)
    except msgspec.ValidationError as error:
        raise CalendarInvalid("calendar-field", str(error)) from error


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that gives one key twice, as TOML does."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key!r} is given twice")
        found[key] = value
    return found


def _hours(spans: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Read spans such as `09:00-12:00` into minutes of the day; `24:00` is the day's end."""
    minutes = []
    for span in spans:
        read = _SPAN.fullmatch(span)
        if read is None:
            raise CalendarInvalid("calendar-hours", f"{span!r} is not of the form 09:00-12:00")
        begin = int(read[1]) * 60 + int(read[2])
        end = int(read[3]) * 60 + int(read[4]) if read[3] else 24 * 60
        if end <= begin:
            raise CalendarInvalid("calendar-hours", f"{span!r} ends before it begins")
        minutes.append((begin, end))
    for earlier, later in pairwise(minutes):
        if later[0] < earlier[1]:
            raise CalendarInvalid("calendar-hours", "spans overlap or are out of order")
    return tuple(minutes)


def _check_days(document: _Document, weekdays: frozenset[int]) -> None:
    """Refuse exceptions that are outside the coverage, contradict each other or change nothing."""
    for day in (*document.holidays, *document.make_up_days):
        if not document.first_day <= day <= document.last_day:
            raise CalendarInvalid("calendar-days", f"{day} is outside the days covered")
    for day in document.make_up_days:
        if day in document.holidays:
            raise CalendarInvalid("calendar-days", f"{day} is both holiday and make-up day")
        if day.isoweekday() in weekdays:
            raise CalendarInvalid("calendar-days", f"{day} is a working day without making up")


def _zone(document: _Document) -> Zone:
    """Compile the offsets, which must ascend and be known on every day covered."""
    offsets, until = document.zone.offsets, document.zone.known_until
    since = tuple(BEGINNING if o.since is None else ticks(o.since) for o in offsets)
    if any(later <= earlier for earlier, later in pairwise(since)):
        raise CalendarInvalid(
            "calendar-offsets", "offsets do not ascend; only the first may lack since"
        )
    zone = Zone(
        since=since,
        shift=tuple(offset.minutes * MINUTE for offset in offsets),
        until=FOREVER if until is None else ticks(until),
    )
    begin = zone.start_of(document.first_day.toordinal())
    end = zone.start_of(document.last_day.toordinal() + 1)
    if not (zone.knows(begin) and zone.knows(end)):
        raise CalendarInvalid("calendar-offsets", "the offset is not known on every day covered")
    return zone


def _canonical(document: _Document) -> bytes:
    """Write the document in canonical JSON.

    Keys are ASCII, numbers whole: sorting is all that RFC 8785 still asks for.
    """
    zone = structs.replace(
        document.zone,
        offsets=tuple(
            structs.replace(offset, since=_in_utc(offset.since)) for offset in document.zone.offsets
        ),
        known_until=_in_utc(document.zone.known_until),
    )
    weekdays = tuple(sorted(document.weekdays, key=_WEEK.index))
    plain = msgspec.to_builtins(
        structs.replace(document, zone=zone, weekdays=weekdays), str_keys=True
    )
    return msgspec.json.encode(plain, order="sorted")


def _in_utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)


def _text(label: _Label) -> Text:
    return Text(label.zh, label.en)


def _labelled(days: Mapping[date, _Label]) -> Mapping[date, Text]:
    return MappingProxyType({day: _text(days[day]) for day in sorted(days)})
