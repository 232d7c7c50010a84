"""A history as plain values for programs: the same keys always, instants in UTC, what was erased marked."""

from typing import Any

import msgspec

from casesys.domain.messages import Event, Personal, Text
from casesys.replay.changes import whole
from casesys.replay.history import Entry, History
from casesys.replay.phrasing import phrase
from casesys.replay.sentences import SENTENCES
from casesys.replay.speaking import Speaker
from casesys.replay.story import zone_of


def record(history: History) -> dict[str, Any]:
    """Give a history as one JSON object: the moment, the state, every entry with its sentence in both languages, the deadlines.

    A personal text is an object with `text` and `subject`, or with `erased` and `subject`.
    """
    told = {
        "case_id": history.case_id,
        "position": history.position,
        "as_of": history.instant,
        "version": history.version,
        "state": whole(history.state),
        "entries": [_entry(history, entry) for entry in history.entries],
        "deadlines": history.deadlines,
    }
    plain: dict[str, Any] = msgspec.to_builtins(told)
    return plain


def _entry(history: History, entry: Entry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "version": entry.version,
        "type": entry.type,
        "command": entry.command,
        "command_id": entry.command_id,
        "who": entry.who,
        "recorded_at": entry.recorded_at,
        "decided_at": entry.decided_at,
        "effective_at": entry.effective_at,
        "channel": entry.channel,
        "client_id": entry.client_id,
        "reason_code": entry.reason_code,
        "clause": entry.clause,
        "event": _event(entry.event),
        "says": _says(history, entry),
        "changes": entry.changes,
        "clocks": entry.clocks,
        "tally": entry.tally,
    }


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
