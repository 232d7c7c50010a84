"""The case file: how a case stands at a moment, with everything about it that people look up, in plain structures.

It is made from the stream of the case and never stored. What depends on its events alone (`told`) is apart from what also depends on
the instant: deadlines, and what somebody may do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from casesys.domain.cases import events as e
from casesys.domain.cases.state import Case
from casesys.domain.charter.model import DIRECT
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.charter.parts import Labelled
from casesys.domain.messages import Event, Personal, Rule, Text, message_type
from casesys.domain.vocabulary import TERMS, Status, TallyOutcome
from casesys.replay.counting import TallyTold
from casesys.replay.counting import told as counted
from casesys.replay.known import Known
from casesys.replay.opening import Ciphertexts, opened, sealed_of, with_texts
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import recorded, type_of
from casesys.vault.vault import Vault

NOTES_AT_MOST = 50
"""How many notes are told: the last ones. Of everything else there is never very much."""


class PersonalTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A personal text and whose it is; one that was erased has no text any more."""

    subject: str
    text: str | None = None
    erased: bool = False


class PartyTold(msgspec.Struct, frozen=True):
    """Somebody concerned with a case. `role` says how: initiator, lead, supporting, or as what they were added.

    `name` is that of the register, `said` the name that was given with the case, if any.
    """

    party: str
    role: str
    name: Text | None
    said: PersonalTold | None
    contact: PersonalTold | None


class ProposalTold(msgspec.Struct, frozen=True):
    """What was to be decided."""

    version: int
    number: int
    title: str
    text: PersonalTold | None


class DecisionTold(msgspec.Struct, frozen=True):
    """What a step of a deliberation came to: how it was counted, and under which clause."""

    version: int
    at: datetime
    step: str
    attempt: int
    outcome: TallyOutcome
    tally: TallyTold | None
    clause: str | None
    clause_text: Text | None


class EvidenceTold(msgspec.Struct, frozen=True):
    """A file of the case, named by the SHA-256 of its content."""

    version: int
    at: datetime
    by: str
    digest: str
    media_type: str
    size: int
    caption: PersonalTold | None


class NoteTold(msgspec.Struct, frozen=True):
    """A note."""

    version: int
    at: datetime
    by: str
    note: PersonalTold


class Labels(msgspec.Struct, frozen=True):
    """The codes of a case in words, from its charter and the vocabulary."""

    case_type: Text
    category: Text
    stage: Text
    status: Text
    channel: Text
    visibility: Text
    grid: Text | None
    track: Text | None
    procedure: Text | None
    step: Text | None
    result: Text | None


class CaseTold(msgspec.Struct, frozen=True, kw_only=True):
    """A case after the last of some events: its state, and what its events said that the state does not keep.

    `notes` are the last fifty. `earlier_notes` says how many more there are, if there are: the history of the case has them.
    """

    case_id: str
    version: int
    changed_at: datetime
    status: Status
    result: str | None
    state: Case
    charter: Rule
    labels: Labels
    description: PersonalTold | None
    location: PersonalTold | None
    parties: tuple[PartyTold, ...]
    proposals: tuple[ProposalTold, ...]
    decisions: tuple[DecisionTold, ...]
    evidence: tuple[EvidenceTold, ...]
    notes: tuple[NoteTold, ...]
    earlier_notes: int | msgspec.UnsetType = msgspec.UNSET


class _Said(NamedTuple):
    """An event with its personal texts opened, and the leaf it came in."""

    stored: Stored
    event: Event


def told(  # noqa: PLR0913 - what a case is told from
    log: EventLog,
    vault: Vault,
    events: Sequence[Stored],
    *,
    state: Case,
    charter: CharterVersion,
    known: Known,
) -> CaseTold:
    """Tell a case after some events, all from its first, that left it in a state.

    `charter` is the version that governs it then. Raises VaultError.
    """
    telling, earlier = _worth_telling(events)
    said = list(_opened(log, vault, telling))
    collected = said[0].event
    assert isinstance(collected, e.CaseCollected)
    return CaseTold(
        case_id=state.case_id,
        version=state.version,
        changed_at=events[-1].leaf.effective_at,
        status=state.status,
        result=state.result,
        state=state,
        charter=charter.rule,
        labels=_labels(state, charter, known),
        description=_latest(said, "description"),
        location=_latest(said, "location"),
        parties=tuple(_parties(state, said, known)),
        proposals=tuple(_proposals(said)),
        decisions=tuple(_decisions(said, known)),
        evidence=tuple(_evidence(said)),
        notes=tuple(_notes(said)),
        earlier_notes=earlier or msgspec.UNSET,
    )


_KINDS = (
    e.CaseCollected,
    e.CaseAmended,
    e.PartyAdded,
    e.ProposalTabled,
    e.DecisionReached,
    e.EvidenceAttached,
    e.NoteAdded,
)
"""The events that a case file is told from, besides the state."""

_TYPES = frozenset(map(message_type, _KINDS))
_NOTE = message_type(e.NoteAdded)


def _worth_telling(events: Sequence[Stored]) -> tuple[list[Stored], int]:
    """Give the events that are told, and how many earlier notes are left out. Only their types are looked at."""
    types = [type_of(stored) for stored in events]
    earlier = max(0, types.count(_NOTE) - NOTES_AT_MOST)
    left_out = 0
    telling = []
    for stored, kind in zip(events, types, strict=True):
        if kind == _NOTE and left_out < earlier:
            left_out += 1
        elif kind in _TYPES:
            telling.append(stored)
    return telling, earlier


def _opened(log: EventLog, vault: Vault, events: Sequence[Stored]) -> Iterator[_Said]:
    """Open the texts of some events."""
    sealed: Ciphertexts = sealed_of(log, events)
    for stored in events:
        event = recorded(stored).event
        yield _Said(stored, with_texts(event, opened(stored, sealed, vault)))


def _personal(personal: Personal | None) -> PersonalTold | None:
    if personal is None:
        return None
    return PersonalTold(personal.subject, personal.text, erased=personal.text is None)


def _latest(said: Iterable[_Said], name: str) -> PersonalTold | None:
    """Give a text of the case as it was last corrected."""
    texts = (
        getattr(each.event, name, None)
        for each in said
        if isinstance(each.event, e.CaseCollected | e.CaseAmended)
    )
    given = [text for text in texts if text is not None]
    return _personal(given[-1]) if given else None


def _parties(state: Case, said: Sequence[_Said], known: Known) -> Iterator[PartyTold]:
    collected = said[0].event
    assert isinstance(collected, e.CaseCollected)
    name = None if state.anonymous else known.party(state.initiator)
    given, contact = _personal(collected.initiator_name), _latest(said, "initiator_contact")
    yield PartyTold(state.initiator, "initiator", name, given, contact)
    added = {each.event.party: each.event for each in said if isinstance(each.event, e.PartyAdded)}
    for party, event in added.items():
        given, contact = _personal(event.name), _personal(event.contact)
        yield PartyTold(party, event.role, known.party(party), given, contact)
    if state.assignment is not None:
        if state.assignment.lead is not None:
            yield _assigned(state.assignment.lead, "lead", known)
        for party in state.assignment.supporting:
            yield _assigned(party, "supporting", known)


def _assigned(party: str, role: str, known: Known) -> PartyTold:
    return PartyTold(party, role, known.party(party), None, None)


def _proposals(said: Iterable[_Said]) -> Iterator[ProposalTold]:
    for stored, event in said:
        if isinstance(event, e.ProposalTabled):
            text = _personal(event.text)
            yield ProposalTold(stored.leaf.stream_seq, event.number, event.title, text)


def _decisions(said: Iterable[_Said], known: Known) -> Iterator[DecisionTold]:
    for stored, event in said:
        if isinstance(event, e.DecisionReached):
            leaf = stored.leaf
            assert leaf.rule_digest is not None
            applied = known.charter(leaf.rule_digest)
            yield DecisionTold(
                version=leaf.stream_seq,
                at=leaf.effective_at,
                step=event.step,
                attempt=event.attempt,
                outcome=event.outcome,
                tally=None if event.tally is None else counted(event.tally),
                clause=leaf.rule_id,
                clause_text=None if leaf.rule_id is None else applied.clause_text(leaf.rule_id),
            )


def _evidence(said: Iterable[_Said]) -> Iterator[EvidenceTold]:
    for stored, event in said:
        if isinstance(event, e.EvidenceAttached):
            leaf = stored.leaf
            yield EvidenceTold(
                version=leaf.stream_seq,
                at=leaf.effective_at,
                by=leaf.actor_id,
                digest=event.digest,
                media_type=event.media_type,
                size=event.size,
                caption=_personal(event.caption),
            )


def _notes(said: Iterable[_Said]) -> Iterator[NoteTold]:
    for stored, event in said:
        if isinstance(event, e.NoteAdded):
            leaf, note = stored.leaf, _personal(event.note)
            assert note is not None
            yield NoteTold(leaf.stream_seq, leaf.effective_at, leaf.actor_id, note)


def _labels(state: Case, charter: CharterVersion, known: Known) -> Labels:
    document = charter.charter
    procedure = None if state.procedure is None else document.procedures.get(state.procedure)
    step = None if state.deliberation is None else state.deliberation.step
    return Labels(
        case_type=_label(document.case_types, state.case_type),
        category=_label(document.categories, state.category),
        stage=state.stage.label,
        status=state.status.label,
        channel=_label(document.channels, state.channel),
        visibility=_label(document.visibility, state.visibility),
        grid=known.grid(state.grid),
        track=None if state.track is None else state.track.label,
        procedure=TERMS[DIRECT] if state.direct else None if procedure is None else procedure.label,
        step=None
        if procedure is None or step is None
        else procedure.steps[procedure.index(step)].label,
        result=None if state.result is None else _label(document.results, state.result),
    )


def _label(defined: Mapping[str, Labelled], code: str) -> Text:
    """Give what a charter calls a code; one that it does not know, which only another version defined, stands for itself."""
    found = defined.get(code)
    return Text(code, code) if found is None else found.label
