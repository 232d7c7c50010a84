"""Triage: which way a case goes, by the first row of the charter that holds for it."""

from collections.abc import Iterable
from dataclasses import dataclass

from casesys.domain.charter.expressions import Guard, Truth
from casesys.domain.charter.features import Features, guard_values
from casesys.domain.charter.version import CharterVersion
from casesys.domain.messages import Text

__all__ = ["FactsNeeded", "Features", "Triaged", "triage"]

_FACT = "facts."


@dataclass(frozen=True, slots=True)
class Triaged:
    """The answer: a procedure or `direct`, by which row and clause, and why.

    `facts_used` are the facts that had a say, `assumed` those of them that nobody has established
    and that counted as the charter says.
    """

    row: str
    to: str
    priority: int
    clause: str
    because: Text
    facts_used: tuple[str, ...]
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsNeeded:
    """There is no answer before these facts are established."""

    facts: tuple[str, ...]


def triage(version: CharterVersion, features: Features) -> Triaged | FactsNeeded:
    """Ask the rows in their order; those that the case type does not allow are passed over.

    A row that an unknown fact leaves open could be the one: then all facts are asked for that open
    rows name, up to the first row that holds in any case. Raises KeyError when the charter does
    not know the case type or category.
    """
    values = guard_values(version, features)
    asked: list[Guard] = []
    needed: dict[str, None] = {}
    for row, guard in version.triage_rows(  # pragma: no branch - the last row is certain
        features.case_type, features.category
    ):
        if guard is not None:
            truth = guard.evaluate(values)
            asked.append(guard)
            if truth is Truth.FALSE:
                continue
            if truth is Truth.UNKNOWN:
                needed |= dict.fromkeys(_facts([guard], guard.unknown(values)))
                continue
        if needed:
            break
        used = _facts(asked, values)
        assumed = tuple(fact for fact in used if fact not in features.facts)
        return Triaged(row.id, row.to, row.priority, row.clause, row.because, used, assumed)
    return FactsNeeded(tuple(needed))


def _facts(guards: Iterable[Guard], among: Iterable[str]) -> tuple[str, ...]:
    """Name the facts among some variables that guards ask about, in the order of their texts."""
    there = frozenset(among)
    named = (atom.variable for guard in guards for atom in guard.atoms if atom.variable in there)
    return tuple(dict.fromkeys(v.removeprefix(_FACT) for v in named if v.startswith(_FACT)))
