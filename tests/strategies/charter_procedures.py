"""Random procedures: steps of any kind, in any order in which they make sense."""

from dataclasses import dataclass

from casesys.domain.charter.expressions import ValueType
from casesys.domain.vocabulary import Track
from tests.strategies.guards import KINDS, guard
from tests.strategies.hand import Hand, Table, label

DECIDING = ("consult", "officer_decision", "meeting", "ballot")
NOT_EXECUTABLE = frozenset({"ballot", "approval", "filing", "mediation"})


@dataclass(frozen=True)
class Cast:
    """Who and what a procedure may name; bodies are parties with seats."""

    clauses: list[str]
    roles: list[str]
    bodies: list[str]
    parties: list[str]
    channels: list[str]
    not_carried: list[str]
    facts: Table


def procedures(hand: Hand, cast: Cast, *, executable_only: bool) -> tuple[Table, Table]:
    """Electorates and procedures. Objections lead to earlier procedures only, so never in a circle."""
    electorates = _electorates(hand, cast, executable_only=executable_only)
    ways: Table = {}
    for code in hand.codes("procedure-", 0, 4):
        mediation = not executable_only and hand.kind([False, False, False, True])
        kinds = ["mediation"] if mediation else _kinds(hand, executable_only=executable_only)
        drafting = Drafting(hand, cast, electorates, list(ways))
        ways[code] = {
            **label(code),
            "clause": hand.one(cast.clauses),
            "not_carried": hand.one(cast.not_carried),
            **({} if mediation else {"track": hand.one(Track).value}),
            "steps": [drafting.step(kind, i) for i, kind in enumerate(kinds)],
        }
    return electorates, ways


def _electorates(hand: Hand, cast: Cast, *, executable_only: bool) -> Table:
    others = () if executable_only else ("owners_sharing_part", "residents_of_grid")
    electorates: Table = {}
    for code in hand.codes("electorate-", 1, 3):
        kind = hand.kind(["members_of_body", *others])
        electorates[code] = {
            **label(code),
            "kind": kind,
            "record_date": hand.one(["notice", "meeting", "convened"]),
            **({"body": hand.one(cast.bodies)} if kind == "members_of_body" else {}),
        }
    return electorates


def _kinds(hand: Hand, *, executable_only: bool) -> list[str]:
    """Kinds of step, each only after what it is about; some step decides."""
    kinds: list[str] = []
    length = hand.count(1, 6)
    while len(kinds) < length:
        decided = not set(kinds).isdisjoint(DECIDING)
        possible = list(DECIDING)
        if decided or len(kinds) < length - 1:
            possible += ["study", "notice"]
        if decided:
            possible += ["publish", "publish", "approval", "filing"]
        possible += ["ratify"] * 2 * ("officer_decision" in kinds)
        possible += ["objections"] * 3 * ("publish" in kinds)
        if executable_only:
            possible = [kind for kind in possible if kind not in NOT_EXECUTABLE]
        kinds.append(hand.kind(possible))
    return kinds


class Drafting:
    """The steps of one procedure while they are written."""

    def __init__(self, hand: Hand, cast: Cast, electorates: Table, earlier_ways: list[str]) -> None:
        """Begin without steps."""
        self.hand, self.cast, self.electorates = hand, cast, electorates
        self.earlier_ways = earlier_ways
        self.steps: list[Table] = []

    def step(self, kind: str, index: int) -> Table:
        """One step of a kind."""
        written: Table = {
            **label(kind),
            "id": f"{kind}-{index}",
            "kind": kind,
            "clause": self.hand.one(self.cast.clauses),
            **getattr(self, f"_{kind}")(),
        }
        self.steps.append(written)
        return written

    def _sides(self) -> list[Table]:
        return [
            {**label(code), "code": code, "who": self.hand.some(self.cast.parties, least=1)}
            for code in self.hand.codes("side-", 1, 3)
        ]

    def _consult(self) -> Table:
        step: Table = {"sides": self._sides()}
        if self.hand.flip():
            step["silence_after"] = self.hand.period()
        if self.earlier_ways and self.hand.flip():
            step["on_objection"] = self.hand.one(self.earlier_ways)
        return step

    def _officer_decision(self) -> Table:
        # Always with further measures, so that ratify may follow.
        return {"roles": self.hand.some(self.cast.roles, least=1), "further_measures": True}

    def _ratify(self) -> Table:
        return {"sides": self._sides(), "within": self.hand.period()}

    def _study(self) -> Table:
        return {"body": self.hand.one(self.cast.bodies)}

    def _mediation(self) -> Table:
        return {**self._study(), "within": self.hand.period()}

    def _approval(self) -> Table:
        return {**self._filing(), "silence_means": self.hand.one(["approved", "refused"])}

    def _filing(self) -> Table:
        return {"body": self.hand.one(self.cast.parties), "within": self.hand.period()}

    def _notice(self) -> Table:
        return {
            "period": self.hand.period(),
            "to": self.hand.some([*self.cast.parties, *self.electorates], least=1),
            "proofs": {code: label(code) for code in self.hand.some(["posted", "signed"])},
        }

    def _publish(self) -> Table:
        return {
            "period": self.hand.period(),
            "where": self.hand.some(self.cast.channels, least=1),
        }

    def _objections(self) -> Table:
        voted = {"meeting", "ballot"} & {step["kind"] for step in self.steps}
        effects = ["none", "send_back", *(["recount"] if voted else [])]
        return {"period": self.hand.period(), "effect": self.hand.one(effects)}

    def _meeting(self) -> Table:
        code, whole, measures = self._voters()
        vote = self._vote(code, whole, "present", measures)
        if self.steps and self.hand.flip():
            again = {"from_step": self.hand.one(step["id"] for step in self.steps)}
            if self.hand.flip():
                again["participation"] = self._thresholds([whole], measures)
            vote["second_attempt"] = again
        return vote

    def _ballot(self) -> Table:
        code, whole, measures = self._voters()
        window = self.hand.period()
        longer = self.hand.number(window["amount"], 60)
        return {
            **self._vote(code, whole, "participating", measures),
            "opens_for_at_least": window,
            "opens_for_at_most": {**window, "amount": longer},
            "special": [
                {
                    "id": special,
                    "clause": self.hand.one(self.cast.clauses),
                    "when": self._guard(),
                    "majority": self._thresholds([whole, "votes_cast"], measures, least=1),
                }
                for special in self.hand.some(["greater", "greatest"])
            ],
        }

    def _guard(self) -> str:
        facts = {f"facts.{code}": KINDS[fact["type"]] for code, fact in self.cast.facts.items()}
        return guard(self.hand, {**facts, "grid": ValueType.TEXT}, {})

    def _voters(self) -> tuple[str, str, list[str]]:
        """An electorate, what its whole is called, and what its votes can be counted in."""
        code = self.hand.one(self.electorates)
        kind = self.electorates[code]["kind"]
        whole = "seated" if kind == "members_of_body" else "electorate"
        return code, whole, ["heads", *(["floor_area"] if kind == "owners_sharing_part" else [])]

    def _vote(self, code: str, whole: str, there: str, measures: list[str]) -> Table:
        forms = ["open", "signed", *(["secret"] if measures == ["heads"] else [])]
        return {
            "electorate": code,
            "participation": self._thresholds([whole], measures),
            "majority": self._thresholds([whole, there, "votes_cast"], measures, least=1),
            "form": self.hand.one(forms),
            "proxies": {"per_holder": self.hand.number(0, 2)},
            "recused_leave_denominator": self.hand.flip(),
        }

    def _thresholds(self, wholes: list[str], measures: list[str], least: int = 0) -> list[Table]:
        return [
            {
                "share": self.hand.one(["1/4", "1/3", "1/2", "2/3", "3/4"]),
                "comparator": self.hand.one(["at_least", "more_than"]),
                "of": self.hand.one(wholes),
                "measure": self.hand.one(measures),
            }
            for _ in range(self.hand.number(least, 2))
        ]
