"""The smallest community that the benchmarks need, under the stock charter, and one life of a case in it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from uuid import uuid4

from casesys.application import Service
from casesys.application.assigning import new_secret
from casesys.bootstrap import founding
from casesys.domain.cases import commands as c
from casesys.domain.messages import Command, Envelope, Personal, Text
from casesys.domain.register import commands as r

START = datetime(2026, 1, 1, tzinfo=UTC)
OFFICE = "office"
CLERK = "clerk"
WORKER = "worker"


def envelope(actor: str, at: datetime) -> Envelope:
    """Give an envelope of a person's command."""
    return Envelope(command_id=uuid4(), actor_id=actor, decided_at=at, channel="hotline")


def found(service: Service) -> None:
    """Found the register, install the stock charter and calendar, give two people what they need."""
    founded = founding(
        new_secret(),
        grid_id="community",
        grid_name=Text("社区", "Community"),
        person_id="operator",
        person_name="Operator",
        at=START,
    )
    service.give(*founded)
    charters = files("casesys.charters")
    calendar = (charters / "calendars" / "cn-2026.toml").read_text(encoding="utf-8")
    charter = (charters / "stock.toml").read_text(encoding="utf-8")
    office = r.RegisterOrganisation(
        organisation_id=OFFICE, name=Text("居委会", "Committee"), kind="residents_committee"
    )
    setup: list[Command] = [
        r.AdoptCalendar(document=calendar),
        r.InstallCharter(grid_id="community", document=charter),
        office,
        r.AppointParty(grid_id="community", kind="residents_committee", party=OFFICE),
    ]
    for person, role, principal in ((CLERK, "dispatcher", None), (WORKER, "lead", OFFICE)):
        setup.append(r.RegisterPerson(person_id=person, name=Personal("Somebody")))
        mandate = r.GiveMandate(
            person_id=person, mandate_id=role, role=role, grid_id="community", principal=principal
        )
        setup.append(mandate)
    for command in setup:
        service.give(command, envelope("operator", START))


def inquiry(note: str, at: datetime) -> Iterator[tuple[Command, Envelope]]:
    """Give the ten steps of one inquiry, from collection to closing, with a note wherever one belongs."""
    case = str(uuid4())
    text = Personal(note)
    collected = c.CollectCase(
        case_id=case,
        case_type="inquiry",
        category="policy",
        title="When does the warm station open?",
        grid="community",
        description=text,
    )
    yield collected, envelope(CLERK, at)
    yield c.RequestInformation(case_id=case, question=text), envelope(CLERK, at)
    yield c.SupplyInformation(case_id=case, answer=text), envelope(CLERK, at)
    yield c.AcceptCase(case_id=case), envelope(CLERK, at)
    yield c.TriageCase(case_id=case), envelope(CLERK, at)
    by_hand = c.DispatchCase(case_id=case, lead=OFFICE, reason=text)
    yield by_hand, envelope(CLERK, at)
    yield c.AcceptAssignment(case_id=case), envelope(WORKER, at)
    yield c.ReportProgress(case_id=case, progress=text), envelope(WORKER, at)
    yield (
        c.ReportResolution(case_id=case, result="not_solvable", summary=text),
        envelope(WORKER, at),
    )
    yield c.CloseCase(case_id=case), envelope(CLERK, at)
