"""The case file: how a case stands, what it waits for, and which commands whoever asks may give on it now, and why not the others."""

from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casesys.api.authentication import actor_of
from casesys.api.commands import CASE_ID
from casesys.api.conditions import etag_of
from casesys.api.knowing import KnownCase, known_case
from casesys.api.looking import ByTurns
from casesys.api.moments import Moment, check
from casesys.api.openapi import CASE_FILE, CASE_PARAMETER, ETAG_TOLD
from casesys.api.parameters import Parameters
from casesys.api.parts import Actor, Parts
from casesys.api.remembering import Remembered
from casesys.api.schemas import answers, json_response, problem_responses, written
from casesys.api.turns import Turns
from casesys.domain.cases.preview import Possibility, advancing, preview
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Envelope, Text
from casesys.domain.register.lookups import calendar_that_counts
from casesys.domain.register.state import AdoptedCalendar, Body, Grid, Organisation, Person
from casesys.domain.register.streams import (
    body_stream,
    calendar_stream,
    grid_stream,
    organisation_stream,
    person_stream,
)
from casesys.domain.vocabulary import COMMANDS
from casesys.domain.working_time import Calendar
from casesys.domain.world import World
from casesys.replay.case_file import CaseTold, told
from casesys.replay.finding import moment_of
from casesys.replay.history import calendars_at
from casesys.replay.known import Known
from casesys.replay.timing import Calendars, ClockTold, Then, home_calendar, open_clocks
from casesys.store.reading import state_of

router = APIRouter(prefix="/v1", tags=["cases"])

LASTS = timedelta(seconds=10)
"""How old a file may be when nothing has happened since. One in which a deadline or a mandate of its reader ends, lasts till then."""

KEPT_CASES = 2_000
KEPT_FILES = 1_000
"""How many cases are kept as told to anybody, and how many files as given to somebody (10 to 30 KB each)."""

_MOMENT, _POSITION = b'"as_of":', b'"position":'
"""What is written anew whenever a file is given: it is as true as it was, and as of now."""

_NO_COMMAND = UUID(int=0)
_TELLS_ALL_POSSIBLE = frozenset({"out-of-order", "case-closed"})
"""Refusals whose list of what would be accepted is the list of allowed commands once more."""


class CommandAllowed(msgspec.Struct, frozen=True):
    """A command that whoever asks may give now, and by which right; it may still be refused for what it says."""

    command: str
    label: Text
    role: str
    mandate_id: str | None
    on_behalf_of: str | None
    clause: str | None


class CommandRefused(msgspec.Struct, frozen=True):
    """A command that whoever asks cannot give now, whatever it says, and why."""

    command: str
    label: Text
    code: str
    says: Text
    remedy: Text
    clause: str | None
    accepted: tuple[str, ...]


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """A case file, made from a position of the log, as of an instant.

    `deadlines` are the clocks that run, `waits_for` the commands that the case waits for from anybody. Of a past moment nobody is told
    what may be done. `history` is where the notes are that a file leaves out; absent if it has all.
    """

    case_id: str
    version: int
    case: CaseTold
    deadlines: tuple[ClockTold, ...]
    waits_for: tuple[str, ...] | None = None
    allowed: tuple[CommandAllowed, ...] | None = None
    refused: tuple[CommandRefused, ...] | None = None
    history: str | msgspec.UnsetType = msgspec.UNSET
    as_of: datetime
    position: int


class _Written(NamedTuple):
    """A case file in JSON, but for the moment at its end, and the version that it tells of."""

    version: int
    body: bytes


MOMENT = Parameters(Moment)


async def case_file(request: Request) -> Response:
    """Give a case with its parties, decisions, deadlines, evidence and notes, and what may be done with it now.

    With `version`, `position` or `as_of`: as it was then.
    """
    actor = actor_of(request)
    moment = MOMENT.read(request.scope["query_string"])
    check(moment, actor)
    files: CaseFiles = request.app.state.case_files
    case_id = request.path_params[CASE_ID]
    if moment.is_now:
        return files.now(actor, case_id)
    file = await files.past(actor, case_id, moment)
    actor = actor_of(request)  # a key may be revoked while one waits
    known_case(actor.world, actor, case_id)
    return json_response(file, position=file.position)


router.add_api_route(
    "/cases/{case_id}",
    case_file,
    operation_id=CASE_FILE,
    summary="The case file",
    response_class=Response,
    responses={
        200: answers(CaseFile, "The case as it stands, or stood", headers={"ETag": ETAG_TOLD}),
        **problem_responses(400, 401, 404),
    },
    openapi_extra={"parameters": [CASE_PARAMETER, *MOMENT.documented()]},
)


class CaseFiles:
    """Makes case files, and remembers them. Belongs to the event loop."""

    def __init__(self, parts: Parts, turns: Turns) -> None:
        """Make them from the parts of a site, those of long cases in turns."""
        self._parts = parts
        self._turns = turns
        forgotten = ByTurns(parts.vault.forgotten).this_turn
        self._told = Remembered[CaseTold](parts.current, forgotten, at_most=KEPT_CASES)
        self._written = Remembered[_Written](parts.current, forgotten, at_most=KEPT_FILES)

    def now(self, actor: Actor, case_id: str) -> Response:
        """Answer with a case as it stands. Raises Refusal `unknown-case`."""
        key = (case_id, actor.person_id)
        file = self._written.get(key, actor.at)
        if file is None:
            forgotten = self._parts.vault.forgotten()
            world = self._parts.current.world()
            known = known_case(world, actor, case_id)
            made = self._file(world, actor, known)
            whole = msgspec.json.encode(made)
            file = _Written(made.version, whole[: whole.rindex(_MOMENT)])
            self._written.put(key, file, world.reads, forgotten, until=_lasts_until(made, actor))
        return written(
            b"%b%b%b,%b%d}"
            % (file.body, _MOMENT, msgspec.json.encode(actor.at), _POSITION, actor.position),
            position=actor.position,
            headers={"ETag": etag_of(case_id, file.version)},
        )

    async def past(self, actor: Actor, case_id: str, moment: Moment) -> CaseFile:
        """Give a case as it was. Whoever may know of it now may know how it was.

        Raises Refusal `unknown-case`, NotFound for a moment that there is not, and Problem `overloaded`.
        """
        case = known_case(actor.world, actor, case_id).case
        past = partial(self._past, case_id, moment)
        return await self._turns.made(actor.person_id, past, case.version)

    def _past(self, case_id: str, moment: Moment) -> CaseFile:
        log, vault = self._parts.log, self._parts.vault
        events, position, instant = moment_of(
            log, case_id, version=moment.version, position=moment.position, as_of=moment.as_of
        )
        state = state_of(events).state
        assert isinstance(state, Case)
        known = Known(log, vault, position)
        charter = known.governing(state, instant)
        case = told(log, vault, events, state=state, charter=charter, known=known)
        then = Then(charter, calendars_at(known, charter, position), instant)
        return CaseFile(
            case_id=case_id,
            version=case.version,
            case=case,
            deadlines=open_clocks(state, then),
            history=_history(case, f"?position={position}"),
            as_of=instant,
            position=position,
        )

    def _file(self, world: World, actor: Actor, known: KnownCase) -> CaseFile:
        case, charter = known
        possible = preview(world, _asking(actor), case, charter)
        file = self._case(world, actor, known)
        return CaseFile(
            case_id=case.case_id,
            version=case.version,
            case=file,
            deadlines=open_clocks(case, Then(charter, _calendars(world, charter), actor.at)),
            waits_for=advancing(world, case, charter, actor.at),
            allowed=tuple(map(_allowed, (each for each in possible if each.permit is not None))),
            refused=tuple(map(_refused, (each for each in possible if each.refusal is not None))),
            history=_history(file),
            as_of=actor.at,
            position=actor.position,
        )

    def _case(self, world: World, actor: Actor, known: KnownCase) -> CaseTold:
        """Tell what depends on the case and its charter alone, and remember it for whoever asks next."""
        case, charter = known
        # Until a case is accepted, another charter comes to govern it by the date alone.
        key = (case.case_id, charter.digest)
        kept = self._told.get(key, actor.at)
        if kept is not None:
            return kept
        log, vault = self._parts.log, self._parts.vault
        forgotten = vault.forgotten()
        events = log.read_stream(case_stream(case.case_id), upto_version=case.version)
        names = Known(log, vault, actor.position)
        file = told(log, vault, events, state=case, charter=charter, known=names)
        _look_at_names(world, file)
        self._told.put(key, file, world.reads, forgotten)
        return file


def _history(case: CaseTold, moment: str = "") -> str | msgspec.UnsetType:
    """Give where all that was left out of a file is."""
    if case.earlier_notes is msgspec.UNSET:
        return msgspec.UNSET
    return f"/v1/cases/{case.case_id}/history{moment}"


def _lasts_until(file: CaseFile, actor: Actor) -> datetime:
    """Give the instant from which a file has to be made anew, though nothing has happened."""
    ends = (mandate.until for mandate in actor.mandates if mandate.until is not None)
    dues = (clock.due_at for clock in file.deadlines if clock.due_at > actor.at)
    return min((actor.at + LASTS, *ends, *dues))


def _asking(actor: Actor) -> Envelope:
    return Envelope(command_id=_NO_COMMAND, actor_id=actor.person_id, decided_at=actor.at)


def _calendars(world: World, charter: CharterVersion) -> Calendars:
    """Give the calendars that count now. Budgets that need none are told by the clock on the charter's wall."""

    def counting(code: str) -> Calendar | None:
        code = code or home_calendar(charter)
        if not code or world.state(calendar_stream(code), AdoptedCalendar) is None:
            return None
        return calendar_that_counts(world, code)

    return counting


def _look_at_names(world: World, file: CaseTold) -> None:
    """Look at everybody who is named, so that whoever is registered later is not remembered as unknown."""
    world.state(grid_stream(file.state.grid), Grid)
    for party in file.parties:
        world.state(organisation_stream(party.party), Organisation)
        world.state(body_stream(party.party), Body)
        world.state(person_stream(party.party), Person)


def _allowed(possibility: Possibility) -> CommandAllowed:
    permit = possibility.permit
    assert permit is not None
    return CommandAllowed(
        command=possibility.command,
        label=COMMANDS[possibility.command],
        role=permit.authority.role,
        mandate_id=permit.authority.mandate_id,
        on_behalf_of=permit.authority.on_behalf_of,
        clause=permit.clause,
    )


def _refused(possibility: Possibility) -> CommandRefused:
    refusal = possibility.refusal
    assert refusal is not None
    return CommandRefused(
        command=possibility.command,
        label=COMMANDS[possibility.command],
        code=refusal.code,
        says=refusal.says,
        remedy=refusal.remedy,
        clause=refusal.clause,
        accepted=() if refusal.code in _TELLS_ALL_POSSIBLE else refusal.accepted,
    )
