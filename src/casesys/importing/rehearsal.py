"""A log to rehearse an import on: it reads what is beneath it, and what is appended to it stays in memory and is soon forgotten.

So a dry run decides everything by the full rules, on the register and the cases as they are, and nothing is written. Cases are kept
as long as they are under way, the register for good; memory does not grow with the rows.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Self
from uuid import UUID

from casesys.application import Engine, Service
from casesys.application.keeping import KeptStates
from casesys.domain.messages import StreamId
from casesys.importing.running import STATES_KEPT
from casesys.store.contract import (
    Appended,
    DuplicateCommand,
    EventLog,
    Head,
    Stored,
    Subscription,
    Unit,
    Wait,
    utc_now,
)
from casesys.store.stamping import NO_EVENTS, Row, Tip, stamp, streams_of
from casesys.vault.fields import SealedField, Unsealed
from casesys.vault.vault import Vault

CASE = "case/"


class Rehearsal:
    """An event log whose events last as long as the rehearsal of their case."""

    def __init__(self, beneath: EventLog) -> None:
        """Rehearse on top of a log, which stays as it is."""
        self._beneath = beneath
        self._head = beneath.head()
        self._register: dict[StreamId, list[Stored]] = {}
        self._cases: OrderedDict[StreamId, list[Stored]] = OrderedDict()
        self._commands: dict[UUID, list[Stored]] = {}
        self._given: dict[StreamId, list[UUID]] = {}

    @property
    def log_id(self) -> str:
        """The identity of the log beneath."""
        return self._beneath.log_id

    def append(self, units: Sequence[Unit]) -> list[Appended]:
        """Keep all units for a while, or none of them."""
        for index, unit in enumerate(units):
            if self.find_command(unit.command_id):
                raise DuplicateCommand(unit.command_id, index)
        events = self.read_streams(streams_of(units))
        tips = {
            s: Tip(len(found), found[-1].leaf_hash) if found else NO_EVENTS
            for s, found in events.items()
        }
        batch = stamp(units, self._head, tips, self.log_id, utc_now())
        self._head = batch.head
        for row in batch.rows:
            self._keep(row, events[row.stream])
        self._forget()
        return batch.appended

    def _keep(self, row: Row, events: list[Stored]) -> None:
        stored, command_id = (
            Stored(row.position, row.leaf, row.leaf_hash),
            UUID(bytes=row.command_id),
        )
        events.append(stored)
        self._commands.setdefault(command_id, []).append(stored)
        self._given.setdefault(row.stream, []).append(command_id)
        if row.stream.startswith(CASE):
            self._cases[row.stream] = events
            self._cases.move_to_end(row.stream)
        else:
            self._register[row.stream] = events

    def _forget(self) -> None:
        while len(self._cases) > STATES_KEPT:
            stream, _ = self._cases.popitem(last=False)
            for command_id in self._given.pop(stream):
                self._commands.pop(command_id, None)

    def read_streams(self, streams: Sequence[StreamId]) -> dict[StreamId, list[Stored]]:
        """Give all events of some streams, rehearsed ones included."""
        found = {s: self._cases.get(s) or self._register.get(s) for s in streams}
        beneath = self._beneath.read_streams([s for s, events in found.items() if events is None])
        return {s: beneath[s] if events is None else list(events) for s, events in found.items()}

    def find_command(self, command_id: UUID) -> list[Stored]:
        """Give the events of a command, rehearsed or not."""
        return self._commands.get(command_id) or self._beneath.find_command(command_id)

    def head(self) -> Head:
        """Give the end of the log as it would be."""
        return self._head

    def read_stream(
        self,
        stream: StreamId,
        *,
        after_version: int = 0,
        upto_version: int | None = None,
        upto_position: int | None = None,
    ) -> list[Stored]:
        """Give the events of one stream of the log beneath."""
        return self._beneath.read_stream(
            stream,
            after_version=after_version,
            upto_version=upto_version,
            upto_position=upto_position,
        )

    def read(self, after: int, limit: int) -> list[Stored]:
        """Give events of the log beneath."""
        return self._beneath.read(after, limit)

    def position_at(self, instant: datetime) -> int:
        """Look in the log beneath."""
        return self._beneath.position_at(instant)

    def stream_ids(self, prefix: str, after: str, limit: int) -> list[StreamId]:
        """Name streams of the log beneath."""
        return self._beneath.stream_ids(prefix, after, limit)

    def ciphertexts(self, positions: Iterable[int]) -> dict[tuple[int, int], bytes]:
        """Give sealed fields of the log beneath; those of a rehearsal do not exist."""
        return self._beneath.ciphertexts(positions)

    def subscribe(self, after: int, *, page: int = 500) -> Subscription:
        """Follow the log beneath."""
        return self._beneath.subscribe(after, page=page)

    def waiting(self) -> AbstractContextManager[Wait]:
        """Wait for what is appended to the log beneath."""
        return self._beneath.waiting()

    def close(self) -> None:
        """Close the log beneath."""
        self._beneath.close()

    def __enter__(self) -> Self:
        """Use the log for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the log."""
        self.close()


class NothingKept(Vault):
    """A vault for what is not kept: it makes no keys and seals every text as nothing."""

    def seal(self, fields: Sequence[Unsealed]) -> list[SealedField]:
        """Give an empty ciphertext for each text."""
        return [SealedField(field.name, field.subject, b"") for field in fields]


def rehearsal_on(log: EventLog) -> Service:
    """Give a service that decides everything on top of a log and writes nothing to it."""
    engine = Engine(Rehearsal(log), NothingKept.in_memory(log.log_id), kept=KeptStates(STATES_KEPT))
    return Service(engine)
