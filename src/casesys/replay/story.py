"""A case's story as an auditor reads it: what happened, one paragraph an event, told from the events alone.

Each paragraph says when, who, what; then where it led, what it did to the clocks and why they end when they do, how a vote was
counted, and the clause it rests on, quoted the first time.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import groupby

import msgspec

from casesys.domain.cases.events import DeadlineMissed, VoteCast
from casesys.domain.messages import Text
from casesys.domain.working_time import Zone
from casesys.domain.working_time.zone import MICROSECOND, UTC_ZONE, ticks
from casesys.replay.history import ClauseTold, Entry, History, Who
from casesys.replay.phrasing import phrase
from casesys.replay.sentences import SENTENCES
from casesys.replay.speaking import Language, Speaker
from casesys.replay.timing import ClockTold, Turn, home_calendar
from casesys.replay.wrapping import wrapped

WIDTH = 110
"""How many columns a line takes at the most."""

SAME_TIME = timedelta(minutes=1)
"""What was recorded within this time of happening has one time."""

_INDENT = "    "
_STOPS = ("。", "！", "？", ".", "!", "?", "…")


def story(
    history: History, language: Language, *, width: int = WIDTH, detailed: bool = False
) -> str:
    """Tell a case; `detailed` adds position, mandate, client and every field that changed to each event."""
    return "\n".join(_Story(history, language, width, detailed=detailed).lines())


def outlook(history: History, language: Language, *, width: int = WIDTH) -> list[str]:
    """Say how the case stands at the moment asked about, and which deadlines are open then."""
    return list(_Story(history, language, width, detailed=False).outlook())


class _Story:
    """The telling of one history in one language."""

    def __init__(self, history: History, language: Language, width: int, *, detailed: bool) -> None:
        self._history = history
        self._language: Language = language
        self._width = width
        self._detailed = detailed
        self._zone = zone_of(history)
        self._quoted: set[tuple[str, str]] = set()
        self._explained: dict[str, Text] = {}
        offsets = {self._zone.shift_at(ticks(e.effective_at)) for e in history.entries}
        self._one_offset = len(offsets) == 1

    def lines(self) -> Iterator[str]:
        """Give the lines of the whole story."""
        yield from self._heading()
        for together in self._paragraphs():
            yield ""
            yield from self._paragraph(together)

    def _heading(self) -> Iterator[str]:
        state, last = self._history.state, self._history.entries[-1]
        speaker = self._speaker(last)
        title = self._in(
            f"事项{state.case_id}　“{state.title}”", f"Case {state.case_id}: “{state.title}”"
        )
        yield from wrapped(title, self._width)
        source = (
            ""
            if state.source_ref is None
            else self._in(f" · 来源编号{state.source_ref}", f" · source number {state.source_ref}")
        )
        kind = (
            f"{speaker.of('case_type', state.case_type)} · {speaker.of('category', state.category)}"
        )
        place = speaker.of("grid", state.grid)
        clock = self._clock()
        yield from wrapped(f"{kind} · {place}{source} · {clock}", self._width)

    def _clock(self) -> str:
        """Say which clock the times are on."""
        if not self._one_offset:
            return self._in("时间后注明时区", "each time with its offset from UTC")
        offset = _offset(self._zone, self._history.entries[0].effective_at).tzname(None)
        return self._in(f"当地时间（{offset}）", f"local time ({offset})")

    def outlook(self) -> Iterator[str]:
        """Give the lines on the standing of the case."""
        state, when = self._history.state, self._time(self._history.instant)
        speaker = self._speaker(self._history.entries[-1])
        stage, status = self._text(state.stage.label), self._text(state.status.label)
        result = speaker.of("result", state.result)
        lead = speaker.of("party", state.lead)
        position, version = self._history.position, self._history.version
        zh = f"截至{when}（位置{position}，第{version}版）：{stage}阶段，{status}"
        en = f"As of {when} (position {position}, version {version}): stage {stage}, {status}"
        zh, en = (f"{zh}，结果：{result}", f"{en}, result: {result}") if result else (zh, en)
        zh, en = (f"{zh}，主办：{lead}", f"{en}, lead: {lead}") if lead else (zh, en)
        yield from wrapped(self._in(zh, en), self._width, rest=_INDENT)
        for told in self._history.deadlines:
            yield from self._wrapped(self._clock_line(told))
        if not self._history.deadlines:
            yield from self._wrapped(self._in("没有在计的时限", "no deadline is open"))

    # -- one event ----------------------------------------------------------------------------------------------------------

    def _paragraphs(self) -> Iterator[list[Entry]]:
        """Give the entries of each paragraph: one, but for votes that one person records one after the other."""
        if self._detailed:
            yield from ([entry] for entry in self._history.entries)
            return
        for _, together in groupby(self._history.entries, self._belongs):
            yield list(together)

    def _belongs(self, entry: Entry) -> object:
        """Give what entries of one paragraph have in common."""
        if not isinstance(entry.event, VoteCast):
            return entry.position
        return (
            entry.who.actor_id,
            entry.clause,
            self._time(entry.effective_at),
            self._recorded(entry),
        )

    def _paragraph(self, together: list[Entry]) -> Iterator[str]:
        entry, speaker = together[-1], self._speaker(together[-1])
        deeds = self._in("；", "; ").join(map(self._deed, together))
        sentence = f"{self._who(entry.who)} {deeds}{self._recorded(entry)}"
        if not sentence.rstrip("”").endswith(_STOPS):
            sentence += self._in("。", ".")
        when = self._time(entry.effective_at)
        yield from wrapped(sentence, self._width, first=f"{when}  ", rest=_INDENT)
        clocks = map(self._clock_line, self._clocks_told(entry))
        for line in (*self._led(entry, speaker), *clocks, *self._tally(entry)):
            yield from self._wrapped(line)
        if entry.clause is not None:
            yield from self._wrapped(self._clause(entry.clause))
        if self._detailed:
            yield from self._details(entry, speaker)

    def _deed(self, entry: Entry) -> str:
        return phrase(self._text(SENTENCES[type(entry.event)]), self._speaker(entry).tell)

    def _who(self, who: Who) -> str:
        """Name who acted, in which role and for whom."""
        role, name = (
            self._text(who.role_label),
            who.actor_id if who.name is None else self._text(who.name),
        )
        actor = name if name == role else f"{role} {name}"
        if who.on_behalf_of is None:
            return actor
        principal = who.on_behalf_of if who.principal is None else self._text(who.principal)
        return self._in(f"{actor}（代表{principal}）", f"{actor} (for {principal})")

    def _recorded(self, entry: Entry) -> str:
        """Add when it was recorded, where that is another time than when it happened."""
        if abs(entry.recorded_at - entry.effective_at) <= SAME_TIME:
            return ""
        recorded = self._time(entry.recorded_at)
        return self._in(f"（{recorded}记录）", f" (recorded {recorded})")

    def _led(self, entry: Entry, speaker: Speaker) -> Iterator[str]:
        """Say to which stage an event led and which step it opened."""
        before, after = entry.before, entry.after
        if before is not None and before.stage is not after.stage:
            stage = self._text(after.stage.label)
            yield self._in(f"→ 转入{stage}阶段", f"→ on to the stage: {stage}")
        was = None if before is None or before.deliberation is None else before.deliberation
        now = after.deliberation
        if (
            now is None
            or now.step is None
            or (was is not None and (was.step, was.attempt) == (now.step, now.attempt))
        ):
            return
        step = speaker.of("step", now.step)
        again = (
            ""
            if now.attempt == 1
            else self._in(f"（第{now.attempt}次）", f" (attempt {now.attempt})")
        )
        yield self._in(f"→ 进行步骤“{step}”{again}", f"→ next step: {step}{again}")

    def _clocks_told(self, entry: Entry) -> Iterator[ClockTold]:
        """Give the clocks to tell. A timer says itself what it is about; when a deadline is missed, it is explained again."""
        if isinstance(entry.event, DeadlineMissed):
            self._explained.pop(entry.event.clock, None)
            yield from entry.clocks
        else:
            yield from (told for told in entry.clocks if told.turn is not Turn.TIMER)

    def _clock_line(self, told: ClockTold) -> str:
        """Tell a clock: what happened to it, and when it ends and why then, unless that was said already."""
        label, happened, why = (self._text(text) for text in (told.label, told.happened, told.why))
        line = self._in(f"{label}{happened}", f"{label} {happened}")
        if self._explained.get(told.clock) != told.why:
            self._explained[told.clock] = told.why
            line += self._in(f"：{why}", f": {why}")
        return line + self._in(f"（{told.clause}）", f" ({told.clause})")

    def _tally(self, entry: Entry) -> Iterator[str]:
        if entry.tally is not None:
            yield self._in("计票：", "The vote: ") + self._text(entry.tally.says)
            for held in (*entry.tally.participation, *entry.tally.majority):
                yield self._text(held.says)

    def _clause(self, clause: ClauseTold) -> str:
        """Quote a clause, once; then name it."""
        known = (clause.digest, clause.id)
        if known in self._quoted:
            return self._in(f"依据{clause.id}（见上）", f"under {clause.id} (above)")
        self._quoted.add(known)
        return self._in(
            f"依据{clause.id}：{clause.text.zh}", f"under {clause.id}: {clause.text.en}"
        )

    def _details(self, entry: Entry, speaker: Speaker) -> Iterator[str]:
        """Add what identifies the event, by which right and through what it came, and what it changed."""
        who, channel = entry.who, speaker.of("channel", entry.channel)
        decided = self._time(entry.decided_at)
        zh = [f"位置{entry.position}，第{entry.version}版，{entry.type}", f"决定于{decided}"]
        en = [
            f"position {entry.position}, version {entry.version}, {entry.type}",
            f"decided {decided}",
        ]
        if who.mandate_id is not None:
            zh.append(f"授权{who.mandate_id}")
            en.append(f"mandate {who.mandate_id}")
        zh.append(f"经{channel}（{entry.client_id}）")
        en.append(f"through {channel} ({entry.client_id})")
        if entry.reason_code is not None:
            zh.append(f"事由{entry.reason_code}")
            en.append(f"reason {entry.reason_code}")
        yield from self._wrapped(self._in("；".join(zh), "; ".join(en)))
        changed = (c for c in entry.changes if not c.field.startswith("clocks."))
        told = "; ".join(f"{c.field}: {_value(c.before)} → {_value(c.after)}" for c in changed)
        if told:
            yield from self._wrapped(self._in(f"变化：{told}", f"changed: {told}"))

    # -- words --------------------------------------------------------------------------------------------------------------

    def _speaker(self, entry: Entry) -> Speaker:
        return Speaker(entry, self._history.known, self._language, self._zone)

    def _time(self, instant: datetime) -> str:
        local = instant.astimezone(_offset(self._zone, instant))
        written = f"{local:%Y-%m-%d %H:%M}"
        return written if self._one_offset else f"{written} {local:%z}"

    def _wrapped(self, line: str) -> list[str]:
        return wrapped(line, self._width, first=_INDENT, rest=_INDENT * 2)

    def _in(self, zh: str, en: str) -> str:
        return zh if self._language == "zh" else en

    def _text(self, text: Text) -> str:
        return self._in(text.zh, text.en)


def zone_of(history: History) -> Zone:
    """Give the zone that the times of a case are told in: that of the charter's first calendar, UTC where it has none."""
    code = home_calendar(history.entries[-1].charter)
    calendar = history.known.calendar(code, history.position)
    return UTC_ZONE if calendar is None else calendar.zone


def _offset(zone: Zone, instant: datetime) -> timezone:
    return timezone(zone.shift_at(ticks(instant)) * MICROSECOND)


def _value(value: object) -> str:
    """Write a plain value of a state shortly, for people."""
    return (
        "–"
        if value is None
        else value
        if isinstance(value, str)
        else msgspec.json.encode(value).decode()
    )
