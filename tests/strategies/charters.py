"""Random valid charters: random in structure, not variations of the stock one.

How many roles, parties, categories, case types, procedures, steps and rows there are, what they are,
in which order they stand and what they say of each other is random; only what makes a charter valid
is kept to. The first role may give every command, so that a machine can drive any case; other grants
are random, too. All periods count by the calendar `workdays`.
"""

from collections.abc import Iterable, Mapping

from hypothesis import strategies as st

from casesys.domain.charter.expressions import ValueType
from casesys.domain.charter.variables import CASE, CLOSING
from casesys.domain.messages import Value
from casesys.domain.vocabulary import COMMANDS, Stage, Status
from tests.strategies.charter_procedures import Cast, procedures
from tests.strategies.charter_time import time
from tests.strategies.guards import KINDS, guard
from tests.strategies.hand import Hand, Table, label

VALUES: Mapping[ValueType, st.SearchStrategy[Value]] = {
    ValueType.BOOL: st.booleans(),
    ValueType.INT: st.integers(-3, 40),
    ValueType.TEXT: st.sampled_from(["", "grid-1", "第一"]),
}
"""What facts of each type may be: the guards compare them with the same few."""

ENDINGS = ("withdrawn", "referred", "declined", "not_carried", "resolved")
OTHER_ENDINGS = ("partly_resolved", "not_solvable", "merged", "not_carried", "resolved")


@st.composite
def documents(draw: st.DrawFn, *, executable_only: bool = False) -> Table:
    """Documents of valid charters; with `executable_only`, of steps that the engine carries out."""
    hand = Hand(draw)
    clauses, roles = hand.codes("clause-", 1, 5), hand.codes("role-", 1, 5)
    bodies, companies = hand.codes("body-", 1, 3), hand.codes("company-", 0, 4)
    channels, facts, results = hand.codes("channel-", 1, 3), _facts(hand), _results(hand)
    not_carried = [code for code, r in results.items() if r["kind"] == "not_carried"]
    cast = Cast(clauses, roles, bodies, bodies + companies, channels, not_carried, facts)
    electorates, ways = procedures(hand, cast, executable_only=executable_only)
    whole: Table = {
        "code": hand.one(["c", "a-long.code_0"]),
        "version": hand.one(["1", "2026.1", "v1-A"]),
        "title": hand.text(),
        "clauses": {code: {"text": _sentence(hand)} for code in clauses},
        "roles": {code: {**label(code), "holders": hand.number(0, 3)} for code in roles},
        "parties": {
            **{code: {**label(code), "seats": hand.number(1, 7)} for code in bodies},
            **{code: label(code) for code in companies},
        },
        "channels": {code: label(code) for code in channels},
        "facts": facts,
        "categories": _categories(hand, cast),
        "case_types": _case_types(hand, clauses, ways),
        "results": results,
        "electorates": electorates,
        "procedures": ways,
        "decline_grounds": _grounds(hand, clauses),
        "assignment": {
            "return_grounds": _grounds(hand, clauses),
            "lead_stays_while_disputed": hand.flip(),
        },
        "authority": _authority(hand, clauses, roles),
        "separation": _separation(hand, clauses),
    }
    whole |= _visibility(hand, roles)
    for case_type in whole["case_types"].values():
        if hand.flip():
            case_type["visibility"] = hand.one(whole["visibility"])
    whole |= _opinions(hand, clauses, results)
    whole["time"] = time(hand, whole)
    whole |= _rows(hand, whole)
    whole["messages"] = _messages(hand, whole)
    return whole


def _sentence(hand: Hand) -> Table:
    """The text of a clause, sometimes with a place to be filled."""
    sentence = hand.text()
    place = hand.one(["", "{title}", "{code}", "{satisfaction.reopenings_at_most}"])
    return {"zh": sentence["zh"] + place, "en": place + sentence["en"]}


def _facts(hand: Hand) -> Table:
    some_values: Mapping[ValueType, tuple[Value, ...]] = {
        ValueType.BOOL: (False, True),
        ValueType.INT: (0, 7),
        ValueType.TEXT: ("", "第一"),
    }
    facts: Table = {}
    for code in hand.codes("fact_", 0, 5):
        kind = hand.kind(list(ValueType))
        facts[code] = {**label(code), "type": kind.value}
        if hand.flip():
            facts[code]["when_unknown"] = hand.one(some_values[kind])
        if hand.flip():
            facts[code]["unit"] = hand.text()
    return facts


def _results(hand: Hand) -> Table:
    kinds = [*ENDINGS, *hand.some(OTHER_ENDINGS)]
    return {
        f"result-{i}": {**label("result"), "kind": kind}
        for i, kind in enumerate(hand.shuffled(kinds))
    }


def _categories(hand: Hand, cast: Cast) -> Table:
    upper = hand.codes("category-", 1, 4)
    lower = {f"{code}.{i}": code for code in upper for i in range(hand.count(0, 2))}
    categories: Table = {}
    for code in hand.shuffled([*upper, *lower]):
        asked = hand.some(cast.facts)
        categories[code] = {
            **label(code),
            **({"parent": lower[code]} if code in lower else {}),
            **({"keeper": hand.one(cast.parties)} if hand.flip() else {}),
            "questions": [{"fact": fact, "ask": hand.text()} for fact in asked],
        }
    return categories


def _case_types(hand: Hand, clauses: list[str], ways: Table) -> Table:
    case_types: Table = {}
    for code in hand.codes("type-", 1, 4):
        allowed = _with_what_follows(hand.some(ways), ways)
        direct = not allowed or hand.flip()
        stages = [Stage.COLLECTION]
        if allowed or hand.flip():
            stages.append(Stage.DELIBERATION)
        if hand.flip():
            stages.append(Stage.ASSIGNMENT)
        if hand.flip() or (direct and Stage.ASSIGNMENT not in stages):
            stages.append(Stage.RESOLUTION)
        case_types[code] = {
            **label(code),
            "clause": hand.one(clauses),
            "stages": [stage.value for stage in stages],
            "procedures": allowed,
            "direct": direct,
            "shielded": hand.flip(),
        }
    return case_types


def _with_what_follows(chosen: Iterable[str], ways: Table) -> list[str]:
    """Procedures, with those that objections in them lead to."""
    pending, found = list(chosen), dict[str, None]()
    while pending:
        code = pending.pop()
        found[code] = None
        leads = (step.get("on_objection") for step in ways[code]["steps"])
        pending.extend(to for to in leads if to is not None and to not in found)
    return list(found)


def _grounds(hand: Hand, clauses: list[str]) -> Table:
    codes = hand.codes("ground-", 0, 2)
    return {code: {**label(code), "clause": hand.one(clauses)} for code in codes}


def _authority(hand: Hand, clauses: list[str], roles: list[str]) -> list[Table]:
    first = {"clause": clauses[0], "roles": [roles[0]], "commands": list(COMMANDS)}
    others = [
        {
            "clause": hand.one(clauses),
            "roles": hand.some(roles, least=1),
            "commands": hand.some(COMMANDS, least=1),
            "relation": hand.one(["grid", "lead", "supporting", "not_lead"]),
            "stages": [stage.value for stage in hand.some(Stage)],
        }
        for _ in range(hand.count(0, 3))
    ]
    return [first, *others]


def _separation(hand: Hand, clauses: list[str]) -> list[Table]:
    return [
        {
            "clause": hand.one(clauses),
            "command": hand.one(COMMANDS),
            "not_after": hand.some(COMMANDS, least=1),
        }
        for _ in range(hand.count(0, 2))
    ]


def _visibility(hand: Hand, roles: list[str]) -> Table:
    levels = hand.codes("level-", 1, 3)
    return {
        "default_visibility": hand.one(levels),
        "visibility": {
            code: {**label(code), "roles": hand.some(roles), "bulletin": hand.flip()}
            for code in levels
        },
    }


def _opinions(hand: Hand, clauses: list[str], results: Table) -> Table:
    """Satisfaction and metrics."""
    grades = hand.codes("grade-", 0, 3)
    answers = {"solved": ["yes", "no"], "contacted": ["yes"], "satisfaction": grades}
    return {
        "satisfaction": {
            "grades": {code: {**label(code), "asks_reopening": hand.flip()} for code in grades},
            "reopenings_at_most": hand.number(0, 3),
            **({"clause": hand.one(clauses)} if hand.flip() else {}),
        },
        "metrics": {
            f"metric-{answer}": {
                **label(answer),
                "clause": hand.one(clauses),
                "answer": answer,
                "weights": {known: hand.one(["1", "1/2", "9/10"]) for known in weighed},
                "excludes": hand.some(results),
                "month_starts_on": hand.number(1, 28),
            }
            for answer, weighed in answers.items()
            if weighed and hand.flip()
        },
    }


def _rows(hand: Hand, whole: Table) -> Table:
    """Triage, routing and closing requirements, with their guards."""
    clauses, categories = list(whole["clauses"]), whole["categories"]
    constants = {
        "case_type": list(whole["case_types"]),
        "category": list(categories),
        "parent_category": ["", *categories],
        "keeper": ["", *whole["parties"]],
        "channel": list(whole["channels"]),
        "result": list(whole["results"]),
        "case.satisfaction": ["", *whole["satisfaction"]["grades"]],
    }
    facts = {f"facts.{code}": KINDS[fact["type"]] for code, fact in whole["facts"].items()}
    seen = facts | {name: variable.type for name, variable in CASE.items()}
    closing = seen | {name: variable.type for name, variable in CLOSING.items()}
    routes: list[Table] = [
        {
            "id": f"route-{i}",
            "clause": hand.one(clauses),
            "when": guard(hand, seen, constants),
            "lead": hand.one(["keeper", *whole["parties"]]),
            "supporting": hand.some(whole["parties"]),
        }
        for i in range(hand.count(0, 4))
    ]
    if routes:
        del routes[-1]["when"]
    guards = [guard(hand, seen, constants) for _ in range(hand.count(0, 5))]
    return {
        "triage": _triage(hand, whole, guards),
        "routing": routes,
        "closing": [
            {
                "clause": hand.one(clauses),
                "results": hand.some(whole["results"]),
                "guard": guard(hand, closing, constants),
                "because": hand.text(),
            }
            for _ in range(hand.count(0, 2))
        ],
    }


def _triage(hand: Hand, whole: Table, guards: list[str]) -> list[Table]:
    """Rows that send every case somewhere: the last one, or one for its type alone."""
    ways = {
        code: [*case_type["procedures"], *(["direct"] if case_type["direct"] else [])]
        for code, case_type in whole["case_types"].items()
    }
    anywhere = sorted({to for allowed in ways.values() for to in allowed})
    last = hand.one(anywhere)
    rows = [{"when": when, "to": hand.kind(anywhere)} for when in guards]
    for code, allowed in ways.items():
        if last not in allowed or hand.flip():
            row = {"when": f'case_type == "{code}"', "to": hand.one(allowed)}
            rows.insert(hand.number(0, len(rows)), row)
    return [
        {
            **row,
            "id": f"row-{i}",
            "clause": hand.one(whole["clauses"]),
            "priority": hand.number(1, 5),
            "because": hand.text(),
        }
        for i, row in enumerate([*rows, {"to": last}])
    ]


def _messages(hand: Hand, whole: Table) -> list[Table]:
    return [
        {
            "status": hand.one(Status).value,
            "categories": hand.some(whole["categories"]),
            "text": hand.text(),
        }
        for _ in range(hand.count(0, 3))
    ]
