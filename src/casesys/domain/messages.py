"""Commands, events and what travels with them: the words the rest of the domain is written in.

A *command* is an imperative message, validated by pydantic at the edge. An *event* is a past-tense fact, a frozen msgspec structure,
stored for ever under a name of ours (see docs/adr/0001 and 0002). Values that both carry are frozen dataclasses, which both
libraries read. Stored names come from the class names; the golden samples in the tests hold them fast.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, ClassVar, NewType, dataclass_transform, get_args
from uuid import UUID

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticKnownError

StreamId = NewType("StreamId", str)
"""One consistency boundary of the log, as `kind/id`, for example `case/0197…`."""

Value = bool | int | str
"""What a fact of a case may be. Booleans come first: in Python they are integers too."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
"""A stable, stored identifier of something that a charter or the engine defines."""

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
"""The name of one case, person, grid, body, …: a UUIDv7 by default, or what a source system calls it."""


_EARLIEST = datetime(1, 1, 3, tzinfo=UTC)
_LATEST = datetime(9999, 12, 29, tzinfo=UTC)
"""What lies between these has a local time, and a day before and after it, everywhere."""


def _instant(value: object) -> datetime:
    """Read an instant as RFC 3339 writes it. A bare number or date is none: it would be taken for something else."""
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(instant, datetime) and instant.tzinfo is not None:
            kept = instant.astimezone(UTC)
            if _EARLIEST <= kept <= _LATEST:
                return kept
    except (ValueError, OverflowError):
        pass
    msg = "an instant is written 2026-03-02T09:30+08:00 or 2026-03-02T01:30Z, and not at the very ends of time"
    raise ValueError(msg)


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An instant of a command; whatever its offset, it is kept in UTC, as all instants are."""

_CONTROLS = (
    r"\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"
)
"""What breaks lines, drives terminals, turns the direction of the text around it or cannot be seen: controls, separators, marks."""

_CONTROL = re.compile(f"[{_CONTROLS}]")

_FAINT = (
    r"\u00ad\u0300-\u036f\u0483-\u0489\u115f\u1160\u17b4\u17b5\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff"
    r"\u200c\u200d\u2061-\u2065\u206a-\u206f\u20d0-\u20ff\u2800\u3164\ufe00-\ufe0f\ufe20-\ufe2f\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff"
)
"""What shows nothing by itself: marks that go on top of another character, fillers, joiners, variants, tags."""

_SHOWN = rf"[^{_CONTROLS}{_FAINT}\s]"

_SHOWS = re.compile(_SHOWN)

_UNPRINTED = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e"
"""What has no place in a text of many lines either: controls but tabs and line ends, and what turns all that follows it around."""

_HAS_UNPRINTED = re.compile(f"[{_UNPRINTED}]")


def _of_one_line(text: str) -> str:
    """Refuse what would make a text look like another, or like two, wherever it is shown."""
    if _CONTROL.search(text):
        raise ValueError("a text of one line has no control characters in it")
    return text


def _stripped(text: str) -> str:
    """Take off the spaces around a text, which has to be more than that."""
    within = text.strip()
    if not within:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return _seen(within)


def _seen(text: str) -> str:
    """Refuse a text that shows nothing: whoever looks for it would not find it."""
    if not _SHOWS.search(text):
        raise ValueError("a text of one line has something in it that can be seen")
    return text


ShortText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    AfterValidator(_of_one_line),
    AfterValidator(_stripped),
    Field(json_schema_extra={"pattern": rf"^[^{_CONTROLS}]*{_SHOWN}[^{_CONTROLS}]*$"}),
]
"""Public text of one line; nothing about a private person belongs in it. It is held against its form as it comes, then stripped."""

PERSONAL_TEXT_LIMIT = 20_000
SUBJECT_LIMIT = 100  # an initiator nobody named is `initiator:` and the id of the case


@dataclass(frozen=True, slots=True)
class Text:
    """A public label or sentence in Chinese and English."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    zh: str
    en: str


def _named_in_one_line(name: Text) -> Text:
    for text in (name.zh, name.en):
        _of_one_line(text)
        _seen(text)
    return name


Name = Annotated[Text, AfterValidator(_named_in_one_line)]
"""What something of the register is called."""


class Personal(
    msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Personal data: never stored in the clear, never read by a rule, gone once its subject's key is erased.

    `subject` is whose data it is; left empty it becomes the subject of the case. `text` is None once erased, or when the reader
    had no cause to open it. `pd` is the slot of the leaf that holds the sealed form, None before it is stored.
    """

    text: str | None = None
    subject: str = ""
    pd: int | None = None


def _personal(value: object) -> object:
    """Read personal data: a plain string, as everybody writes it, or what somebody who embeds casesys says is a subject's.

    Nobody else says whose a text is: the subject stands in the log in the clear. Whether it may be theirs is for the rules to say.
    """
    text, subject = (value.text, value.subject) if isinstance(value, Personal) else (value, "")
    if not isinstance(text, str):
        msg = "personal data is a text"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns ValueError into a validation error
    if not 0 < len(text) <= PERSONAL_TEXT_LIMIT or len(subject) > SUBJECT_LIMIT:
        msg = f"a personal text has 1 to {PERSONAL_TEXT_LIMIT} characters, its subject at most {SUBJECT_LIMIT}"
        raise ValueError(msg)
    if text is value and _HAS_UNPRINTED.search(text):  # what was stored is read as it is
        raise ValueError(
            "a personal text has no control characters in it, nor any that turn it around"
        )
    if _has_half_a_character(text + subject):
        msg = "a personal text holds whole characters, no lone surrogates"
        raise ValueError(msg)
    return Personal(text=text, subject=subject)


def _has_half_a_character(text: str) -> bool:
    """Say whether a text has a lone surrogate, which nothing can store. JSON written by hand may."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


PersonalText = Annotated[
    Personal,
    PlainValidator(_personal),
    WithJsonSchema(
        {
            "type": "string",
            "minLength": 1,
            "maxLength": PERSONAL_TEXT_LIMIT,
            "pattern": f"^[^{_UNPRINTED}]*$",
            "x-personal": True,
        }
    ),
]
"""A personal field of a command: a plain string; for who embeds casesys, also a `Personal` with a text and its subject."""


class Command(BaseModel):
    """What somebody asks for. A refused command leaves no event."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    schema_version: ClassVar[int] = 1


@dataclass_transform(frozen_default=True)
class Event(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """What has happened. Fields are added with a default that means what the old events meant, else the version is raised."""

    schema_version: ClassVar[int] = 1


@cache
def message_type(message: type[Command | Event]) -> str:
    """Give the stored type of a message class: `CaseAccepted` is `case-accepted`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", message.__name__).lower()


@cache
def stored_name(event: type[Event]) -> str:
    """Give the versioned name an event is stored under: `case-accepted.v1`."""
    return f"{message_type(event)}.v{event.schema_version}"


@cache
def personal_fields(message: type[Command | Event]) -> tuple[str, ...]:
    """Name the fields of a message class that hold personal data, in order. They are never nested."""
    if issubclass(message, Event):
        hints = {field.name: field.type for field in msgspec.structs.fields(message)}
    else:
        hints = {name: field.annotation for name, field in message.model_fields.items()}
    return tuple(name for name, hint in hints.items() if _is_personal(hint))


def _is_personal(hint: object) -> bool:
    """Say whether a type hint is personal data, alone, annotated or in a union."""
    return hint is Personal or any(_is_personal(part) for part in get_args(hint))


class Envelope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who asks, by which right, through what and when: everything about a command that is not its content.

    `decided_at` is the instant the rules see. `effective_at` is when it really happened (paper notes are entered later) and
    defaults to `decided_at`. `actor_id` is a person, or `clock` for what time alone brings about.
    """

    command_id: UUID
    actor_id: str
    decided_at: datetime
    effective_at: datetime | None = None
    mandate_id: str | None = None
    on_behalf_of: str | None = None
    channel: str = "console"
    client_id: str = "local"
    reason_code: str | None = None
    causation_id: str | None = None
    correlation_id: str | None = None

    @property
    def happened_at(self) -> datetime:
        """The effective instant."""
        return self.effective_at or self.decided_at


class Rule(msgspec.Struct, frozen=True, gc=False):
    """The charter version that was applied: its code and version for people, its digest for proof."""

    charter: str
    version: str
    digest: str


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """One event of a decision, the stream it belongs to and the clause it rests on, if it rests on one."""

    stream: StreamId
    event: Event
    clause: str | None = None


class Authority(msgspec.Struct, frozen=True, gc=False):
    """By which role, mandate and principal the actor acted."""

    role: str
    mandate_id: str | None = None
    on_behalf_of: str | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a command brings about: events per stream, and the version of every stream that was looked at.

    `subject` is whose the personal texts are that name nobody.
    """

    outcomes: tuple[Outcome, ...]
    reads: Mapping[StreamId, int]
    authority: Authority
    subject: str
    rule: Rule | None = None
    calendar_digest: str | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event with the part of its envelope that states are built from; the rest is the log's, and no state depends on it.

    `version` counts the events of the stream from 1. `command_type` is set on the first event of a command only, so that whoever
    counts commands counts each once.
    """

    stream: StreamId
    version: int
    event: Event
    effective_at: datetime
    actor_id: str
    channel: str
    rule: Rule | None
    command_type: str | None
