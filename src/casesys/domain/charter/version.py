"""One version of a charter, checked and ready to be asked.

It is made by `parse_charter` only. Everything that a decision looks up is indexed and every guard
compiled once; the texts of clauses are filled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from casesys.domain.charter.expressions import Guard
from casesys.domain.charter.model import (
    KEEPER,
    Charter,
    ClosingRequirement,
    Grant,
    RoutingRow,
    Separation,
    TriageRow,
)
from casesys.domain.charter.rows import narrowed
from casesys.domain.charter.scopes import Course, fits
from casesys.domain.charter.time import Clock
from casesys.domain.messages import Rule, Text, Value
from casesys.domain.vocabulary import Moment, ResultKind

TriageRows = tuple[tuple[TriageRow, Guard | None], ...]
RoutingRows = tuple[tuple[RoutingRow, Guard | None], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CharterVersion:
    """A parsed charter. Two versions are the same when their documents say the same.

    `document` is canonical JSON, what is stored; `digest` its SHA-256 in hex. `guards` stand by
    where they are in the document. `defaults` are the variables of facts that count as something
    while they are unknown.
    """

    charter: Charter
    digest: str
    document: bytes
    guards: Mapping[str, Guard]
    defaults: Mapping[str, Value]
    _texts: Mapping[str, Text]
    _messages: tuple[Text, ...]
    _grants: Mapping[str, tuple[Grant, ...]]
    _separations: Mapping[str, tuple[Separation, ...]]
    _starting: Mapping[Moment, tuple[tuple[str, Clock], ...]]
    _triage: dict[tuple[str, str], TriageRows] = field(default_factory=dict)
    _routing: dict[tuple[str, str], RoutingRows] = field(default_factory=dict)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CharterVersion) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"CharterVersion({self.charter.code} {self.charter.version} {self.digest[:12]})"

    @property
    def rule(self) -> Rule:
        """How events name the version that was applied."""
        return Rule(self.charter.code, self.charter.version, self.digest)

    def clause_text(self, clause_id: str) -> Text:
        """Give the sentence of a clause, its places filled. Raises KeyError for an unknown one."""
        return self._texts[clause_id]

    def message(self, status: str, category: str) -> Text | None:
        """Give what the initiator is told at a status: the first text for the category."""
        within = {category, self.parent_category(category)}
        for message, text in zip(self.charter.messages, self._messages, strict=True):
            if message.status == status and (
                not message.categories or not within.isdisjoint(message.categories)
            ):
                return text
        return None

    def grants(self, command: str) -> tuple[Grant, ...]:
        """Give the grants that cover a command, in the order of the charter."""
        return self._grants.get(command, ())

    def separations(self, command: str) -> tuple[Separation, ...]:
        """Give the rules that keep a command apart from earlier ones."""
        return self._separations.get(command, ())

    def clocks_starting(self, moment: Moment) -> tuple[tuple[str, Clock], ...]:
        """Give the clocks that a moment starts, with their codes."""
        return self._starting.get(moment, ())

    def result_of(self, kind: ResultKind) -> str:
        """Give the first result of a kind. Withdrawn, referred and declined have exactly one.

        Raises LookupError when there is none of another kind.
        """
        for code, result in self.charter.results.items():
            if result.kind is kind:
                return code
        raise LookupError(f"{self.charter.code} has no result of the kind {kind.value}")

    def parent_category(self, category: str) -> str | None:
        """Give the category above one, None for one of the upper level."""
        return self.charter.categories[category].parent

    def keeper(self, category: str) -> str | None:
        """Give the kind of party that keeps a category, or the one above it; None if neither has."""
        own = self.charter.categories[category]
        if own.keeper is not None or own.parent is None:
            return own.keeper
        return self.charter.categories[own.parent].keeper

    def visibility_of(self, case_type: str) -> str:
        """Give the level of the knowledge scope that a new case of a type has."""
        return self.charter.case_types[case_type].visibility or self.charter.default_visibility

    def catalogued(self, case_type: str, category: str) -> dict[str, Value]:
        """Give the values of those variables of guards that case type and category settle."""
        return {
            "case_type": case_type,
            "category": category,
            "parent_category": self.parent_category(category) or "",
            "keeper": self.keeper(category) or "",
        }

    def triage_rows(self, case_type: str, category: str) -> TriageRows:
        """Give the rows that may send such a case somewhere; what type and category settle is gone.

        Raises KeyError when the charter does not know one of them.
        """
        key = (case_type, category)
        if key not in self._triage:  # worked out once for each pair that occurs
            allows = self.charter.case_types[case_type].allows
            rows = [
                (row, self.guards.get(f"triage.{row.id}.when"))
                for row in self.charter.triage
                if allows(row.to)
            ]
            self._triage[key] = tuple(narrowed(rows, self.catalogued(*key)))
        return self._triage[key]

    def routing_rows(self, case_type: str, category: str) -> RoutingRows:
        """Give the rows that may say who leads such a case; KeyError as for triage."""
        key = (case_type, category)
        if key not in self._routing:
            keeper = self.keeper(category)
            rows = [
                (row, self.guards.get(f"routing.{row.id}.when"))
                for row in self.charter.routing
                if row.lead != KEEPER or keeper is not None
            ]
            self._routing[key] = tuple(narrowed(rows, self.catalogued(*key)))
        return self._routing[key]

    def closing_requirements(
        self, course: Course, result: str
    ) -> Iterator[tuple[ClosingRequirement, Guard]]:
        """Give what must hold before a case on this course is closed with a result."""
        for index, requirement in enumerate(self.charter.closing):
            in_question = not requirement.results or result in requirement.results
            if in_question and fits(requirement.scope, course):
                yield requirement, self.guards[f"closing.{index}.guard"]
