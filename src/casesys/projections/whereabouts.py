"""Where in the tree of grids an event of the register belongs: the place over which somebody had to hold authority for it."""

from casesys.domain.register import events as e
from casesys.domain.register.state import Body, Grid, IntakePoint, Person, Register
from casesys.domain.register.streams import REGISTER, grid_stream
from casesys.domain.world import World
from casesys.projections.contract import Step

Path = tuple[str, ...]
"""The grids from the root to a place. A grid never moves, so its path may be asked for at any later moment."""


def place_of(step: Step, world: World) -> Path:
    """Give the path of the grid that an event of the register is about: the root for what concerns the whole store."""
    state = step.after
    match step.recorded.event:
        case e.MandateGiven(grid=grid):
            return path_of(world, grid)
        case e.MandateRevoked(mandate_id=ended):
            assert isinstance(state, Person)
            return path_of(world, next(m.grid for m in state.mandates if m.mandate_id == ended))
        case _ if isinstance(state, Grid):
            return state.path
        case _ if isinstance(state, Body | IntakePoint):
            return path_of(world, state.grid)
        case _:
            return (root_of(world),)


def path_of(world: World, grid_id: str) -> Path:
    """Give the path of a grid."""
    grid = world.state(grid_stream(grid_id), Grid)
    assert grid is not None, f"{grid_id} is not a grid"
    return grid.path


def root_of(world: World) -> str:
    """Give the root of the tree."""
    register = world.state(REGISTER, Register)
    assert register is not None, "the founding is a log's first event"
    return register.root_grid
