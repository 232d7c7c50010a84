"""The steps that a deliberation may be made of.

Each step is data; what executes it is in `domain.cases`.
"""

from typing import Annotated, Literal

from pydantic import Field

from casesys.domain.charter.parts import (
    ChannelCode,
    ElectorateCode,
    Labelled,
    Part,
    PartyCode,
    Period,
    ProcedureCode,
    Refers,
    RoleCode,
    Ruled,
    Share,
    Words,
)
from casesys.domain.messages import Code

Comparator = Literal["at_least", "more_than"]
Denominator = Literal["seated", "present", "votes_cast", "participating", "electorate"]
Measure = Literal["heads", "floor_area"]


class Threshold(Part):
    """How much of what is enough: `at_least` includes the number, `more_than` does not."""

    share: Share
    comparator: Comparator
    of: Denominator
    measure: Measure = "heads"

    def reached(self, votes: int, whole: int) -> bool:
        """Say whether `votes` out of `whole` are enough. Exact; nothing out of nothing never is."""
        needed = self.share * whole
        return whole > 0 and (votes >= needed if self.comparator == "at_least" else votes > needed)


Majority = Annotated[tuple[Threshold, ...], Field(min_length=1)]
"""All of them have to be reached."""


class Electorate(Labelled):
    """Who may vote: a query over the register at a record date."""

    kind: Literal["members_of_body", "owners_sharing_part", "residents_of_grid"]
    body: PartyCode | None = None
    record_date: Literal["notice", "meeting", "convened"] = "meeting"


class Side(Labelled):
    """A side that is asked, by kinds of party: the first of them that the grid has speaks for it."""

    code: Code
    who: Annotated[tuple[PartyCode, ...], Field(min_length=1)]


class Proxies(Part):
    """How many members one present member may vote for by written proxy."""

    per_holder: Annotated[int, Field(ge=0, le=10)] = 0


class SecondAttempt(Part):
    """What happens, once, when too few come: back to an earlier step.

    The second time has a participation of its own if the charter eases it.
    """

    from_step: Code
    participation: tuple[Threshold, ...] | None = None


class _Step(Ruled):
    """What all kinds of step have."""

    id: Code
    label: Words


class Consult(_Step):
    """Named sides are asked; the consent of all carries.

    Silence counts as consent after a time, if the charter gives one. An objection leads to another
    procedure, or ends the matter as not carried.
    """

    kind: Literal["consult"]
    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    silence_after: Period | None = None
    on_objection: ProcedureCode | None = None


class OfficerDecision(_Step):
    """One officer decides alone; a later step may have to ratify what goes beyond making safe."""

    kind: Literal["officer_decision"]
    roles: Annotated[tuple[RoleCode, ...], Field(min_length=1)]
    further_measures: bool = False


class Ratify(_Step):
    """The sides ratify within a time, or what was not ratified lapses. Making safe never lapses."""

    kind: Literal["ratify"]
    sides: Annotated[tuple[Side, ...], Field(min_length=1)]
    within: Period


class Study(_Step):
    """A body gives its opinion first."""

    kind: Literal["study"]
    body: PartyCode


class Notice(_Step):
    """Those concerned are told, so long before; from then on the agenda is locked."""

    kind: Literal["notice"]
    period: Period
    to: Annotated[
        tuple[Annotated[Code, Refers(("parties", "electorates"))], ...], Field(min_length=1)
    ]
    proofs: dict[Code, Labelled] = {}


class _Vote(_Step):
    """What a meeting and a ballot have in common."""

    electorate: ElectorateCode
    participation: tuple[Threshold, ...]
    majority: Majority
    form: Literal["open", "signed", "secret"] = "open"
    proxies: Proxies = Proxies()
    recused_leave_denominator: bool = True


class Meeting(_Vote):
    """The members of a body meet and vote; without quorum once more, if the charter says so."""

    kind: Literal["meeting"]
    second_attempt: SecondAttempt | None = None


class SpecialMajority(Ruled):
    """Another majority for the matters of which this guard holds. The first that holds counts."""

    id: Code
    when: str
    majority: Majority


class Ballot(_Vote):
    """An electorate votes in writing within a window."""

    kind: Literal["ballot"]
    opens_for_at_least: Period
    opens_for_at_most: Period
    special: tuple[SpecialMajority, ...] = ()


class Mediation(_Step):
    """A mediator brings the parties to an agreement, or not; consent, never a vote."""

    kind: Literal["mediation"]
    body: PartyCode
    within: Period


class Publish(_Step):
    """The decision is shown to everybody concerned for a time, over these channels."""

    kind: Literal["publish"]
    period: Period
    where: Annotated[tuple[ChannelCode, ...], Field(min_length=1)]


class Objections(_Step):
    """Objections may be raised for a time; what an upheld one does is the effect."""

    kind: Literal["objections"]
    period: Period
    effect: Literal["none", "recount", "send_back"]


class Approval(_Step):
    """An outside body has to approve; what its silence means is data."""

    kind: Literal["approval"]
    body: PartyCode
    within: Period
    silence_means: Literal["approved", "refused"]


class Filing(_Step):
    """The decision is filed with an outside body."""

    kind: Literal["filing"]
    body: PartyCode
    within: Period


AnyStep = (
    Consult
    | OfficerDecision
    | Ratify
    | Study
    | Notice
    | Meeting
    | Ballot
    | Mediation
    | Publish
    | Objections
    | Approval
    | Filing
)
Step = Annotated[AnyStep, Field(discriminator="kind")]
