"""Collecting: writing a case down, making safe, facts and evidence, talking with the initiator, accepting or ending it."""

from collections.abc import Mapping

from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.events import Move
from casesys.domain.cases.knowing import RESPONDENT, working_on
from casesys.domain.cases.matter import Matter, Ruling, clock_start
from casesys.domain.cases.state import INFORMATION_CLOCK
from casesys.domain.charter.expressions import ValueType
from casesys.domain.charter.model import Charter
from casesys.domain.messages import Value
from casesys.domain.refusals import refuse
from casesys.domain.vocabulary import COMMANDS, TERMS, Moment, ResultKind, Stage

Rulings = tuple[Ruling, ...]

_TYPES: Mapping[ValueType, type] = {ValueType.BOOL: bool, ValueType.INT: int, ValueType.TEXT: str}


def check_facts(charter: Charter, facts: Mapping[str, Value]) -> None:
    """Refuse facts that the charter does not know, of another type than it says, or of less than none where it has a unit."""
    for code, value in facts.items():
        fact = charter.facts.get(code)
        if fact is None:
            refuse(
                "unknown-code",
                what=TERMS["fact"],
                code=code,
                accepted=tuple(sorted(charter.facts)),
            )
        if type(value) is not _TYPES[fact.type]:
            refuse("fact-of-wrong-type", fact=fact.label, type=fact.type.label)
        if fact.unit is not None and type(value) is int and value < 0:
            refuse("fact-negative", fact=fact.label, unit=fact.unit)


def make_safe(m: Matter, command: c.MakeSafe) -> Rulings:
    """Making safe is possible at once and ends only the clock that waits for it."""
    return ((e.MadeSafe(command.measures, m.stay(stops=m.stops(Moment.MADE_SAFE))), None),)


def alert_emergency_service(_: Matter, command: c.AlertEmergencyService) -> Rulings:
    """Alerting is recorded and changes nothing else."""
    return ((e.EmergencyServiceAlerted(command.service, command.reference), None),)


def amend_case(_: Matter, command: c.AmendCase) -> Rulings:
    """An amendment has to amend something."""
    event = e.CaseAmended(
        command.title, command.description, command.location, command.initiator_contact
    )
    if event == e.CaseAmended():
        refuse("nothing-to-change")
    return ((event, None),)


def establish_facts(m: Matter, command: c.EstablishFacts) -> Rulings:
    """Facts are those of the charter, of its types; a later finding replaces an earlier one."""
    check_facts(m.charter, command.facts)
    return ((e.FactsEstablished(command.facts, command.source), None),)


def attach_evidence(m: Matter, command: c.AttachEvidence) -> Rulings:
    """The same content is attached once."""
    if command.digest in m.case.evidence:
        refuse("already-exists", name=command.digest)
    event = e.EvidenceAttached(command.digest, command.media_type, command.size, command.caption)
    return ((event, None),)


def add_party(m: Matter, command: c.AddParty) -> Rulings:
    """A party is added once, and not the initiator."""
    if command.party in m.case.parties or command.party == m.case.initiator:
        refuse("already-exists", name=command.party)
    if command.role == RESPONDENT:
        _not_at_work(m, command.party)
    return ((e.PartyAdded(command.party, command.role, command.name, command.contact), None),)


def _not_at_work(m: Matter, party: str) -> None:
    """Whoever works on a case of a shielded type hands it over before it is against them."""
    if party in working_on(m.case) and m.case_type.shielded:
        refuse("respondent-may-not-work", clause=m.case_type.clause, party=party)


def contact_initiator(m: Matter, command: c.ContactInitiator) -> Rulings:
    """Contacting is recorded, whether the initiator was reached or not; only reaching them moves clocks."""
    move = m.stay()
    if command.reached:
        move = m.stay(starts=m.starts(Moment.INITIATOR_CONTACTED), stops=ended_by_contact(m))
    return ((e.InitiatorContacted(command.reached, command.summary, move), None),)


def ended_by_contact(m: Matter) -> tuple[str, ...]:
    """Give the clocks that end when the initiator is reached; those since dispatch wait for a lead to take the case, too."""
    stops = m.stops(Moment.INITIATOR_CONTACTED)
    if m.case.stage is not Stage.ASSIGNMENT:
        return stops
    clocks = m.charter.time.clocks
    return tuple(name for name in stops if clocks[name].starts is not Moment.DISPATCHED)


def reply_to_initiator(_: Matter, command: c.ReplyToInitiator) -> Rulings:
    """A reply is recorded."""
    return ((e.InitiatorAnswered(command.reply), None),)


def request_information(m: Matter, command: c.RequestInformation) -> Rulings:
    """One question waits at a time, for as long as the charter gives."""
    if m.case.information_asked:
        refuse("information-already-requested")
    rule = m.charter.time.information
    if rule is None:
        refuse("no-rule", what=COMMANDS["request-information"])
    start = clock_start(INFORMATION_CLOCK, rule.within, rule.clause)
    return ((e.InformationRequested(command.question, m.stay(starts=(start,))), rule.clause),)


def ready_for_information(m: Matter) -> None:
    """The case waits for an answer."""
    if not m.case.information_asked:
        refuse("nothing-requested")


def supply_information(m: Matter, command: c.SupplyInformation) -> Rulings:
    """An answer is welcome also late, as long as the case waits for it."""
    check_facts(m.charter, command.facts)
    move = m.stay(stops=(INFORMATION_CLOCK,))
    return ((e.InformationSupplied(command.answer, move, command.facts), None),)


def record_urging(m: Matter, command: c.RecordUrging) -> Rulings:
    """An urging counts; the charter may escalate the n-th."""
    count = m.case.urgings + 1
    return ((e.UrgingRecorded(count, command.summary), None), *counted(m, "urgings", count))


def counted(m: Matter, what: str, count: int) -> Rulings:
    """Give what the charter lets happen when something has happened for the n-th time."""
    return tuple(
        (e.CaseEscalated(rule.to, counted=what, count=count), rule.clause)
        for rule in m.charter.time.counters
        if rule.counts == what and rule.nth == count
    )


def reclassify_case(m: Matter, command: c.ReclassifyCase) -> Rulings:
    """Another type or category has to be known; triage or routing are asked again by whoever goes on."""
    case_type = command.case_type or m.case.case_type
    category = command.category or m.case.category
    if (case_type, category) == (m.case.case_type, m.case.category):
        refuse("nothing-to-change")
    if case_type not in m.charter.case_types:
        m.unknown("case_type", case_type, m.charter.case_types)
    if category not in m.charter.categories:
        m.unknown("category", category, m.charter.categories)
    return ((e.CaseReclassified(case_type, category, command.reason), None),)


def not_accepted_yet(m: Matter) -> None:
    """A case is accepted or declined once."""
    if m.case.accepted_at is not None:
        refuse("already-accepted")


def accept_case(m: Matter, _: c.AcceptCase) -> Rulings:
    """A case is accepted once; the version in force now governs it from here on."""
    not_accepted_yet(m)
    move = m.stay(starts=m.starts(Moment.ACCEPTED), stops=m.stops(Moment.ACCEPTED))
    return ((e.CaseAccepted(move), m.case_type.clause),)


def decline_case(m: Matter, command: c.DeclineCase) -> Rulings:
    """Only before acceptance, and only on a ground that the charter names."""
    ground = m.charter.decline_grounds.get(command.ground)
    if ground is None:
        m.unknown("decline_ground", command.ground, m.charter.decline_grounds)
    result = m.version.result_of(ResultKind.DECLINED)
    event = e.CaseDeclined(command.ground, result, m.close(), command.reason)
    return ((event, ground.clause),)


def refer_case(m: Matter, command: c.ReferCase) -> Rulings:
    """A case that belongs elsewhere ends here as referred."""
    result = m.version.result_of(ResultKind.REFERRED)
    return ((e.CaseReferred(command.to, result, m.close(), command.reason), None),)


def withdraw_case(m: Matter, command: c.WithdrawCase) -> Rulings:
    """The initiator may take a case back while it is open."""
    result = m.version.result_of(ResultKind.WITHDRAWN)
    return ((e.CaseWithdrawn(result, m.close(), command.reason), None),)


def change_visibility(m: Matter, command: c.ChangeVisibility) -> Rulings:
    """The level has to be one of the charter's, and another."""
    if command.level not in m.charter.visibility:
        m.unknown("visibility", command.level, m.charter.visibility)
    if command.level == m.case.visibility:
        refuse("nothing-to-change")
    return ((e.VisibilityChanged(command.level, command.reason), None),)


def collected(m: Matter, command: c.CollectCase) -> e.CaseCollected:
    """Give the first event of a case. The matter holds the case as it would be; what it names must exist."""
    charter = m.charter
    if command.case_type not in charter.case_types:
        m.unknown("case_type", command.case_type, charter.case_types)
    if command.category not in charter.categories:
        m.unknown("category", command.category, charter.categories)
    if m.envelope.channel not in charter.channels:
        m.unknown("channel", m.envelope.channel, charter.channels)
    check_facts(charter, command.facts)
    return e.CaseCollected(
        case_id=command.case_id,
        case_type=command.case_type,
        category=command.category,
        title=command.title,
        grid=command.grid,
        path=m.case.path,
        initiator=m.case.initiator,
        visibility=m.version.visibility_of(command.case_type),
        anonymous=command.anonymous,
        facts=command.facts,
        intake_point=command.intake_point,
        source_ref=command.source_ref,
        description=command.description,
        initiator_name=command.initiator_name,
        initiator_contact=command.initiator_contact,
        location=command.location,
        move=Move(Stage.COLLECTION, starts=m.starts(Moment.COLLECTED)),
    )
