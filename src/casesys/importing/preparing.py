"""What has to be in the register before a row can become a case: charter, calendars, organisations, grids, people.

All of it goes through the ordinary commands of whoever runs the import, under ids of its own, so that a second run finds it done.
It is decided now, because it is decided now; it is effective from the mapping's `start`, before the earliest row.
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from casesys.application import Answer, CommandIdReused, Request, Service
from casesys.domain.messages import Command, Envelope, Personal
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.state import Person, Register
from casesys.domain.register.streams import REGISTER, person_stream
from casesys.importing.lives import CHANNEL, CLIENT, GridNeeded, Planner, command_id
from casesys.importing.mapping import Actor
from casesys.importing.reading import Project
from casesys.importing.values import Row

ALREADY_THERE = "already-exists"


class Registrar:
    """Keeps the register as an import needs it, acting as one person. `events` counts what that made."""

    def __init__(self, service: Service, project: Project, actor: str, now: datetime) -> None:
        """Act as the holder of the key that the import was started with."""
        self._service = service
        self._project = project
        self._actor = actor
        self._now = now
        self._grids = {project.mapping.root.id}
        self.events = 0

    def prepare(self) -> None:
        """Bring the register to where rows can be imported. Raises Refusal when the actor may not."""
        self._check_actor()
        for key, command in self._commands():
            self._give(key, command)

    def establish(self, planner: Planner, needed: tuple[GridNeeded, ...], row: Row) -> None:
        """Establish the grids of a row that no row before it had. Raises Refusal, or RowRefused for a name that cannot be."""
        for grid in needed:
            if grid.grid_id not in self._grids:
                self._give(f"grid|{grid.grid_id}", planner.establish(grid, row))
                self._grids.add(grid.grid_id)

    def _check_actor(self) -> None:
        """Only who could give anybody a key anyway, or who is alone concerned, may record rows as the doing of the people named."""
        if {self._actor} == {person.id for person in self._project.mapping.people.values()}:
            return
        stream = person_stream(self._actor)
        person = self._service.engine.load((stream,))[stream].state
        root = self._root()
        mandates = person.mandates if isinstance(person, Person) else ()
        if not any(m.role == OPERATOR and m.grid == root and m.valid(self._now) for m in mandates):
            command = "import"
            raise Refusal(
                "not-authorised", accepted=(OPERATOR,), person=self._actor, command=command
            )

    def _root(self) -> str:
        register = self._service.engine.load((REGISTER,))[REGISTER].state
        if not isinstance(register, Register):
            raise Refusal("not-founded")
        return register.root_grid

    def _commands(self) -> Iterator[tuple[str, Command]]:
        """Give the commands that prepare the register, each with what makes its id."""
        project, mapping = self._project, self._project.mapping
        root = mapping.root
        above = self._root()
        if root.id != above:
            yield (
                f"grid|{root.id}",
                r.EstablishGrid(grid_id=root.id, parent=above, kind=root.kind, name=root.name),
            )
        for document in project.calendar_documents:
            yield f"calendar|{_digest(document)}", r.AdoptCalendar(document=document)
        yield (
            f"charter|{project.charter.digest}",
            r.InstallCharter(
                grid_id=root.id, document=project.charter_document, in_force_from=project.start
            ),
        )
        for each in mapping.organisations:
            yield (
                f"organisation|{each.id}",
                r.RegisterOrganisation(organisation_id=each.id, name=each.name, kind=each.kind),
            )
            yield (
                f"party|{each.kind}|{each.id}",
                r.AppointParty(grid_id=root.id, kind=each.kind, party=each.id),
            )
        for command in project.registrations:
            yield f"register|{_digest(command.model_dump_json())}", command
        for code, person in mapping.people.items():
            if person.id != self._actor:  # nobody gives themself a mandate
                yield from self._hired(code, person)

    def _hired(self, code: str, person: Actor) -> Iterator[tuple[str, Command]]:
        mapping = self._project.mapping
        yield (
            f"person|{person.id}",
            r.RegisterPerson(person_id=person.id, name=Personal(person.name)),
        )
        mandate = r.GiveMandate(
            person_id=person.id,
            mandate_id=f"import-{mapping.name}-{code}",
            role=person.role,
            grid_id=mapping.root.id,
            since=self._project.start,
            principal=person.principal,
        )
        yield f"mandate|{code}|{person.id}|{person.role}|{person.principal}", mandate

    def _give(self, key: str, command: Command) -> None:
        envelope = Envelope(
            command_id=command_id(self._project.mapping.name, "register", key),
            actor_id=self._actor,
            decided_at=self._now,
            effective_at=self._project.start,
            channel=CHANNEL,
            client_id=CLIENT,
        )
        verdict = self._service.give_all((Request(command, envelope),))[0]
        match verdict:
            case Answer():
                self.events += 0 if verdict.repeated else len(verdict.events)
            case CommandIdReused():
                pass  # an earlier run brought it, under a mapping that said something else of it
            case Refusal(code=code) if code == ALREADY_THERE:
                pass  # somebody else did
            case _:
                raise verdict


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
