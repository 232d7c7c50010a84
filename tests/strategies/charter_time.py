"""Random clocks with their budgets, ladders and timers, and what may stop or prolong them."""

from casesys.domain.vocabulary import Moment, Track
from tests.strategies.hand import UNITS, Hand, Table, label


def time(hand: Hand, whole: Table) -> Table:
    """All that a random charter says about time."""
    clauses, roles = list(whole["clauses"]), list(whole["roles"])
    ladders = {
        code: {**label(code), "timers": _timers(hand, clauses, roles, f"{code}.", least=1)}
        for code in hand.codes("ladder-", 0, 2)
    }
    units = {code: hand.one(UNITS) for code in hand.codes("clock-", 0, 5)}
    clocks = {code: _clock(hand, whole, unit, list(ladders)) for code, unit in units.items()}
    written: Table = {
        "ladders": ladders,
        "clocks": clocks,
        "suspensions": {
            code: {
                **label(code),
                "clause": hand.one(clauses),
                "clocks": hand.some(clocks, least=1),
            }
            for code in hand.codes("ground-", 0, 2 if clocks else 0)
        },
        "extensions": [
            {
                "clause": hand.one(clauses),
                "clock": code,
                "at_most": hand.number(1, 9),
                "unit": units[code],
                "times": hand.number(1, 2),
            }
            for code in hand.some(clocks)
        ],
        "counters": [
            {
                "clause": hand.one(clauses),
                "counts": hand.one(["returns", "urgings", "reopenings"]),
                "nth": hand.number(1, 3),
                "does": "escalate",
                "to": hand.one(roles),
            }
            for _ in range(hand.count(0, 2))
        ],
    }
    if hand.flip():
        written["information"] = {"clause": hand.one(clauses), "within": hand.period()}
    return written


def _clock(hand: Hand, whole: Table, unit: str, ladders: list[str]) -> Table:
    clauses, roles = list(whole["clauses"]), list(whole["roles"])
    moments = [moment.value for moment in Moment]
    scopes = [_scope(hand, whole) for _ in range(hand.count(0, 2))]
    if not scopes or hand.flip():
        scopes.append({})
    clock = {
        **label("clock"),
        "starts": hand.kind(moments),
        "stops": hand.some(moments, least=1),
        "timers": _timers(hand, clauses, roles, "own.", least=0),
        "rows": [
            {
                "id": f"row-{i}",
                "clause": hand.one(clauses),
                "scope": scope,
                "period": hand.period(unit),
            }
            for i, scope in enumerate(scopes)
        ],
    }
    if hand.flip():
        clock["counts_from"] = hand.one(["collected", "accepted"])
    if ladders and hand.flip():
        clock["ladder"] = hand.one(ladders)
    return clock


def _scope(hand: Hand, whole: Table) -> Table:
    """A scope that restricts something."""
    possible: Table = {
        "case_types": hand.some(whole["case_types"], least=1),
        "categories": hand.some(whole["categories"], least=1),
        "tracks": [track.value for track in hand.some(Track, least=1)],
        "direct": hand.flip(),
        "priorities": hand.some(range(1, 6), least=1),
    }
    if whole["procedures"]:
        possible["procedures"] = hand.some(whole["procedures"], least=1)
    return {name: possible[name] for name in hand.some(possible, least=1)}


def _timers(
    hand: Hand, clauses: list[str], roles: list[str], prefix: str, least: int
) -> list[Table]:
    timers = []
    for i in range(hand.count(least, 3)):
        does = hand.one(["remind", "miss", "escalate"])
        instants: list[Table] = [
            {"share": hand.one(["0", "1/2", "4/5", "1"])},
            {"before": hand.period()},
            {"after": hand.period()},
        ]
        timers.append(
            {
                "id": f"{prefix}{i}",
                "clause": hand.one(clauses),
                "does": does,
                "to": hand.one(roles),
                **(hand.one(instants) if does != "miss" else {}),
            }
        )
    return timers
