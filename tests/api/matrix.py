"""Everybody who may ask, every stage a case can be in, and what the charter says of each: what the tests of who may are made from.

The people hold one role each, in the grid where the cases lie, in another grid of the same community, or in another community beside
it. What they should be let do is read off the charter's grants and levels, and nothing else.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from casesys.api.openapi import body_of
from casesys.domain.cases.commands import CaseCommand, CollectCase
from casesys.domain.cases.state import Case
from casesys.domain.catalogue import people_commands
from casesys.domain.messages import Command, Text
from casesys.domain.register import commands as r
from casesys.domain.register.knowledge import knowers
from casesys.domain.vocabulary import Stage
from tests.api.town import Town, newcomer
from tests.community import COMMUNITY, STOCK, Community
from tests.replay.lives import LIGHTS, PHOTO, SMALL, agreed, finished

HERE, BESIDE, ELSEWHERE = "grid-1", "grid-2", "other-grid"
PLACES = (HERE, BESIDE, ELSEWHERE)
LEAD = "property_company"
ROLES = tuple(STOCK.charter.roles)
NOBODY = "nobody"
"""Somebody with a key and without a mandate."""

CASE_COMMANDS: Mapping[str, type[CaseCommand]] = {
    name: kind
    for name, kind in people_commands()
    if issubclass(kind, CaseCommand) and kind is not CollectCase
}
REGISTER_COMMANDS: Mapping[str, type[r.RegisterCommand]] = {
    name: kind for name, kind in people_commands() if issubclass(kind, r.RegisterCommand)
}


class Somebody(NamedTuple):
    """The holder of a role in a place; who leads or supports does so for the party that leads the cases."""

    role: str
    place: str

    @property
    def person(self) -> str:
        """The id."""
        return f"{self.role}-{self.place}"

    def may_know(self, case: Case) -> bool:
        """Say whether the charter lets them know of a case; who acts for a party, only of what it takes part in."""
        concerned = self.role not in {"lead", "supporting"} or LEAD in taking_part(case)
        return (
            concerned and self.place in case.path and self.role in knowers(STOCK, case.visibility)
        )

    def granted(self, command: str, case: Case) -> bool:
        """Say whether the charter grants them a command on a case that they may know of."""
        leads = self.role in {"lead", "supporting"} and case.lead == LEAD
        relations = {"grid", "lead" if leads else "not_lead"}
        return any(
            self.role in grant.roles
            and (not grant.stages or case.stage in grant.stages)
            and grant.relation in relations
            for grant in STOCK.grants(command)
        )


EVERYBODY = tuple(Somebody(role, place) for role in ROLES for place in PLACES)


def taking_part(case: Case) -> set[str | None]:
    """Name the parties that work on a case or are asked about it."""
    asked = set() if case.deliberation is None else set(case.deliberation.parties.values())
    return {case.lead, *case.supporting, *asked}


def populate(town: Town) -> None:
    """Found another community beside the grids, and let everybody in."""
    register = town.community.register
    name = Text("另一社区", "Another community")
    register(r.EstablishGrid(grid_id="other", parent=COMMUNITY, kind="community", name=name))
    register(r.EstablishGrid(grid_id=ELSEWHERE, parent="other", name=name))
    for somebody in EVERYBODY:
        if somebody.role in {"lead", "supporting"}:
            _party(town.community, somebody)
        else:
            newcomer(town, somebody.person, somebody.role, somebody.place)
    register(r.RegisterPerson.model_validate({"person_id": NOBODY, "name": "某"}))


def _party(community: Community, somebody: Somebody) -> None:
    person = somebody.person
    community.register(r.RegisterPerson.model_validate({"person_id": person, "name": person}))
    mandate = r.GiveMandate(
        person_id=person,
        mandate_id=f"mandate-{person}",
        role=somebody.role,
        grid_id=somebody.place,
        principal=LEAD,
    )
    community.register(mandate)


def case_in(community: Community, stage: Stage) -> str:
    """Bring a case of the grid here to a stage."""
    case = community.collect(grid=HERE, facts=SMALL)
    do = partial(community.do, case)
    if stage is Stage.COLLECTION:
        return case
    do("accept-case", "duty_officer")
    do("triage-case", "duty_officer")
    if stage is Stage.DELIBERATION:
        return case
    agreed(community, case)
    if stage is Stage.ASSIGNMENT:
        return case
    do("dispatch-case", "dispatcher")
    do("accept-assignment", LIGHTS)
    if stage is Stage.CLOSED:
        do("attach-evidence", "grid_worker", digest=PHOTO, media_type="image/jpeg", size=81234)
        finished(community, case)
    return case


def plausible_body(kind: type[Command]) -> dict[str, Any]:
    """Make up a body that has what a command must have, each field of its form."""
    schema = body_of(kind)
    return {
        name: _made_up(kind.model_json_schema(), schema["properties"][name])
        for name in schema.get("required", ())
    }


def _made_up(whole: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return _made_up(whole, schema["anyOf"][0])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "boolean":
            return True
        case "integer":
            return 1
        case "array":
            return [_made_up(whole, schema["items"])] * schema.get("minItems", 0)
        case "object" if "properties" in schema:
            return {
                name: _made_up(whole, schema["properties"][name]) for name in schema["required"]
            }
        case "object":
            return {"households_affected": 3}
        case _:
            return _text(schema)


def _text(schema: Mapping[str, Any]) -> str:
    if schema.get("format") == "date-time":
        return "2026-04-01T09:00:00+08:00"
    if "{64}" in schema.get("pattern", ""):
        return "a" * 64
    return "image/png" if "/" in schema.get("pattern", "") else HERE
