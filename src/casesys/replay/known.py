"""What a reader must know besides the events of a case: names of people, parties and grids, charters, and calendars as adopted.

All of it is read from the log, as far as a position, so that an answer about then does not know more than was known then.
"""

from datetime import datetime
from typing import TypeVar

from casesys.domain.cases.state import Case
from casesys.domain.catalogue import parse_document, read_event
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Event, Personal, StreamId, Text
from casesys.domain.register import events as e
from casesys.domain.register import streams as s
from casesys.domain.register.lookups import newest_in_force
from casesys.domain.register.state import Grid
from casesys.domain.working_time import Calendar
from casesys.replay.opening import opened, sealed_of, with_texts
from casesys.store.contract import EventLog, Stored
from casesys.store.reading import state_of
from casesys.vault.vault import Vault

D = TypeVar("D")


class Known:
    """The register, the charters and the calendars of a log as far as a position, for readers. Nothing is read twice."""

    def __init__(self, log: EventLog, vault: Vault, position: int) -> None:
        """Look no further than the position."""
        self._log = log
        self._vault = vault
        self._position = position
        self._names: dict[str, Text | None] = {}
        self._documents: dict[str, object] = {}
        self._adoptions: dict[str, list[tuple[int, str]]] = {}

    # -- names --------------------------------------------------------------------------------------------------------------

    def party(self, party: str) -> Text | None:
        """Give the name of an organisation, a body or a person; None for one that is unknown or whose name was erased."""
        streams = (s.organisation_stream(party), s.body_stream(party), s.person_stream(party))
        names = (self._name(stream) for stream in streams)
        return next((name for name in names if name is not None), None)

    def grid(self, grid_id: str) -> Text | None:
        """Give the name of a grid."""
        return self._name(s.grid_stream(grid_id))

    def intake_point(self, intake_point_id: str) -> Text | None:
        """Give the name of an intake point."""
        return self._name(s.intake_point_stream(intake_point_id))

    def _name(self, stream: StreamId) -> Text | None:
        if stream not in self._names:
            first = self._first(stream)
            self._names[stream] = None if first is None else _name_in(first)
        return self._names[stream]

    def _first(self, stream: StreamId) -> Event | None:
        stored = self._log.read_stream(stream, upto_version=1, upto_position=self._position)
        return self.event(stored[0]) if stored else None

    def event(self, stored: Stored) -> Event:
        """Give a stored event with its personal texts opened. Raises VaultError."""
        leaf = stored.leaf
        event = read_event(f"{leaf.type}.v{leaf.schema_v}", leaf.public_data)
        if not leaf.pd:
            return event
        return with_texts(event, opened(stored, sealed_of(self._log, (stored,)), self._vault))

    # -- documents ----------------------------------------------------------------------------------------------------------

    def charter(self, digest: str) -> CharterVersion:
        """Give a charter version of the log."""
        return self._document(digest, CharterVersion)

    def governing(self, case: Case, at: datetime) -> CharterVersion:
        """Give the version that governed a case at an instant: the one pinned by acceptance, before it the one in force on its path.

        Raises LookupError where there is none.
        """
        if case.governing is not None:
            return self.charter(case.governing.digest)
        for grid_id in reversed(case.path):
            stream = s.grid_stream(grid_id)
            grid = state_of(self._log.read_stream(stream, upto_position=self._position)).state
            in_force = newest_in_force(grid, at) if isinstance(grid, Grid) else None
            if in_force is not None:
                return self.charter(in_force.digest)
        raise LookupError(f"no charter was in force for {case.case_id} then")

    def calendar(self, code: str, position: int) -> Calendar | None:
        """Give the edition of a calendar that counted at a position, None before the first. "" is no calendar."""
        if not code:
            return None
        digest = next((d for at, d in reversed(self._adopted(code)) if at <= position), None)
        return None if digest is None else self._document(digest, Calendar)

    def _adopted(self, code: str) -> list[tuple[int, str]]:
        if code not in self._adoptions:
            stream = self._log.read_stream(s.calendar_stream(code), upto_position=self._position)
            found = ((stored.position, self.event(stored)) for stored in stream)
            self._adoptions[code] = [
                (at, adopted.digest)
                for at, adopted in found
                if isinstance(adopted, e.CalendarAdopted)
            ]
        return self._adoptions[code]

    def _document(self, digest: str, kind: type[D]) -> D:
        if digest not in self._documents:
            deposited = self._first(s.document_stream(digest))
            if not isinstance(deposited, e.DocumentDeposited):
                raise LookupError(f"the log does not hold the document {digest}")
            self._documents[digest] = parse_document(deposited.kind, deposited.text)
        document = self._documents[digest]
        assert isinstance(document, kind)
        return document


def _name_in(event: Event) -> Text | None:
    """Give the name that the first event of a register stream states."""
    name: Text | Personal | None = getattr(event, "name", None)
    if isinstance(name, Personal):
        return None if name.text is None else Text(name.text, name.text)
    return name
