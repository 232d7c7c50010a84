"""Cases on their way: scenes in which one case has come so far, and how to go on from there.

All of them are about `case-1` in the grid `east-1`, collected on Monday, 2 March 2026, at nine, under the stock charter unless a
scene is given `on` which to build. Four ways begin alike:
- a street lamp, whose keeper is clear (`direct`): collected, accepted, directed, dispatched, assigned, reported, verified, closed;
- a courtyard lamp that somebody has to pay for (`small`): small, consulted, agreed;
- a courtyard to be rebuilt (`big-residents`): big, studied, noticed, met, carried, published;
- a lift with people in it (`urgent`): urgent, ordered.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from casesys.domain.cases import commands as c
from casesys.domain.cases.events import ClockStart
from casesys.domain.cases.rules.resolution import ENDED_BY_COMMANDS_OF_THEIR_OWN
from casesys.domain.cases.state import Case, Deliberation, case_stream
from casesys.domain.messages import Event, Outcome, Personal, Recorded
from casesys.domain.vocabulary import Stage
from casesys.domain.working_time import Unit
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import GRID, members, neighbourhood
from tests.domain.specification import Act, Scene, at, by

CASE = "case-1"
STREAM = case_stream(CASE)
TEXT = Personal("某事")
PROOF = "a" * 64
HALL = "residents_representatives"
REPRESENTATIVES = members(HALL)

COLLECTION, DELIBERATION, ASSIGNMENT, RESOLUTION, CLOSED = Stage

RESULTS = {
    code: result
    for code, result in stock().charter.results.items()
    if result.kind not in ENDED_BY_COMMANDS_OF_THEIR_OWN
}
"""What work can end in."""

NOT_OWNERS = {"common_parts": False, "maintenance_fund": False}
SMALL_FACTS = NOT_OWNERS | {
    "payer_unsettled": True,
    "households_affected": 8,
    "estimated_cost": 3000,
}
BIG_FACTS = NOT_OWNERS | {"households_affected": 120, "estimated_cost": 80_000}


# -- who does what, and what comes of it --------------------------------------------------------------------------------------


def does(actor: str, when: str | datetime, command: type[c.CaseCommand], **fields: object) -> Act:
    """Somebody gives a command on the case."""
    return by(actor, command.model_validate({"case_id": CASE} | fields), when)


def clock(when: str | datetime, command: type[c.ClockCommand], **fields: object) -> Act:
    """Time gives a command on the case."""
    return does("clock", when, command, **fields)


def so(event: Event, clause: str | None) -> Outcome:
    """An event of the case, under a clause."""
    return Outcome(STREAM, event, clause)


def as_stored(scene: Scene, event: Event, when: datetime) -> Recorded:
    """The next event of the case, as a log has it in which somebody recorded it once."""
    return Recorded(
        stream=STREAM,
        version=case(scene).version + 1,
        event=event,
        effective_at=when,
        actor_id="supervisor",
        channel="console",
        rule=None,
        command_type=None,
    )


def case(scene: Scene) -> Case:
    """The case as it is."""
    return scene.state(STREAM, Case)


def running(scene: Scene) -> tuple[str, ...]:
    """The clocks of the case that run."""
    return tuple(name for name, each in case(scene).clocks.items() if each.stopped_at is None)


def deliberation(scene: Scene) -> Deliberation:
    """How far its deliberation is."""
    now = case(scene).deliberation
    assert now is not None
    return now


def workdays(name: str, amount: int, clause: str, since: datetime | None = None) -> ClockStart:
    """A clock that counts working days."""
    return ClockStart(name, amount, Unit.WORKING_DAY, clause, "workdays", since)


def all_days(name: str, amount: int, clause: str, since: datetime | None = None) -> ClockStart:
    """A clock that counts all days."""
    return ClockStart(name, amount, Unit.CALENDAR_DAY, clause, "workdays", since)


def hours(name: str, amount: int, clause: str, since: datetime | None = None) -> ClockStart:
    """A clock that counts hours, day and night."""
    return ClockStart(name, amount, Unit.CLOCK_HOUR, clause, "", since)


# -- all ways begin alike -----------------------------------------------------------------------------------------------------


def collecting(category: str = "street_lamp", /, **fields: object) -> Act:
    """A grid worker on patrol writes a case down."""
    given = {"case_type": "issue", "category": category, "title": "路灯不亮", "grid": GRID}
    act = does("grid_worker", "03-02 09:00", c.CollectCase, **given | fields)
    return act.but(channel="patrol")


ACCEPTING = does("dispatcher", "03-02 10:00", c.AcceptCase)
TRIAGING = does("dispatcher", "03-02 11:00", c.TriageCase)


def triaged(on: Scene | None, category: str, **fields: object) -> Scene:
    """A case of some category, accepted at ten and triaged at eleven."""
    return (on or neighbourhood()).given(collecting(category, **fields), ACCEPTING, TRIAGING)


@cache
def collected(on: Scene | None = None) -> Scene:
    """The street lamp, written down."""
    return (on or neighbourhood()).given(collecting())


@cache
def accepted(on: Scene | None = None) -> Scene:
    """The street lamp, accepted."""
    return collected(on).given(ACCEPTING)


# -- direct -------------------------------------------------------------------------------------------------------------------


@cache
def directed(on: Scene | None = None) -> Scene:
    """The street lamp: nothing to deliberate, waiting for dispatch."""
    return triaged(on, "street_lamp")


@cache
def dispatched(on: Scene | None = None) -> Scene:
    """The street lamp, given to its keeper at two."""
    return directed(on).given(does("dispatcher", "03-02 14:00", c.DispatchCase))


LEAD = "lead.municipal_lighting"


@cache
def assigned(on: Scene | None = None) -> Scene:
    """The street lamp, taken by its keeper at three, who has told the initiator so just before."""
    return dispatched(on).given(
        contacting("03-02 14:55"), does(LEAD, "03-02 15:00", c.AcceptAssignment)
    )


def contacting(when: str, actor: str = LEAD, *, reached: bool = True) -> Act:
    """Somebody calls the initiator, who answers or not."""
    return does(actor, when, c.ContactInitiator, reached=reached)


def attaching(when: str = "03-05 15:00", digest: str = PROOF) -> Act:
    """A grid worker attaches a photograph."""
    return does(
        "grid_worker", when, c.AttachEvidence, digest=digest, media_type="image/jpeg", size=1
    )


@cache
def reported(on: Scene | None = None) -> Scene:
    """The street lamp, repaired and reported on Thursday at four."""
    return assigned(on).given(
        attaching(), does(LEAD, "03-05 16:00", c.ReportResolution, result="resolved")
    )


@cache
def verified(on: Scene | None = None) -> Scene:
    """The street lamp, verified on Friday at ten."""
    return reported(on).given(does("verifier", "03-06 10:00", c.VerifyResolution))


def calling_back(when: str = "03-06 15:00", satisfaction: str = "satisfied") -> Act:
    """The initiator says that it is solved."""
    answers = {"contacted": True, "solved": True, "satisfaction": satisfaction}
    return does("callback_officer", when, c.RecordCallback, reached=True, **answers)


@cache
def closed(on: Scene | None = None) -> Scene:
    """The street lamp, closed on Friday at four."""
    return verified(on).given(calling_back(), does("dispatcher", "03-06 16:00", c.CloseCase))


# -- small --------------------------------------------------------------------------------------------------------------------


def tabling(when: str) -> Act:
    """The moderator says what is to be decided."""
    return does("moderator", when, c.TableProposal, title="修好它")


def convening(when: str) -> Act:
    """The moderator calls the deliberation."""
    return does("moderator", when, c.ConveneDeliberation, moderator="moderator")


@cache
def small(on: Scene | None = None) -> Scene:
    """The courtyard lamp, to be consulted about."""
    return triaged(on, "courtyard_lamp", facts=SMALL_FACTS)


@cache
def consulted(on: Scene | None = None) -> Scene:
    """The courtyard lamp: the sides are asked on Monday at two."""
    return small(on).given(tabling("03-02 13:00"), convening("03-02 14:00"))


def consenting(side: str, when: str, *, consents: bool = True) -> Act:
    """A side answers."""
    return does("moderator", when, c.RecordConsent, side=side, consents=consents)


@cache
def agreed(on: Scene | None = None) -> Scene:
    """The courtyard lamp: all sides have agreed by Tuesday, noon."""
    return consulted(on).given(
        consenting("residents", "03-03 10:00"),
        consenting("owners", "03-03 11:00"),
        consenting("property", "03-03 12:00"),
    )


# -- big ----------------------------------------------------------------------------------------------------------------------


@cache
def big(on: Scene | None = None) -> Scene:
    """The courtyard, to be deliberated by the residents."""
    return triaged(on, "courtyard", facts=BIG_FACTS)


@cache
def studying(on: Scene | None = None) -> Scene:
    """The courtyard: the hall studies it from Tuesday, nine."""
    return big(on).given(convening("03-03 09:00"))


@cache
def studied(on: Scene | None = None) -> Scene:
    """The courtyard: the hall's opinion is there, a proposal is tabled and a photograph attached on Wednesday."""
    return studying(on).given(
        does("moderator", "03-04 10:00", c.RecordOpinion, favourable=True),
        tabling("03-04 11:00"),
        attaching("03-04 12:00"),
    )


def giving_notice(when: str = "03-05 09:00", meets_at: str = "03-16 19:00") -> Act:
    """The moderator gives notice of a meeting."""
    fields = {"meets_at": at(meets_at), "proofs": (PROOF,)}
    return does("moderator", when, c.GiveNotice, **fields)


@cache
def noticed(on: Scene | None = None) -> Scene:
    """The courtyard: notice was given on 5 March of a meeting on 16 March at seven in the evening."""
    return studied(on).given(giving_notice())


def attending(count: int, when: str = "03-16 19:00") -> Act:
    """So many of the fifteen representatives come."""
    return does("moderator", when, c.RecordAttendance, present=REPRESENTATIVES[:count])


def voting(choices: Iterable[str], when: str = "03-16 20:00") -> list[Act]:
    """The representatives vote one after the other, from the first seat on."""
    return [
        does("teller", when, c.CastVote, member=member, choice=choice)
        for member, choice in zip(REPRESENTATIVES, choices, strict=False)
    ]


def recusing(member: str, when: str = "03-16 19:30") -> Act:
    """A member stands aside."""
    return does("moderator", when, c.RecuseMember, member=member, reason="某事")


def concluding(when: str = "03-16 21:00") -> Act:
    """The moderator has the votes counted."""
    return does("moderator", when, c.ConcludeDeliberation)


def met(present: int, choices: Iterable[str] = (), on: Scene | None = None) -> Scene:
    """The courtyard: so many have come to the meeting, and have voted so."""
    return noticed(on).given(attending(present), *voting(choices))


@cache
def carried(on: Scene | None = None) -> Scene:
    """The courtyard: ten of fifteen came, six were for it."""
    return met(10, ["for"] * 6 + ["against"] * 3 + ["abstain"], on).given(concluding())


def publishing(when: str = "03-17 09:00") -> Act:
    """The decision is hung out."""
    return does("moderator", when, c.PublishDecision)


@cache
def published(on: Scene | None = None) -> Scene:
    """The courtyard: the decision hangs from 17 March on, until 1 April; objections are heard until 9 April."""
    return carried(on).given(publishing())


CONFIRMABLE = "04-10 00:00"
"""The first instant at which the decision about the courtyard can be confirmed."""


@cache
def confirmed(on: Scene | None = None) -> Scene:
    """The courtyard: the decision stands."""
    return published(on).given(does("moderator", CONFIRMABLE, c.ConfirmDecision))


COMPANY = "lead.property_company"


def carried_out(scene: Scene, day: str) -> Scene:
    """A decision that stands: given to the property company, and reported as done the same day."""
    by_hand = {"lead": "property_company", "reason": "某事"}
    return scene.given(
        does("dispatcher", f"{day} 09:00", c.DispatchCase, **by_hand),
        does(COMPANY, f"{day} 10:00", c.AcceptAssignment),
        contacting(f"{day} 11:00", COMPANY),
        attaching(f"{day} 12:00", "c" * 64),
        does(COMPANY, f"{day} 13:00", c.ReportResolution, result="resolved"),
    )


# -- urgent -------------------------------------------------------------------------------------------------------------------


@cache
def urgent(on: Scene | None = None) -> Scene:
    """The lift with people in it, waiting for the officer on duty."""
    return triaged(on, "lift_failure", facts={"danger_to_life": True})


def deciding(when: str = "03-02 11:30", **measures: object) -> Act:
    """The officer on duty decides."""
    return does("duty_officer", when, c.DecideUrgently, **measures)


@cache
def ordered(on: Scene | None = None) -> Scene:
    """The lift: made safe, and further measures ordered on Monday at half past eleven."""
    return urgent(on).given(deciding(made_safe="已救出", further_measures="更换钢缆"))


def ratifying(side: str, when: str, *, ratifies: bool = True) -> Act:
    """A side answers to what was ordered."""
    return does("moderator", when, c.RatifyDecision, side=side, ratifies=ratifies)
