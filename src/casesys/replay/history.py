"""A case as it was at any moment: its state, and every event up to there with who, when, why, by which rule and what it changed.

Everything is read from the log as far as the moment, and explained by what was in force at each event: its charter version, the
calendar adopted then. What was erased since is marked; nothing else can have changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from casesys.domain.cases.events import DecisionReached
from casesys.domain.cases.state import Case
from casesys.domain.catalogue import evolve
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Event, Recorded, Text
from casesys.domain.register.authority import CLOCK
from casesys.evidence.leaf import Leaf
from casesys.replay.changes import Change, changes
from casesys.replay.counting import TallyTold, told
from casesys.replay.finding import find_case, moment_of
from casesys.replay.known import Known
from casesys.replay.opening import opened, sealed_of, with_texts
from casesys.replay.timing import (
    Calendars,
    ClockTold,
    Then,
    clock_turns,
    home_calendar,
    open_clocks,
)
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import recorded
from casesys.vault.vault import Vault

THE_CLOCK = Text("时钟", "the clock")


@dataclass(frozen=True, slots=True)
class Who:
    """Who acted: the person (or the clock), in which role, by which mandate, for whom. Names are None where unknown or erased."""

    actor_id: str
    name: Text | None
    role: str
    role_label: Text
    mandate_id: str | None
    on_behalf_of: str | None
    principal: Text | None


@dataclass(frozen=True, slots=True)
class ClauseTold:
    """The clause that an event rests on, as it stood in the charter version that was applied."""

    id: str
    charter: str
    version: str
    digest: str
    text: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a case, explained. `event` has its personal texts opened; the text of an erased one is None.

    `command` is the command's type on the first event that it brought about, None on those that follow. `charter` is the
    version that was applied; `before` and `after` are the states around the event.
    """

    position: int
    version: int
    type: str
    command: str | None
    command_id: UUID
    who: Who
    recorded_at: datetime
    decided_at: datetime
    effective_at: datetime
    channel: str
    client_id: str
    reason_code: str | None
    clause: ClauseTold | None
    charter: CharterVersion
    event: Event
    before: Case | None
    after: Case
    clocks: tuple[ClockTold, ...]
    tally: TallyTold | None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The fields of the state that differ between before and after."""
        return changes(self.before, self.after)


@dataclass(frozen=True, slots=True)
class History:
    """A case at a moment: the state after the last of its entries, and the deadlines that were open then.

    `position` is the log position that the answer was made from, `instant` the moment that deadlines are seen from. `known`
    answers what else a reader may ask: names, charters, calendars.
    """

    case_id: str
    position: int
    instant: datetime
    state: Case
    entries: tuple[Entry, ...]
    deadlines: tuple[ClockTold, ...]
    known: Known

    @property
    def version(self) -> int:
        """The number of the last event told."""
        return self.entries[-1].version


def history(  # noqa: PLR0913 - a moment can be named in three ways
    log: EventLog,
    vault: Vault,
    case: str,
    *,
    version: int | None = None,
    position: int | None = None,
    as_of: datetime | None = None,
) -> History:
    """Tell a case up to a version of it, a position of the log, or an instant of recording; else up to the end of the log.

    `case` is an id, the beginning of one (8 characters or more) or a source number. Raises NotFound, StoreError, VaultError.
    """
    case_id = find_case(log, case)
    moment = moment_of(log, case_id, version=version, position=position, as_of=as_of)
    known = Known(log, vault, moment.position)
    state, entries = _entries(log, vault, moment.events, known)
    charter = known.governing(state, moment.instant)
    then = Then(charter, calendars_at(known, charter, moment.position), moment.instant)
    return History(
        case_id=case_id,
        position=moment.position,
        instant=moment.instant,
        state=state,
        entries=entries,
        deadlines=open_clocks(state, then),
        known=known,
    )


def _entries(
    log: EventLog, vault: Vault, events: Sequence[Stored], known: Known
) -> tuple[Case, tuple[Entry, ...]]:
    """Fold the events of a case and explain each on the way."""
    sealed = sealed_of(log, events)
    case: Case | None = None
    entries = []
    for stored in events:
        event = recorded(stored)
        after = evolve(case, event)
        assert isinstance(after, Case)
        opened_event = with_texts(event.event, opened(stored, sealed, vault))
        entries.append(_entry(stored, replace(event, event=opened_event), case, after, known))
        case = after
    assert case is not None
    return case, tuple(entries)


def _entry(
    stored: Stored, recorded: Recorded, before: Case | None, after: Case, known: Known
) -> Entry:
    """Explain one event between two states of its case."""
    leaf, event = stored.leaf, recorded.event
    assert leaf.rule_digest is not None
    charter = known.charter(leaf.rule_digest)
    then = Then(charter, calendars_at(known, charter, stored.position), leaf.effective_at)
    tally = event.tally if isinstance(event, DecisionReached) else None
    return Entry(
        position=stored.position,
        version=leaf.stream_seq,
        type=f"{leaf.type}.v{leaf.schema_v}",
        command=recorded.command_type,
        command_id=leaf.command_id,
        who=_who(leaf, charter, known),
        recorded_at=leaf.recorded_at,
        decided_at=leaf.decided_at,
        effective_at=leaf.effective_at,
        channel=leaf.channel,
        client_id=leaf.client_id,
        reason_code=leaf.reason_code,
        clause=_clause(leaf.rule_id, charter),
        charter=charter,
        event=event,
        before=before,
        after=after,
        clocks=clock_turns(before, recorded, after, then),
        tally=None if tally is None else told(tally),
    )


def calendars_at(known: Known, charter: CharterVersion, position: int) -> Calendars:
    """Give the calendars that counted at a position. Budgets that need none are told by the clock on the charter's wall."""
    return lambda code: known.calendar(code or home_calendar(charter), position)


def _who(leaf: Leaf, charter: CharterVersion, known: Known) -> Who:
    role = charter.charter.roles.get(leaf.actor_role)
    label = Text(leaf.actor_role, leaf.actor_role) if role is None else role.label
    by_itself = leaf.actor_id == CLOCK
    principal = leaf.on_behalf_of
    return Who(
        actor_id=leaf.actor_id,
        name=THE_CLOCK if by_itself else known.party(leaf.actor_id),
        role=leaf.actor_role,
        role_label=THE_CLOCK if by_itself else label,
        mandate_id=leaf.mandate_id,
        on_behalf_of=principal,
        principal=None if principal is None else known.party(principal),
    )


def _clause(clause_id: str | None, charter: CharterVersion) -> ClauseTold | None:
    if clause_id is None:
        return None
    rule = charter.rule
    text = charter.clause_text(clause_id)
    return ClauseTold(clause_id, rule.charter, rule.version, rule.digest, text)
