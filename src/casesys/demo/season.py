"""A season: Heyuan is founded, the stories of the programme run side by side for three months, and the clock stops at the end."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import count
from typing import NamedTuple

from casesys import charters
from casesys.application import Service
from casesys.demo import heyuan
from casesys.demo.days import ONE_DAY, Days
from casesys.demo.founding import NOBODYS_KEY, setting_up
from casesys.demo.player import Player, SeasonClock
from casesys.demo.programme import PROGRAMME, Span
from casesys.demo.scene import Plot, Scene, TurnedAway
from casesys.domain.charter.parse import parse_charter
from casesys.domain.working_time import Calendar, parse_calendar

LENGTH = timedelta(days=92)
"""How long a season is: three months."""

CHARTER = "stock.toml"
CALENDAR = "calendars/cn-2026.toml"


class Season(NamedTuple):
    """What was played: the ids of the cases by the names of their stories, in order of collection, and what was refused on each."""

    begin: datetime
    until: datetime
    cases: Mapping[str, str]
    turned_away: Mapping[str, tuple[TurnedAway, ...]]


class NotCovered(ValueError):
    """A season that the calendar does not cover is not played: its deadlines would be provisional, and nothing would lapse.

    It ends on a day from `earliest` to `latest`.
    """

    code = "season-not-covered"

    def __init__(self, earliest: date, latest: date) -> None:
        """Say when a season can end."""
        super().__init__(f"a season ends on a day from {earliest} to {latest}")
        self.earliest = earliest
        self.latest = latest


class StoreInUse(ValueError):
    """The store has events already: a season is played from the beginning, into a store of its own."""

    code = "store-in-use"


def stock_calendar() -> Calendar:
    """Read the calendar that Heyuan adopts."""
    return parse_calendar(charters.read(CALENDAR))


def span_until(until: datetime, calendar: Calendar) -> Span:
    """Give the season that ends at an instant. Raises NotCovered."""
    days = Days(calendar)
    begin = days.at(days.local(until - LENGTH).date(), "08:00")
    first, last = days.local(begin).date(), days.local(until).date()
    if first < calendar.first_day or last > calendar.last_day:
        raise NotCovered(calendar.first_day + LENGTH, calendar.last_day)
    return Span(begin, until)


def play(
    service: Service, clock: SeasonClock, until: datetime, *, operator_key: str = NOBODYS_KEY
) -> Season:
    """Play a season that ends at an instant, on an empty store whose log takes its time from the clock.

    `operator_key` is the hash of the secret by which somebody may act as the operator afterwards. Raises NotCovered, StoreInUse,
    StoreError or VaultError.
    """
    if service.engine.log.head().size:
        raise StoreInUse("the store has events already")
    days = Days(stock_calendar())
    span = span_until(until, days.calendar)
    charter = parse_charter(charters.read(CHARTER))
    clock.now = span.begin
    player = Player(service, clock, days, until)
    dates = [days.local(span.begin).date() + n * ONE_DAY for n in range(LENGTH.days + 1)]
    player.give_together([*setting_up(charter, days, dates, operator_key)], heyuan.OPERATOR)
    numbers = count(1)
    scenes = {
        item.name: Scene(player, charter, lambda: f"{heyuan.COMMUNITY}-{next(numbers):03}")
        for item in PROGRAMME
    }
    _run(player, span, [(i.begins(days, span), i.plot(scenes[i.name])) for i in PROGRAMME])
    played = {name: scene for name, scene in scenes.items() if scene.case_id}
    told = sorted(played, key=lambda name: (played[name].case.collected_at, played[name].case_id))
    return Season(
        span.begin,
        until,
        {name: played[name].case_id for name in told},
        {played[name].case_id: tuple(played[name].turned_away) for name in told},
    )


def _run(player: Player, span: Span, stories: list[tuple[datetime, Plot]]) -> None:
    """Wake each story at the instants it asks for, in order; what is due in between happens by itself."""
    waiting = [(at, number, plot) for number, (at, plot) in enumerate(stories)]
    heapify(waiting)
    while waiting and waiting[0][0] <= span.until:
        at, number, plot = heappop(waiting)
        player.pass_time(at)
        wanted = next(plot, None)
        if wanted is not None:
            heappush(waiting, (wanted, number, plot))
    player.pass_time(span.until)
