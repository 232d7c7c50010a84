"""A history as plain values for programs: the same keys always, instants in UTC, what was erased marked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from casesys.domain.messages import Event, Personal, Text
from casesys.replay.changes import Change, whole
from casesys.replay.counting import TallyTold
from casesys.replay.history import ClauseTold, Entry, History, Who
from casesys.replay.phrasing import phrase
from casesys.replay.sentences import SENTENCES
from casesys.replay.speaking import Speaker
from casesys.replay.story import zone_of
from casesys.replay.timing import ClockTold


class EntryTold(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a case: where it stands, who, when, under which clause, what it says in words, and what it changed.

    `event` holds the fields of the event's type. A personal text among them is an object with `text` and `subject`, or with `erased`
    and `subject`. `command` is the command's type on the first event that it brought about.
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
    event: dict[str, Any]
    says: Text
    changes: tuple[Change, ...]
    clocks: tuple[ClockTold, ...]
    tally: TallyTold | None


def record(history: History) -> dict[str, Any]:
    """Give a history as one JSON object: the moment, the state, every entry with its sentence in both languages, the deadlines."""
    told = {
        "case_id": history.case_id,
        "position": history.position,
        "as_of": history.instant,
        "version": history.version,
        "state": whole(history.state),
        "entries": entries_told(history, history.entries),
        "deadlines": history.deadlines,
    }
    plain: dict[str, Any] = msgspec.to_builtins(told)
    return plain


def entries_told(history: History, entries: Iterable[Entry]) -> tuple[EntryTold, ...]:
    """Give some entries of a history as plain values."""
    return tuple(_entry(history, entry) for entry in entries)


def _entry(history: History, entry: Entry) -> EntryTold:
    return EntryTold(
        position=entry.position,
        version=entry.version,
        type=entry.type,
        command=entry.command,
        command_id=entry.command_id,
        who=entry.who,
        recorded_at=entry.recorded_at,
        decided_at=entry.decided_at,
        effective_at=entry.effective_at,
        channel=entry.channel,
        client_id=entry.client_id,
        reason_code=entry.reason_code,
        clause=entry.clause,
        event=_event(entry.event),
        says=_says(history, entry),
        changes=entry.changes,
        clocks=entry.clocks,
        tally=entry.tally,
    )


def _event(event: Event) -> dict[str, Any]:
    values = {name: getattr(event, name) for name in event.__struct_fields__}
    return {
        name: _personal(value) if isinstance(value, Personal) else value
        for name, value in values.items()
    }


def _personal(personal: Personal) -> dict[str, Any]:
    if personal.text is None:
        return {"erased": True, "subject": personal.subject}
    return {"text": personal.text, "subject": personal.subject}


def _says(history: History, entry: Entry) -> Text:
    zone, sentence = zone_of(history), SENTENCES[type(entry.event)]
    zh = Speaker(entry, history.known, "zh", zone)
    en = Speaker(entry, history.known, "en", zone)
    return Text(phrase(sentence.zh, zh.tell), phrase(sentence.en, en.tell))
