"""What is wrong with a charter is found, named by a stable code and by the place where it stands."""

import pytest

from casesys.domain.charter.parse import CharterInvalid, parse_charter
from casesys.domain.charter.problems import PROBLEMS
from casesys.domain.charter.steps import Consult
from tests.domain.charter.stock import GONE, Change, changed, document, parsed, written

TEXT = {"zh": "试", "en": "a trial"}
MEETING = "procedures.big-residents.steps.meeting"
BALLOT = "procedures.big-owners.steps.ballot"
HALF = {"share": "1/2", "comparator": "at_least"}
STUDY = {
    "id": "again",
    "kind": "study",
    "label": TEXT,
    "clause": "art-23",
    "body": "residents_hall",
}
MEDIATION = {
    "id": "talk",
    "kind": "mediation",
    "label": TEXT,
    "clause": "art-34",
    "body": "mediation_room",
    "within": {"amount": 1, "unit": "clock_hour"},
}
FILING = {**MEDIATION, "kind": "filing", "body": "street_office", "id": "file"}
OBJECTIONS = {
    "id": "late",
    "kind": "objections",
    "label": TEXT,
    "clause": "art-26",
    "period": {"amount": 1, "unit": "clock_hour"},
    "effect": "none",
}
ROW = {"id": "urgent", "clause": "art-21", "to": "small", "because": TEXT}

Case = tuple[str, tuple[Change, ...], str, str]
"""What is tried, what is changed, and the code and place of the one problem that follows."""

UNKNOWN: list[Case] = [
    (f"unknown {what}", ((path, value),), "unknown-name", path)
    for what, path, value in [
        ("clause", "case_types.issue.clause", "art-99"),
        ("clause of a step", f"{MEETING}.clause", "art-99"),
        ("role of a grant", "authority.0.roles.0", "king"),
        ("role of a timer", "time.ladders.urgent.timers.grid_lead.to", "king"),
        ("role of a counter", "time.counters.0.to", "king"),
        ("role of a visibility", "visibility.handling.roles.0", "king"),
        ("role of an officer", "procedures.urgent.steps.decide.roles.0", "king"),
        ("command of a grant", "authority.0.commands.0", "sing-song"),
        ("command of a separation", "separation.0.command", "sing-song"),
        ("earlier command of a separation", "separation.0.not_after.0", "sing-song"),
        ("keeper", "categories.lifts.keeper", "nobody"),
        ("party of a side", "procedures.small.steps.consult.sides.1.who.0", "nobody"),
        ("body of a study", "procedures.big-residents.steps.study.body", "nobody"),
        ("told party", f"{BALLOT.replace('ballot', 'notice')}.to.0", "nobody"),
        ("lead", "routing.report.lead", "nobody"),
        ("supporting party", "routing.lift.supporting.0", "nobody"),
        ("parent category", "categories.street_lamp.parent", "nothing"),
        ("category of a message", "messages.2.categories.0", "nothing"),
        ("fact of a question", "categories.manhole.questions.0.fact", "nothing"),
        ("electorate", f"{MEETING}.electorate", "nobody"),
        ("way", "triage.big-owners.to", "sideways"),
        ("procedure after an objection", "procedures.small.steps.consult.on_objection", "x"),
        ("channel of a publication", "procedures.big-owners.steps.publish.where.0", "x"),
        ("result", "procedures.big-owners.not_carried", "nothing"),
        ("result of a closing requirement", "closing.0.results.0", "nothing"),
        ("excluded result", "metrics.response_rate.excludes.0", "nothing"),
        ("visibility", "default_visibility", "nobody"),
        ("visibility of a case type", "case_types.report.visibility", "nobody"),
        ("clock of a suspension", "time.suspensions.weather.clocks.0", "sundial"),
        ("clock of an extension", "time.extensions.0.clock", "sundial"),
        ("ladder", "time.clocks.verify.ladder", "stairs"),
        ("case type of a scope", "closing.0.scope.case_types.0", "parade"),
        ("procedure of a scope", "time.clocks.decide.rows.mediation.scope.procedures.0", "x"),
        ("satisfaction's clause", "satisfaction.clause", "art-99"),
        ("category in a guard", "routing.wish.when", 'category == "lampp"'),
        ("case type in a guard", "routing.wish.when", 'case_type in ["issue", "parade"]'),
        ("keeper in a guard", "routing.lift.when", 'keeper == "nobody"'),
        ("grade in a guard", "closing.1.guard", 'case.satisfaction == "glad"'),
    ]
]

CASES: list[Case] = [
    *UNKNOWN,
    ("two rows of one name", (("triage.2.id", "urgent"),), "name-twice", "triage"),
    ("two steps of one name", (("procedures.big-residents.steps.+", {**STUDY, "id": "study"}),),
     "name-twice", "procedures.big-residents.steps"),
    ("a timer with the name of one of its ladder", (("time.clocks.verify.timers", [{
        "id": "remind", "clause": "art-54", "share": "1/2", "does": "remind", "to": "verifier"}]),),
     "name-twice", "time.clocks.verify.timers"),
    ("two budgets of one name", (("time.clocks.decide.rows.1.id", "small"),
                                 ("clauses.art-45.text", TEXT)),
     "name-twice", "time.clocks.decide.rows"),
    ("two special majorities of one name", ((f"{BALLOT}.special.+", {
        "id": "greater", "clause": "art-29", "when": "true",
        "majority": [{**HALF, "of": "votes_cast"}]}),),
     "name-twice", f"{BALLOT}.special"),
    ("two sides of one name", (("procedures.small.steps.consult.sides.1.code", "residents"),),
     "name-twice", "procedures.small.steps.consult.sides"),
    ("two timers of one name", (("time.ladders.check.timers.1.id", "remind"),),
     "name-twice", "time.ladders.check.timers"),
    ("no such place", (("clauses.art-10.text.en", "In {time.clocks.accept}."),),
     "unfilled-place", "clauses.art-10.text"),
    ("no such place in a message", (("messages.0.text.zh", "{results.resolved.cake}"),),
     "unfilled-place", "messages.0.text"),
    ("a lone brace", (("clauses.art-10.text.en", "In } time."),),
     "stray-brace", "clauses.art-10.text"),
    ("a guard of great length", (("routing.wish.when", "true" + " " * 2000),),
     "guard-too-long", "routing.wish.when"),
    ("a guard that is no CEL", (("routing.wish.when", "if so"),),
     "guard-syntax", "routing.wish.when"),
    ("a guard that calculates", (("closing.3.guard", "case.evidence + 1 > 2"),),
     "guard-not-allowed", "closing.3.guard"),
    ("a guard over nothing", (("routing.wish.when", "facts.moon_phase > 2"),),
     "guard-unknown-variable", "routing.wish.when"),
    ("a closing variable in triage", (("triage.direct.when", "case.verified"),),
     "guard-unknown-variable", "triage.direct.when"),
    ("a guard of wrong type", (("triage.direct.when", 'facts.common_parts == "yes"'),),
     "guard-type", "triage.direct.when"),
    ("a guard without truth", ((f"{BALLOT}.special.greater.when", "facts.estimated_cost"),),
     "guard-not-boolean", f"{BALLOT}.special.greater.when"),
    ("a condition in the last row", (("triage.small.when", 'case_type != "dispute"'),),
     "last-row-conditional", "triage.small.when"),
    ("no condition in routing's last row", (("routing.rest.when", "facts.common_parts"),),
     "last-row-conditional", "routing.rest.when"),
    ("a row after the last", (("routing.wish.when", GONE),), "row-never-asked", "routing.wish"),
    ("a budget after the last", (("time.clocks.respond.rows.urgent.scope", {}),),
     "row-never-asked", "time.clocks.respond.rows.urgent"),
    ("a type that no row sends anywhere", (("triage.mediation.when", "facts.danger_to_life"),),
     "case-type-without-way", "case_types.dispute"),
    ("a type with no way at all", (("case_types.inquiry.direct", False),),
     "case-type-without-way", "case_types.inquiry"),
    ("a fact that guards cannot name", (("facts.moon-phase", {"label": TEXT, "type": "int"}),),
     "fact-name", "facts.moon-phase"),
    ("a default of another type", (("facts.estimated_cost.when_unknown", True),),
     "fact-default", "facts.estimated_cost.when_unknown"),
    ("a truth for a text", (("facts.moon", {"label": TEXT, "type": "text", "when_unknown": True}),),
     "fact-default", "facts.moon.when_unknown"),
    ("a whole number for a truth", (("facts.fund_raised.when_unknown", 0),),
     "fact-default", "facts.fund_raised.when_unknown"),
    ("three levels", (("categories.family.parent", "boundary"),),
     "category-levels", "categories.family.parent"),
    ("its own parent", (("categories.family.parent", "family"),),
     "category-levels", "categories.family.parent"),
    ("stages out of order", (("case_types.issue.stages",
                              ["collection", "assignment", "deliberation"]),),
     "stages", "case_types.issue.stages"),
    ("a stage twice", (("case_types.inquiry.stages", ["collection", "assignment", "assignment"]),),
     "stages", "case_types.inquiry.stages"),
    ("no collection", (("case_types.inquiry.stages", ["assignment"]),),
     "stages", "case_types.inquiry.stages"),
    ("closed as a stage", (("case_types.inquiry.stages", ["collection", "assignment", "closed"]),),
     "stages", "case_types.inquiry.stages"),
    ("procedures without deliberation", (("case_types.issue.stages", ["collection", "assignment"]),),
     "no-stage-for-procedures", "case_types.issue.stages"),
    ("direct to nowhere", (("case_types.inquiry.stages", ["collection"]),),
     "no-stage-for-direct", "case_types.inquiry.stages"),
    ("no result for withdrawing", (("results.withdrawn.kind", "merged"),),
     "one-result", "results"),
    ("two results for referring", (("results.merged.kind", "referred"),), "one-result", "results"),
    ("a wrong result for what is not carried", (("procedures.small.not_carried", "resolved"),),
     "not-carried-kind", "procedures.small.not_carried"),
    ("a weight for no grade", (("metrics.satisfaction_rate.weights.yes", "1"),),
     "metric-answer", "metrics.satisfaction_rate.weights.yes"),
    ("a weight for a grade", (("metrics.response_rate.weights.satisfied", "1"),),
     "metric-answer", "metrics.response_rate.weights.satisfied"),
    ("nothing decides", (("procedures.small.steps", [STUDY]), ("clauses.art-31.text", TEXT)),
     "procedure-decides-nothing", "procedures.small.steps"),
    ("a mediation on a track", (("procedures.mediation.track", "small"),),
     "track", "procedures.mediation.track"),
    ("no track", (("procedures.small.track", GONE),), "track", "procedures.small.track"),
    ("mediation and a decision", (("procedures.mediation.steps.+", {
        "id": "order", "kind": "officer_decision", "label": TEXT, "clause": "art-34",
        "roles": ["secretary"]}),),
     "mediation-alone", "procedures.mediation.steps"),
    ("a second attempt from nowhere", ((f"{MEETING}.second_attempt.from_step", "moon"),),
     "second-attempt", f"{MEETING}.second_attempt.from_step"),
    ("a second attempt from later", ((f"{MEETING}.second_attempt.from_step", "publish"),),
     "second-attempt", f"{MEETING}.second_attempt.from_step"),
    ("nothing to ratify", (("procedures.urgent.steps.decide.further_measures", False),),
     "nothing-to-ratify", "procedures.urgent.steps.ratify"),
    ("objections before publishing", (("procedures.small.steps.+", OBJECTIONS),),
     "nothing-published-yet", "procedures.small.steps.late"),
    ("filing before deciding", (("procedures.big-residents.steps.0", FILING),
                                ("procedures.big-residents.steps.+", STUDY)),
     "nothing-decided-yet", "procedures.big-residents.steps.file"),
    ("a recount of no votes", (("procedures.small.steps.+", {
        "id": "show", "kind": "publish", "label": TEXT, "clause": "art-26",
        "period": {"amount": 1, "unit": "clock_hour"}, "where": ["online"]}),
        ("procedures.small.steps.+", {**OBJECTIONS, "effect": "recount"})),
     "nothing-to-count-again", "procedures.small.steps.late.effect"),
    ("an objection to itself", (("procedures.small.steps.consult.on_objection", "small"),),
     "objection-circle", "procedures.small"),
    ("an objection to what is not allowed", (("case_types.suggestion.procedures",
                                              ["big-owners", "small"]),),
     "objection-not-allowed", "case_types.suggestion.procedures"),
    ("a body for owners", (("electorates.owners.body", "residents_hall"),),
     "electorate-body", "electorates.owners.body"),
    ("no body for members", (("electorates.representatives.body", GONE),),
     "electorate-body", "electorates.representatives.body"),
    ("a body without seats", (("electorates.representatives.body", "street_office"),),
     "electorate-body", "electorates.representatives.body"),
    ("a quorum of those present", ((f"{MEETING}.participation.0.of", "present"),),
     "denominator", f"{MEETING}.participation.0.of"),
    ("a meeting's majority of who takes part", ((f"{MEETING}.majority.0.of", "participating"),),
     "denominator", f"{MEETING}.majority.0.of"),
    ("a second quorum of an electorate", ((f"{MEETING}.second_attempt.participation",
                                           [{**HALF, "of": "electorate"}]),),
     "denominator", f"{MEETING}.second_attempt.participation.0.of"),
    ("a ballot's majority of who is present", ((f"{BALLOT}.majority.1.of", "present"),),
     "denominator", f"{BALLOT}.majority.1.of"),
    ("a special majority of seats", ((f"{BALLOT}.special.greater.majority.0.of", "seated"),),
     "denominator", f"{BALLOT}.special.greater.majority.0.of"),
    ("the area of representatives", ((f"{MEETING}.majority.0.measure", "floor_area"),),
     "measure", f"{MEETING}.majority.0.measure"),
    ("a secret ballot by area", ((f"{BALLOT}.form", "secret"),),
     "secret-by-area", f"{BALLOT}.form"),
    ("more than everybody", ((f"{MEETING}.majority.0.share", "1"),),
     "never-reached", f"{MEETING}.majority.0"),
    ("a window that closes before it opens", ((f"{BALLOT}.opens_for_at_least.amount", 61),),
     "window", BALLOT),
    ("a window in two units", ((f"{BALLOT}.opens_for_at_least.unit", "working_day"),),
     "window", BALLOT),
    ("a timer of another calendar", (("time.ladders.check.timers.secretary.after.calendar", "moon"),
                                     ("time.clocks.follow_up.ladder", GONE)),
     "timer-calendar", "time.clocks.verify.timers"),
    ("a timer without the clock's calendar", (("time.clocks.make_safe.ladder", "check"),),
     "timer-calendar", "time.clocks.make_safe.timers"),
    ("an extension in another unit", (("time.extensions.0.unit", "calendar_day"),),
     "extension-unit", "time.extensions.0.unit"),
]  # fmt: skip # a table, one case a line


@pytest.mark.parametrize(
    ("changes", "code", "where"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_fault_is_found_where_it_is(changes: tuple[Change, ...], code: str, where: str) -> None:
    """Given the stock charter with one fault, then just that is found, by its code and place."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(written(changed(*changes)))

    assert [(p.code, p.where) for p in caught.value.problems] == [(code, where)]
    assert (caught.value.code, caught.value.where) == (code, where)
    assert caught.value.message == caught.value.problems[0].says


def test_two_steps_may_lead_to_the_same_procedure() -> None:
    """Given a procedure that asks the sides twice, when an objection leads to the same place each time, then nothing is wrong."""
    again = document()["procedures"]["small"]["steps"][0] | {"id": "again"}

    twice = parsed(("procedures.small.steps.+", again)).charter.procedures["small"].steps

    assert [step.on_objection for step in twice if isinstance(step, Consult)] == [
        "big-residents",
        "big-residents",
    ]


def test_everything_that_is_wrong_is_listed_at_once() -> None:
    """Given faults in three places, then all three are told, each in Chinese and English."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(
            written(
                changed(
                    ("case_types.issue.clause", "art-99"),
                    ("triage.direct.when", "facts.moon_phase > 2"),
                    (f"{MEETING}.majority.0.share", "1"),
                )
            )
        )

    assert [p.code for p in caught.value.problems] == [
        "unknown-name",
        "guard-unknown-variable",
        "never-reached",
    ]
    assert caught.value.message.zh == "clauses里没有“art-99”"
    assert caught.value.says.zh.startswith(
        "case_types.issue.clause: clauses里没有“art-99”；triage.direct"
    )
    assert caught.value.says.en.count("; ") == 2
    assert str(caught.value).splitlines() == [
        "case_types.issue.clause: unknown-name: there is no art-99 among clauses",
        "triage.direct.when: guard-unknown-variable: the guard uses an undeclared variable: facts.moon_phase",
        f"{MEETING}.majority.0: never-reached: more than the whole can never be reached",
    ]


BY_THE_DOCUMENT = {
    "too-large",
    "not-utf8",
    "syntax",
    "too-deep",
    "number",
    "no-value",
    "malformed",
}
"""What test_parse.py tries."""


def test_every_problem_is_tried() -> None:
    """Given all problems there are, then each has a charter here that shows it."""
    assert {case[2] for case in CASES} | BY_THE_DOCUMENT == PROBLEMS.keys()
