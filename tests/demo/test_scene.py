"""Playing a case: time that passes by itself, and plots that are wrong about the rules."""

from datetime import timedelta

import pytest

from casesys.application import Engine, Service
from casesys.demo import heyuan
from casesys.demo.days import Days
from casesys.demo.founding import NOBODYS_KEY, setting_up
from casesys.demo.player import PACE, Player, SeasonClock
from casesys.demo.scene import NotRefused, Scene
from casesys.demo.season import stock_calendar
from casesys.domain.cases import commands as c
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from tests.community import STOCK, local

BEGIN, END = local("2026-09-01 08:00"), local("2026-09-30 18:00")


@pytest.fixture
def scene() -> Scene:
    """A case collected in Heyuan on a Tuesday morning, its title the only thing known."""
    clock, days = SeasonClock(BEGIN), Days(stock_calendar())
    log = MemoryLog(clock=clock)
    player = Player(Service(Engine(log, Vault.in_memory(log.log_id))), clock, days, END)
    commands = [*setting_up(STOCK, days, [days.local(BEGIN).date()], NOBODYS_KEY)]
    player.give_together(commands, heyuan.OPERATOR)
    scene = Scene(player, STOCK, lambda: "case-1")
    scene.collect(
        "grid-worker-2",
        channel="patrol",
        grid=heyuan.WILLOW,
        category="street_lamp",
        title="路灯不亮",
    )
    return scene


def player_of(scene: Scene) -> Player:
    """The player that a scene is played by."""
    return scene._player  # noqa: SLF001 - a test looks behind the stage


def test_people_take_their_time(scene: Scene) -> None:
    """Given a command, then the next comes no sooner than people can give it."""
    before = scene.now

    scene.do("dispatcher", c.AcceptCase)

    assert scene.now == before + PACE


def test_what_is_due_happens_at_its_instant_while_time_passes(scene: Scene) -> None:
    """Given a case that nobody accepts, when nine days pass, then the ladder is climbed on the way, and time stands at the end."""
    player_of(scene).pass_time(scene.later(days=9))

    assert scene.now == BEGIN + 2 * PACE + timedelta(days=9)
    assert scene.case.escalated_to == ("grid_lead", "secretary", "supervisor")


def test_time_does_not_pass_the_end(scene: Scene) -> None:
    """Given a season, when more time is to pass than is left, then the clock stands at its end."""
    player_of(scene).pass_time(END + timedelta(days=30))

    assert scene.now == END


def test_a_refusal_is_remembered_with_its_clause(scene: Scene) -> None:
    """Given a command that is refused as the plot says, then it is kept, with the text of the clause, and leaves no event."""
    version = scene.case.version

    scene.refused("not-authorised", "volunteer", c.AcceptCase)

    (turned,) = scene.turned_away
    assert (turned.actor, turned.refusal.code) == ("volunteer", "not-authorised")
    assert turned.clause == STOCK.clause_text("art-10")
    assert scene.case.version == version


def test_a_plot_that_is_wrong_about_a_refusal_stops(scene: Scene) -> None:
    """Given a command that a plot means to be refused, when it is accepted or refused otherwise, then the plot is wrong."""
    with pytest.raises(NotRefused, match="not-authorised instead of already-accepted"):
        scene.refused("already-accepted", "volunteer", c.AcceptCase)
    with pytest.raises(NotRefused, match="AcceptCase was to be refused"):
        scene.refused("not-authorised", "dispatcher", c.AcceptCase)


def test_a_deadline_can_be_waited_for(scene: Scene) -> None:
    """Given a running clock, then a plot can ask when it runs out: one working day ends at midnight of the next day."""
    assert scene.due("accept") == local("2026-09-03 00:00")
