"""Deciding the whole log again: every recorded command, on what it read then, must give the events it gave then.

The walk folds the states of all streams as it goes, so that each command meets them exactly as they were: nothing it read had
changed when it was appended. Both sides are compared before sealing, since nonces are random; a text that was erased since is
compared by whose it was. See docs/adr/0008.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

import msgspec
from msgspec.structs import replace

from casesys.domain.catalogue import decide, read_command
from casesys.domain.messages import (
    Command,
    Decision,
    Envelope,
    Event,
    Outcome,
    Personal,
    Recorded,
    message_type,
    personal_fields,
)
from casesys.domain.refusals import Refusal
from casesys.evidence.leaf import Leaf
from casesys.projections.unfolding import Unfolding
from casesys.replay.opening import Ciphertexts, opened, sealed_of
from casesys.store.contract import EventLog, Stored, StoreError
from casesys.store.reading import recorded
from casesys.vault.fields import VaultError
from casesys.vault.vault import Vault

PAGE = 1_000
"""How many events are read at once."""

ERASED = "(erased)"
"""Stands for a text that was erased since; no rule looks at personal texts."""

NOTHING = "nothing"


class Difference(msgspec.Struct, frozen=True):
    """Where a decision made anew is not the recorded one. `position` is the event's, `what` names what differs.

    Personal texts that differ are named, never shown.
    """

    position: int
    what: str
    recorded: str
    decided: str


class Report(msgspec.Struct, frozen=True):
    """What came of deciding a log again: how much there was, how many commands differ, and the first of the differences."""

    commands: int
    events: int
    differing: int
    differences: tuple[Difference, ...]


def redecide(log: EventLog, vault: Vault, *, shown: int = 100, kept_states: int = 20_000) -> Report:
    """Decide every command of a log again and compare. At most `shown` differences are kept, and so many states in memory.

    Raises StoreError or VaultError when the log or the vault cannot be read at all.
    """
    then = Unfolding(log, kept_states)
    commands = events = differing = 0
    differences: list[Difference] = []
    for unit, sealed in _units(log):
        commands += 1
        events += len(unit)
        found = _audited(unit, sealed, vault, then)
        differing += bool(found)
        differences.extend(found[: shown - len(differences)])
    return Report(commands, events, differing, tuple(differences))


def _units(log: EventLog) -> Iterator[tuple[list[Stored], Ciphertexts]]:
    """Give the events of each command in turn, with the sealed fields they refer to."""
    after, end = 0, log.head().size
    unit: list[Stored] = []
    sealed: Ciphertexts = {}
    while after < end:
        page = log.read(after, min(PAGE, end - after))
        after = page[-1].position
        sealed = sealed_of(log, (*unit, *page))
        for stored in page:
            if unit and stored.leaf.command_id != unit[0].leaf.command_id:
                yield unit, sealed
                unit = []
            unit.append(stored)
    if unit:
        yield unit, sealed


def _audited(
    unit: list[Stored], sealed: Ciphertexts, vault: Vault, then: Unfolding
) -> list[Difference]:
    """Decide one command again, and let the states take in what was recorded, whatever came of deciding."""
    position = unit[0].position
    events: list[Recorded] = []
    unread = _attempted(position, lambda: events.extend(map(recorded, unit)))
    if unread:
        return unread
    decided = _attempted(position, lambda: _compared(unit, events, sealed, vault, then))
    return decided + _attempted(position, lambda: _taken(unit, events, then))


def _taken(unit: Sequence[Stored], events: Sequence[Recorded], then: Unfolding) -> None:
    for stored, event in zip(unit, events, strict=True):
        then.take(stored, event)


def _attempted(
    position: int, attempt: Callable[[], Iterable[Difference] | None]
) -> list[Difference]:
    """Give the differences that an attempt finds; that it fails is one, too, because a forged event may break anything."""
    try:
        return list(attempt() or ())
    except Refusal as refusal:
        return [Difference(position, "decision", "accepted", f"refused: {refusal.code}")]
    except StoreError:
        raise
    except VaultError as error:
        if error.code != "ciphertext-altered":
            raise
        return [Difference(position, error.code, NOTHING, error.message)]
    except Exception as error:  # noqa: BLE001 - told as a difference, so that the audit can go on
        return [Difference(position, "unreadable", NOTHING, f"{type(error).__name__}: {error}")]


def _compared(
    unit: Sequence[Stored],
    events: Sequence[Recorded],
    sealed: Ciphertexts,
    vault: Vault,
    then: Unfolding,
) -> Iterator[Difference]:
    """Decide a command again and hold each recorded event against the one decided."""
    first = unit[0].leaf
    texts = [opened(stored, sealed, vault) for stored in unit]
    world = then.world()
    decision = decide(_command(first, texts[0]), _envelope(first), world)
    versions = dict(world.reads)
    for index, (stored, outcome) in enumerate(zip_longest(unit, decision.outcomes)):
        if stored is None or outcome is None:
            position = (stored or unit[-1]).position
            yield Difference(position, "event", _name(stored), _decided_name(outcome))
            continue
        leaf, position = stored.leaf, stored.position
        seq = versions[outcome.stream] = versions.get(outcome.stream, 0) + 1
        yield from _telling(position, _RULED, _ruled(leaf), _decided(decision, outcome, seq))
        if index:
            yield from _telling(position, _ASKED, _asked(leaf), _asked(first))
        event = _with_texts(events[index].event, texts[index])
        decided = _with_subjects(outcome.event, decision.subject)
        if event != decided:
            yield from _event_differences(position, event, decided)


def _command(leaf: Leaf, texts: tuple[Personal, ...]) -> Command:
    """Give a recorded command as it was asked, with a placeholder for each text that was erased since."""
    record = leaf.command
    if record is None:
        raise ValueError("the first event of a command does not carry it")
    if not texts:
        return read_command(record.type, bytes(record.data))
    fields = msgspec.json.decode(record.data)
    for name, value in fields.items():
        if isinstance(value, dict) and value.keys() == {"pd"}:
            fields[name] = _unsealed(texts[value["pd"]])
    return read_command(record.type, fields)


def _envelope(leaf: Leaf) -> Envelope:
    """Give the envelope of a recorded command."""
    return Envelope(
        command_id=leaf.command_id,
        actor_id=leaf.actor_id,
        decided_at=leaf.decided_at,
        effective_at=None if leaf.effective_at == leaf.decided_at else leaf.effective_at,
        mandate_id=leaf.mandate_id,
        on_behalf_of=leaf.on_behalf_of,
        channel=leaf.channel,
        client_id=leaf.client_id,
        reason_code=leaf.reason_code,
        causation_id=leaf.causation_id,
        correlation_id=leaf.correlation_id,
    )


_RULED = (
    *("stream", "version", "type", "clause", "charter", "calendar"),
    *("role", "mandate", "on behalf of"),
)


def _ruled(leaf: Leaf) -> tuple[object, ...]:
    """Give what the decision put around an event, in the order of `_RULED`."""
    return (
        leaf.stream,
        leaf.stream_seq,
        leaf.type,
        leaf.rule_id,
        leaf.rule,
        leaf.calendar_digest,
        leaf.actor_role,
        leaf.mandate_id,
        leaf.on_behalf_of,
    )


def _decided(decision: Decision, outcome: Outcome, seq: int) -> tuple[object, ...]:
    """Give the same as decided anew."""
    authority = decision.authority
    return (
        outcome.stream,
        seq,
        message_type(type(outcome.event)),
        outcome.clause,
        decision.rule,
        decision.calendar_digest,
        authority.role,
        authority.mandate_id,
        authority.on_behalf_of,
    )


_ASKED = (
    *("decided instant", "effective instant", "actor", "channel", "client"),
    *("reason", "cause", "correlation", "read index"),
)


def _asked(leaf: Leaf) -> tuple[object, ...]:
    """Give what is the same for all events of a command, in the order of `_ASKED`."""
    return (
        leaf.decided_at,
        leaf.effective_at,
        leaf.actor_id,
        leaf.channel,
        leaf.client_id,
        leaf.reason_code,
        leaf.causation_id,
        leaf.correlation_id,
        leaf.read_index,
    )


def _with_texts(event: Event, texts: tuple[Personal, ...]) -> Event:
    """Give a recorded event with its personal texts as they were before sealing."""
    found = {}
    for name in personal_fields(type(event)):
        reference = getattr(event, name)
        if reference is not None:
            found[name] = _unsealed(texts[reference.pd])
    return replace(event, **found) if found else event


def _with_subjects(event: Event, subject: str) -> Event:
    """Give a decided event with its personal texts as they would be sealed: whose each is, written out."""
    found = {}
    for name in personal_fields(type(event)):
        personal = getattr(event, name)
        if personal is not None:
            found[name] = Personal(personal.text, personal.subject or subject)
    return replace(event, **found) if found else event


def _unsealed(personal: Personal) -> Personal:
    """Give an opened text without its place in the leaf, a placeholder for an erased one."""
    return Personal(ERASED if personal.text is None else personal.text, personal.subject)


def _event_differences(position: int, event: Event, decided: Event) -> Iterator[Difference]:
    """Name the fields in which two events of one type differ. That the type differs is told already."""
    kind = type(event)
    if kind is not type(decided):
        return
    personal = personal_fields(kind)
    for name in kind.__struct_fields__:
        before, after = getattr(event, name), getattr(decided, name)
        if name not in personal:
            yield from _telling(position, (name,), (before,), (after,))
        elif before != after:
            yield Difference(position, name, "a personal text", "another")


def _telling(
    position: int,
    names: Sequence[str],
    of_record: tuple[object, ...],
    of_decision: tuple[object, ...],
) -> Iterator[Difference]:
    """Name what differs between two rows of values."""
    if of_record == of_decision:
        return
    for name, before, after in zip(names, of_record, of_decision, strict=True):
        if before != after:
            yield Difference(position, name, str(before), str(after))


def _name(stored: Stored | None) -> str:
    return NOTHING if stored is None else stored.leaf.type


def _decided_name(outcome: Outcome | None) -> str:
    return NOTHING if outcome is None else message_type(type(outcome.event))
