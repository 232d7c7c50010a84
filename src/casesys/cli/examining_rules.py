"""Doctor's look at the rules: the charters in force, and how far the calendars reach that they count by."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from casesys.application import Service
from casesys.cli.examining_keys import streams
from casesys.cli.findings import Finding, Level, fine
from casesys.cli.founding import calendars_of
from casesys.domain.catalogue import parse_document
from casesys.domain.charter.parse import CharterInvalid, CharterVersion
from casesys.domain.messages import Text
from casesys.domain.register.state import AdoptedCalendar, Document, Grid, InForce
from casesys.domain.register.streams import calendar_stream, document_stream
from casesys.domain.working_time import Calendar, CalendarInvalid

ENDS_SOON = timedelta(days=60)


def examine_rules(service: Service, now: datetime) -> Iterator[Finding]:
    """Look whether a charter is in force, can still be read, and has calendars that reach far enough."""
    needed: set[str] = set()
    in_force = False
    for stream in streams(service, "grid/"):
        grid = service.engine.load((stream,))[stream].state
        if not isinstance(grid, Grid):
            continue
        newest = next((each for each in reversed(grid.charters) if each.since <= now), None)
        if newest is None:
            continue
        in_force = True
        version = _document(service, newest.digest)
        yield _charter(grid.path[-1], newest, version)
        if isinstance(version, CharterVersion):
            needed |= calendars_of(version)
    if not in_force:
        yield Finding(
            Level.WARNING,
            "no-charter",
            Text(
                "没有生效的章程，不能登记事项", "no charter is in force: no case can be collected"
            ),
            Text("安装章程：casesys do install-charter", "install one: casesys do install-charter"),
        )
    for code in sorted(needed):
        yield examine_calendar(service, code, now.date())


def _document(service: Service, digest: str) -> object | None:
    """Parse a document anew; None if it is not in the log, or is not what its digest says, or cannot be read."""
    stream = document_stream(digest)
    document = service.engine.load((stream,))[stream].state
    if not isinstance(document, Document):
        return None
    try:
        parsed = parse_document(document.kind, document.text)
    except (CharterInvalid, CalendarInvalid):
        return None
    return parsed if getattr(parsed, "digest", None) == digest else None


def _charter(grid_id: str, in_force: InForce, version: object | None) -> Finding:
    name = f"{in_force.code} {in_force.version}"
    if version is None:
        return Finding(
            Level.ERROR,
            "charter-unreadable",
            Text(
                f"{grid_id}的章程{name}无法读取", f"the charter {name} of {grid_id} cannot be read"
            ),
            Text("使用安装它的casesys版本", "use the version of casesys that installed it"),
        )
    return fine("charter", f"{grid_id}适用章程{name}", f"charter {name} is in force for {grid_id}")


def examine_calendar(service: Service, code: str, today: date) -> Finding:
    """Look how far a calendar reaches; a warning begins 60 days before its end."""
    stream = calendar_stream(code)
    adopted = service.engine.load((stream,))[stream].state
    calendar = _document(service, adopted.digest) if isinstance(adopted, AdoptedCalendar) else None
    adopt = Text(
        "采用新版日历：casesys do adopt-calendar", "adopt an edition: casesys do adopt-calendar"
    )
    if not isinstance(calendar, Calendar):
        return Finding(
            Level.ERROR,
            "calendar-not-adopted",
            Text(
                f"章程所用的日历{code}没有采用或无法读取",
                f"the calendar {code} that the charter counts by is not there",
            ),
            adopt,
        )
    if calendar.last_day - today >= ENDS_SOON:
        return fine(
            "calendar",
            f"日历{code}涵盖至{calendar.last_day}",
            f"the calendar {code} reaches to {calendar.last_day}",
        )
    return Finding(
        Level.WARNING,
        "calendar-ends-soon" if calendar.last_day >= today else "calendar-ended",
        Text(
            f"日历{code}只涵盖至{calendar.last_day}，此后的期限都是暂定",
            f"the calendar {code} reaches to {calendar.last_day} only: deadlines beyond are provisional",
        ),
        adopt,
    )
