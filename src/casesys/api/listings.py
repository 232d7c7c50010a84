"""Which lists there are, each of a read model: what waits for somebody, cases, deadlines, events, the register, the bulletin."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter

from casesys.api.lists import Asking, Listing, add_list
from casesys.domain.catalogue import COMMANDS, EVENTS, KINDS, UPCASTS
from casesys.domain.register.state import Person
from casesys.projections import (
    audit_queries,
    board_queries,
    bulletin,
    deadlines_queries,
    register_queries,
    worklist_queries,
)
from casesys.projections.paging import Page
from casesys.projections.register_facts import Kind, RegisterFact

router = APIRouter(prefix="/v1", tags=["lists"])

register_router = APIRouter(prefix="/v1", tags=["lists"])
"""The register's own, so that it can stand behind the commands, which are waited for more."""


class RegisterFilter(msgspec.Struct, frozen=True):
    """The register as it stood `at` an instant, `of` one subject (a person's mandates: the person), in a `grid` and below.

    With `position`, as it was known there, which is the same for ever: nothing that was recorded later counts. The instant is then
    that of its recording by default; without it, now.
    """

    at: datetime | None = None
    position: Annotated[int, msgspec.Meta(ge=1)] | None = None
    of: str | None = None
    grid: str | None = None


_TYPES = sorted({*EVENTS, *UPCASTS, *(name.partition(".")[0] for name in EVENTS)})
AUDIT_FILTER = msgspec.defstruct(
    "AuditQuery",
    [
        (name, Literal[tuple(values)] | None, None)
        for name, values in (("kind", KINDS), ("type", _TYPES), ("command", sorted(COMMANDS)))
    ],
    bases=(audit_queries.AuditFilter,),
    frozen=True,
)
"""The filter of the audit trail, which takes the names of the catalogue alone: by another one it would seem that there was nothing."""


def _worklist(asking: Asking) -> Page[worklist_queries.WorklistRow]:
    reader = asking.reader
    return worklist_queries.page(
        asking.db,
        Person(reader.person_id, reader.mandates),
        asking.wanted,
        now=reader.at,
        after=asking.after,
        limit=asking.limit,
    )


def _board(asking: Asking) -> Page[msgspec.Raw]:
    return board_queries.page(
        asking.db,
        asking.reader.sights,
        asking.wanted,
        now=asking.reader.at,
        after=asking.after,
        limit=asking.limit,
    )


def _deadlines(asking: Asking) -> Page[deadlines_queries.DeadlineRow]:
    return deadlines_queries.page(
        asking.db,
        asking.reader.sights,
        asking.wanted,
        now=asking.reader.at,
        after=asking.after,
        limit=asking.limit,
    )


def _events(asking: Asking) -> Page[audit_queries.AuditRow]:
    return audit_queries.page(
        asking.db,
        asking.reader.sights,
        asking.wanted,
        at=asking.reader.at,
        after=asking.after,
        limit=asking.limit,
    )


def _register(kind: Kind, asking: Asking) -> Page[RegisterFact]:
    wanted: RegisterFilter = asking.wanted
    known = wanted.position
    then = asking.reader.at if known is None else asking.log.read(known - 1, 1)[0].leaf.recorded_at
    return register_queries.at(
        asking.db,
        asking.reader.sights,
        wanted.at or then,
        kind,
        position=known,
        of=wanted.of,
        grid=wanted.grid,
        after=asking.after,
        limit=asking.limit,
    )


def _bulletin(asking: Asking) -> Page[bulletin.BulletinCase]:
    zone = register_queries.home_zone(asking.db)
    return bulletin.page(asking.db, asking.wanted, zone, after=asking.after, limit=asking.limit)


BOARD = Listing(
    path="/board",
    name="board",
    told="Cases as they stand, filtered, sorted and searched.",
    model="board",
    wanted=board_queries.BoardFilter,
    item=board_queries.BoardRow,
    page=_board,
)

LISTINGS = (
    Listing(
        path="/worklist",
        name="worklist",
        told="What waits for whoever asks, the most urgent first, and why.",
        model="worklist",
        wanted=worklist_queries.WorklistFilter,
        item=worklist_queries.WorklistRow,
        page=_worklist,
    ),
    BOARD,
    BOARD._replace(path="/cases", name="cases", told="The same as the board."),
    Listing(
        path="/deadlines",
        name="deadlines",
        told="Clocks of open cases, the soonest due first.",
        model="deadlines",
        wanted=deadlines_queries.DeadlineFilter,
        item=deadlines_queries.DeadlineRow,
        page=_deadlines,
    ),
    Listing(
        path="/audit/events",
        name="audit_events",
        told="Who did what by which right, under which clause, event by event.",
        model="audit_trail",
        wanted=AUDIT_FILTER,
        item=audit_queries.AuditRow,
        page=_events,
    ),
    Listing(
        path="/bulletin",
        name="bulletin",
        told="What everybody may read of public cases. Takes no key.",
        model="bulletin",
        wanted=bulletin.BulletinFilter,
        item=bulletin.BulletinCase,
        page=_bulletin,
        is_open=True,
    ),
)
"""The lists that are neither of a figure nor of the register."""

OF_REGISTER = tuple(
    Listing(
        path=f"/register/{kind}",
        name=f"{kind.replace('-', '_')}_facts",
        told=f"The register at an instant: {kind.replace('-', ' ')}.",
        model="register",
        wanted=RegisterFilter,
        item=RegisterFact,
        page=partial(_register, kind),
        reaches=lambda wanted: wanted.position or 0,
    )
    for kind in Kind
)
"""The lists of the register: one for each kind of its facts."""

for _each in LISTINGS:
    add_list(router, _each)

for _each in OF_REGISTER:
    add_list(register_router, _each)
