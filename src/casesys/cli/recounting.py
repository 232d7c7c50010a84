"""How a season is told: each case's story from its events, what was refused on it, and a table of all at the end."""

from collections.abc import Iterator

from casesys.cli.language import current_language, in_words, spoken
from casesys.cli.printing import say
from casesys.demo.days import Days
from casesys.demo.heyuan import COMMUNITY_NAME
from casesys.demo.scene import TurnedAway
from casesys.demo.season import Season, stock_calendar
from casesys.domain.cases.events import CaseRetriaged, CaseTriaged
from casesys.domain.charter.model import DIRECT
from casesys.domain.messages import message_type
from casesys.domain.vocabulary import COMMANDS, TERMS, Stage
from casesys.replay.history import History, history
from casesys.replay.speaking import Language
from casesys.replay.story import WIDTH, outlook, story
from casesys.replay.wrapping import columns, wrapped
from casesys.store.contract import EventLog
from casesys.vault import Vault

RULE = "─" * WIDTH
_INDENT = "    "


def recount(log: EventLog, vault: Vault, season: Season, took: float) -> None:
    """Tell a season that took so many seconds to play."""
    told = [history(log, vault, case_id) for case_id in season.cases.values()]
    days = Days(stock_calendar())
    begin, until = (f"{days.local(at):%Y-%m-%d}" for at in (season.begin, season.until))
    name, cases, events = in_words(COMMUNITY_NAME), len(told), log.head().size
    say(
        spoken(
            f"{name}，{begin}至{until}：{cases}件事项，{events}个事件，用时{took:.1f}秒",
            f"{name}, {begin} to {until}: {cases} cases, {events} events, played in {took:.1f} seconds",
        )
    )
    for each in told:
        _tell(each, season.turned_away[each.case_id], days)
    say(RULE)
    for line in _table(told):
        say(line)
    say()


def _tell(told: History, turned_away: tuple[TurnedAway, ...], days: Days) -> None:
    language: Language = "zh" if current_language() == "zh" else "en"
    say(RULE)
    say(story(told, language))
    if told.state.stage is not Stage.CLOSED:
        say()
        for line in outlook(told, language):
            say(line)
    if turned_away:
        say()
        say(spoken("被拒绝的命令（不留下事件）：", "Refused, and so without an event:"))
    for each in turned_away:
        for line in _refusal(each, told, days):
            say(line)


def _refusal(turned: TurnedAway, told: History, days: Days) -> Iterator[str]:
    """Tell a command that was refused: when, whose, which, why, by which clause, and what would be accepted."""
    refusal, when = turned.refusal, f"{days.local(turned.at):%Y-%m-%d %H:%M}"
    name = told.known.party(turned.actor)
    who = turned.actor if name is None else in_words(name)
    asked = in_words(COMMANDS[message_type(turned.command)])
    sentence = spoken(
        f"{who}：{asked}——{refusal.says.zh}（{refusal.code}）{refusal.remedy.zh}",
        f"{who}: {asked} – {refusal.says.en} ({refusal.code}) {refusal.remedy.en}",
    )
    yield from wrapped(sentence, WIDTH, first=f"{when}  ", rest=_INDENT)
    if turned.clause is not None:
        clause = spoken(
            f"依据{refusal.clause}：{turned.clause.zh}",
            f"under {refusal.clause}: {turned.clause.en}",
        )
        yield from wrapped(clause, WIDTH, first=_INDENT, rest=_INDENT * 2)


def _table(told: list[History]) -> Iterator[str]:
    """Give a row for each case: its id, the ways it went, its results, the days it took, its title."""
    rows = [
        (
            spoken("事项", "case"),
            spoken("途径", "way"),
            in_words(TERMS["result"]),
            spoken("天数", "days"),
            "",
        )
    ]
    rows.extend(_row(each) for each in told)
    widths = [max(columns(row[index]) for row in rows) for index in range(4)]
    for *cells, title in rows:
        padded = (
            cell + " " * (width - columns(cell)) for cell, width in zip(cells, widths, strict=True)
        )
        yield f"{'  '.join(padded)}  {title}".rstrip()


def _row(told: History) -> tuple[str, str, str, str, str]:
    charter, state = told.entries[-1].charter.charter, told.state
    ways = [
        TERMS["direct"] if entry.event.to == DIRECT else charter.procedures[entry.event.to].label
        for entry in told.entries
        if isinstance(entry.event, CaseTriaged | CaseRetriaged)
    ]
    results = [charter.results[ending.result].label for ending in state.endings]
    ended = state.endings[-1].at if state.stage is Stage.CLOSED else None
    return (
        state.case_id,
        " → ".join(map(in_words, ways)) or "–",
        ", ".join(map(in_words, results)) or in_words(state.status.label),
        "–" if ended is None else f"{(ended - state.collected_at).total_seconds() / 86_400:.1f}",
        state.title,
    )
