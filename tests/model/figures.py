"""How much was played: lives, steps, commands and events, counted in each process and told when the tests end."""

from collections import Counter
from collections.abc import Mapping

from casesys.domain.cases.events import CaseEvent
from casesys.domain.catalogue import EVENTS

PLAYED: Counter[str] = Counter()
"""What this process has played. Events are counted by their stored names."""


def told(played: Mapping[str, int]) -> list[str]:
    """What was played, in sentences; the events of cases that never came about are named, as nothing was proved of them."""
    of_cases = [name for name, kind in EVENTS.items() if issubclass(kind, CaseEvent)]
    never = [name for name in of_cases if name not in played]
    events = sum(number for name, number in played.items() if name in EVENTS)
    missing = f", never {', '.join(never)}" if never else ""
    return [
        f"{played['lives']:,} lives of {played['steps']:,} steps, {events:,} events on each store",
        f"{played['accepted']:,} commands accepted, {played['refused']:,} refused",
        f"{len(of_cases) - len(never)} of {len(of_cases)} kinds of events of cases{missing}",
    ]
