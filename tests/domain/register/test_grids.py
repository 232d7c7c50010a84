"""Grids: a tree, the parties that serve it, and which of them stands for what."""

from itertools import pairwise

import pytest

from casesys.domain.messages import Outcome
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.lookups import party_serving
from casesys.domain.register.state import Grid
from casesys.domain.register.streams import grid_stream
from tests.domain.neighbourhood import NAME, PATH, neighbourhood, operates
from tests.domain.specification import Act, Scene


def establishing(grid: str, parent: str) -> Act:
    """The operator adds a grid."""
    return operates(r.EstablishGrid(grid_id=grid, parent=parent, name=NAME))


def appointing(grid: str, kind: str, party: str | None) -> Act:
    """The operator says who serves a grid as something."""
    return operates(r.AppointParty(grid_id=grid, kind=kind, party=party))


def test_a_grid_stands_below_another() -> None:
    """Given a grid, when another is established below it, then its path runs from the root to it."""
    event = e.GridEstablished("east-1-a", "grid", NAME, (*PATH, "east-1-a"))

    neighbourhood().when(establishing("east-1-a", "east-1")).then(
        Outcome(grid_stream("east-1-a"), event)
    )


@pytest.mark.parametrize(
    ("grid", "parent", "code"),
    [("east", "community", "already-exists"), ("north-1", "north", "unknown-grid")],
)
def test_a_grid_is_new_and_its_parent_known(grid: str, parent: str, code: str) -> None:
    """Given a grid that is there, or a parent that is not, when it is established, then that is refused."""
    neighbourhood().when(establishing(grid, parent)).refused(code)


def test_a_tree_has_eight_levels_at_most() -> None:
    """Given eight levels with the root, when a ninth is established, then it lies too deep."""
    scene = neighbourhood()
    names = [*PATH, "d", "e", "f", "g", "h"]
    for parent, grid in pairwise(names[2:]):
        scene = scene.given(establishing(grid, parent))

    assert len(scene.state(grid_stream("h"), Grid).path) == 8
    scene.when(establishing("i", "h")).refused("grid-too-deep")


@pytest.mark.parametrize("party", ["street_office", "residents_hall", "volunteer"])
def test_organisations_bodies_and_people_serve_grids(party: str) -> None:
    """Given a known party of any sort, when it is appointed, then it serves the grid in that kind."""
    neighbourhood().when(appointing("east", "building_head", party)).then(
        Outcome(grid_stream("east"), e.PartyAppointed("building_head", party))
    )


def test_the_nearest_grid_says_who_serves_it() -> None:
    """Given a party for the community, when the grid above gets one of its own and loses it, then the nearest one counts each time."""

    def serving(scene: Scene) -> str | None:
        return party_serving(scene.world(), PATH, "property_company")

    own = neighbourhood().given(appointing("east", "property_company", "volunteer"))
    ended = own.given(appointing("east", "property_company", None))

    assert serving(neighbourhood()) == "property_company"
    assert serving(own) == "volunteer"
    assert serving(ended) == "property_company"
    assert party_serving(own.world(), PATH, "water_company") is None


def test_a_later_appointment_replaces_an_earlier_one() -> None:
    """Given a party of a kind, when another is appointed, then it alone serves in that kind, and other kinds stay."""
    scene = neighbourhood().given(
        appointing("east", "building_head", "volunteer"),
        appointing("east", "property_company", "street_office"),
        appointing("east", "building_head", "secretary"),
    )

    assert scene.state(grid_stream("east"), Grid).parties == {
        "building_head": "secretary",
        "property_company": "street_office",
    }


def test_only_what_there_is_is_ended() -> None:
    """Given nobody appointed to a grid itself, when an appointment is ended, then there is none; one from above is ended above."""
    neighbourhood().when(appointing("east", "property_company", None)).refused("nobody-appointed")
    neighbourhood().given(appointing("community", "property_company", None))


def test_whoever_serves_already_is_not_appointed_again() -> None:
    """Given a party that serves a grid, when it is appointed again, then nothing would change; to a grid below it may be."""
    neighbourhood().when(appointing("community", "property_company", "property_company")).refused(
        "nothing-to-change"
    )
    neighbourhood().given(appointing("east", "property_company", "property_company"))


@pytest.mark.parametrize(
    ("grid", "party", "code"),
    [("north", "volunteer", "unknown-grid"), ("east", "nobody", "unknown-party")],
)
def test_grid_and_party_are_known(grid: str, party: str, code: str) -> None:
    """Given a grid or a party that is not there, when one is appointed, then it has to be there first."""
    neighbourhood().when(appointing(grid, "building_head", party)).refused(code)
