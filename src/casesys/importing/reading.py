"""From the path of a mapping to a project: the mapping with its charter and calendars, everything that can be checked checked."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from pydantic import ValidationError

from casesys import charters
from casesys.domain.charter.parse import CharterInvalid, CharterVersion, parse_charter
from casesys.domain.messages import Command
from casesys.domain.working_time import CalendarInvalid, parse_calendar
from casesys.importing.checking import check, registrations, step_commands
from casesys.importing.instants import LocalTimes
from casesys.importing.mapping import Mapping
from casesys.importing.problems import fail

LARGEST = 1 << 20
"""Bytes of a mapping; more is something else."""

SHIPPED = "shipped:"
"""What begins the name of a document that comes with casesys, not with the mapping."""

PROBLEMS_TOLD_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Project:
    """A mapping that was read, with what it names. `commands` gives the command of each step by the step's name."""

    mapping: Mapping
    charter: CharterVersion
    charter_document: str
    calendar_documents: tuple[str, ...]
    times: LocalTimes
    start: datetime
    as_of: datetime | None
    commands: dict[str, type[Command]]
    registrations: tuple[Command, ...]


def read_project(path: Path) -> Project:
    """Read a mapping and the documents it names, by paths that count from its folder. Raises ImportFailed."""
    mapping = _mapping(path)
    charter_document = _document(path.parent, mapping.charter)
    charter = _charter(charter_document, mapping.charter)
    calendars = tuple(_document(path.parent, name) for name in mapping.calendars)
    codes = [
        _calendar_code(text, name) for text, name in zip(calendars, mapping.calendars, strict=True)
    ]
    commands = step_commands(mapping)
    check(mapping, commands, charter, frozenset(codes))
    times = LocalTimes(mapping.file.time_format, ZoneInfo(mapping.file.zone))
    return Project(
        mapping=mapping,
        charter=charter,
        charter_document=charter_document,
        calendar_documents=calendars,
        times=times,
        start=_instant(times, mapping.start, "start"),
        as_of=None if mapping.as_of is None else _instant(times, mapping.as_of, "as_of"),
        commands=commands,
        registrations=registrations(mapping),
    )


def _mapping(path: Path) -> Mapping:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        fail("mapping-unreadable", path=path, detail=error.strerror)
    if len(data) > LARGEST:
        fail("mapping-syntax", detail="larger than 1 MiB")
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except RecursionError:
        fail("mapping-syntax", detail="nested too deeply")
    except ValueError as error:  # of TOML or of UTF-8
        fail("mapping-syntax", detail=error)
    try:
        # Through JSON, because only there a strict model reads tables as the values they stand for.
        return Mapping.model_validate_json(msgspec.json.encode(document))
    except ValidationError as error:
        fail("mapping-malformed", detail=told(error))


def told(error: ValidationError) -> str:
    """Write what pydantic found, with where; never the value itself, which may be a cell of the file."""
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in found]
    return "; ".join(lines[:PROBLEMS_TOLD_AT_MOST])


def _document(folder: Path, name: str) -> str:
    try:
        if name.startswith(SHIPPED):
            return charters.read(name.removeprefix(SHIPPED)).decode()
        return (folder / name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        fail("document-unreadable", path=name, detail=getattr(error, "strerror", None) or error)


def _charter(document: str, name: str) -> CharterVersion:
    try:
        return parse_charter(document.encode())
    except CharterInvalid as error:
        fail("charter-invalid", path=name, detail=error)


def _calendar_code(document: str, name: str) -> str:
    try:
        return parse_calendar(document.encode()).code
    except CalendarInvalid as error:
        fail("calendar-invalid", path=name, detail=error)


def _instant(times: LocalTimes, time: datetime, where: str) -> datetime:
    meant = times.meant(time)
    if not meant:
        fail("mapping-bad-value", where=where, detail="a time that the clock skips")
    return meant[0]
