"""Values of events in words: parties by name, codes by the labels of the charter that was applied, instants on the local clock."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from casesys.domain.cases.events import ExtensionGranted, ExtensionRequested, Overruling
from casesys.domain.charter.model import DIRECT
from casesys.domain.charter.parts import Labelled
from casesys.domain.messages import Personal, Text, Value
from casesys.domain.vocabulary import TERMS
from casesys.domain.working_time import Zone
from casesys.domain.working_time.wording import plural
from casesys.domain.working_time.zone import MICROSECOND, ticks
from casesys.replay.history import Entry
from casesys.replay.known import Known
from casesys.replay.timing import clock_label

Language = Literal["zh", "en"]

_PARTY_ROLES = {
    "co_reporter": TERMS["co_reporter"],
    "respondent": Text("对方当事人", "respondent"),
    "affected_owner": Text("利害关系业主", "affected owner"),
}
_COUNTED = {
    "returns": Text("退单", "returned"),
    "urgings": Text("催促", "urged"),
    "reopenings": Text("重办", "reopened"),
}
_EFFECTS = {
    "none": Text("", ""),
    "recount": Text("复核计票", "the votes are counted again"),
    "send_back": Text("退回重新议定", "the matter is sent back to be decided again"),
}
_ERASED = Text("（已删除）", "(erased)")
_NO_ANSWER = Text("缺少事实，未能作答", "none, as facts were missing")
_PRIORITY = Text("，优先级{}", ", priority {}")
_YES_NO = Text("是", "yes"), Text("否", "no")
_DIGEST_SHOWN = 12


class Speaker:
    """Tells the particulars of one entry in one language, its times on the clock of a zone."""

    def __init__(self, entry: Entry, known: Known, language: Language, zone: Zone) -> None:
        """Take the labels from the charter version that the entry applied."""
        self._entry = entry
        self._known = known
        self._language = language
        self._zone = zone
        self._charter = entry.charter.charter
        self._kinds: Mapping[str, Callable[[Any], str]] = {
            "": str,
            "said": lambda personal: self._said(personal, "“{}”"),
            "name": lambda personal: self._said(personal, "{}"),
            "text": self.text,
            "label": lambda coded: self.text(coded.label),
            "party": self._party,
            "parties": lambda parties: self._listed(map(self._party, parties)),
            "standing": self._standing,
            "grid": lambda grid: self.text(self._known.grid(grid), grid),
            "intake_point": lambda point: self.text(self._known.intake_point(point), point),
            "case_type": lambda code: self._labelled(self._charter.case_types, code),
            "category": lambda code: self._labelled(self._charter.categories, code),
            "channel": self._channel,
            "channels": lambda codes: self._listed(map(self._channel, codes)),
            "result": lambda code: self._labelled(self._charter.results, code),
            "decline_ground": lambda code: self._labelled(self._charter.decline_grounds, code),
            "return_ground": lambda c: self._labelled(self._charter.assignment.return_grounds, c),
            "suspension": lambda code: self._labelled(self._charter.time.suspensions, code),
            "visibility": lambda code: self._labelled(self._charter.visibility, code),
            "grade": lambda code: self._labelled(self._charter.satisfaction.grades, code),
            "role": lambda code: self._labelled(self._charter.roles, code),
            "party_role": lambda code: self._worded(_PARTY_ROLES, code),
            "counted": lambda code: self._worded(_COUNTED, code),
            "effect": lambda code: self._worded(_EFFECTS, code),
            "way": self._way,
            "overruled": self._overruled,
            "facts": self._facts,
            "step": self._step,
            "side": self._side,
            "sides": lambda codes: self._listed(map(self._side, codes)),
            "clock": self._clock,
            "clocks": lambda names: self._listed(map(self._clock, names)),
            "extension": self._extension,
            "instant": self._time,
            "due": self._due,
            "digest": lambda digest: digest[:_DIGEST_SHOWN],
            "digests": lambda digests: self._listed(d[:_DIGEST_SHOWN] for d in digests),
            "titles": lambda titles: self._listed(f"“{title}”" for title in titles),
            "count": lambda things: str(len(things)),
            "again": lambda number: str(number) if number > 1 else "",
            "charter": lambda version: f"{version.rule.charter} {version.rule.version}",
        }

    def tell(self, field: str, kind: str) -> str:
        """Tell a field of the event, or of its entry, as a kind of thing; "" where it says nothing.

        Raises AttributeError for a field that neither has, KeyError for a kind that nobody knows.
        """
        event = self._entry.event
        value = getattr(event, field) if hasattr(event, field) else getattr(self._entry, field)
        if "|" in kind:
            yes, no = kind.split("|")
            return "" if value is None else yes if value else no
        return self.of(kind, value)

    def of(self, kind: str, value: object) -> str:
        """Tell a value as a kind of thing; "" for nothing and for an empty row or table."""
        told = self._kinds[kind]
        return "" if value is None or value in ((), {}) else told(value)

    # -- plain words --------------------------------------------------------------------------------------------------------

    def text(self, text: Text | None, otherwise: str = "") -> str:
        """Give a text in the language."""
        if text is None:
            return otherwise
        return text.zh if self._language == "zh" else text.en

    def _time(self, instant: datetime) -> str:
        """Give an instant on the local clock, to the minute: `2026-03-03 09:12`."""
        return f"{self._local(instant):%Y-%m-%d %H:%M}"

    def _due(self, instant: datetime) -> str:
        """Give the end of a term; midnight belongs to the day that it ends."""
        local = self._local(instant)
        if (local.hour, local.minute) == (0, 0):
            return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
        return self._time(instant)

    def _local(self, instant: datetime) -> datetime:
        try:
            return instant.astimezone(timezone(self._zone.shift_at(ticks(instant)) * MICROSECOND))
        except OverflowError:
            return instant  # of the last hours of the year 9999, which commands took once

    def _listed(self, words: Iterable[str]) -> str:
        return ("、" if self._language == "zh" else ", ").join(words)

    def _worded(self, words: Mapping[str, Text], code: str) -> str:
        return self.text(words.get(code), code)

    def _labelled(self, table: Mapping[str, Labelled], code: str) -> str:
        defined = table.get(code)
        return code if defined is None else self.text(defined.label)

    def _said(self, personal: Personal, quoting: str) -> str:
        if personal.text is None:
            return self.text(_ERASED)
        return quoting.format(" ".join(personal.text.split()))

    # -- who and what -------------------------------------------------------------------------------------------------------

    def _party(self, party: str) -> str:
        return self.text(self._known.party(party), party)

    def _standing(self, parties: Mapping[str, str]) -> str:
        """Tell who stands for each kind of party; the kind is not said twice."""
        told = []
        for kind, party in parties.items():
            label, name = self._labelled(self._charter.parties, kind), self._party(party)
            told.append(
                name
                if name == label
                else f"{label}（{name}）"
                if self._language == "zh"
                else f"{label} ({name})"
            )
        return self._listed(told)

    def _channel(self, code: str) -> str:
        return self._labelled(self._charter.channels, code)

    def _facts(self, facts: Mapping[str, Value]) -> str:
        told = (self._fact(code, value) for code, value in facts.items())
        return ("；" if self._language == "zh" else "; ").join(told)

    def _fact(self, code: str, value: Value) -> str:
        fact = self._charter.facts.get(code)
        label = code if fact is None else self.text(fact.label)
        if isinstance(value, bool):
            words = self.text(_YES_NO[0] if value else _YES_NO[1])
        else:
            unit = "" if fact is None else self.text(fact.unit)
            space = " " if unit and self._language == "en" else ""
            words = f"{value}{space}{unit}"
        return f"{label}：{words}" if self._language == "zh" else f"{label}: {words}"

    # -- ways, steps and clocks ---------------------------------------------------------------------------------------------

    def _way(self, way: str) -> str:
        """Name a way that triage may choose."""
        if way == DIRECT:
            return self.text(TERMS["direct"])
        return self._labelled(self._charter.procedures, way)

    def _overruled(self, overruled: Overruling) -> str:
        if overruled.to is None:
            return self.text(_NO_ANSWER)
        way = self._way(overruled.to)
        if overruled.priority is None:
            return way
        return way + self.text(_PRIORITY).format(overruled.priority)

    def _step(self, step: str) -> str:
        """Name a step of the procedure that the case was in."""
        procedure = self._charter.procedures.get(self._entry.after.procedure or "")
        labels = {} if procedure is None else {each.id: each.label for each in procedure.steps}
        return self._worded(labels, step)

    def _side(self, code: str) -> str:
        procedure = self._charter.procedures.get(self._entry.after.procedure or "")
        steps = () if procedure is None else procedure.steps
        sides = (side for step in steps for side in getattr(step, "sides", ()))
        return next((self.text(side.label) for side in sides if side.code == code), code)

    def _clock(self, name: str) -> str:
        return self.text(clock_label(self._entry.charter, name))

    def _extension(self, amount: int) -> str:
        """Tell how much longer the clock of the event is to run."""
        event, rules = self._entry.event, self._charter.time.extensions
        assert isinstance(event, ExtensionRequested | ExtensionGranted)
        clock = event.clock
        unit = next((rule.unit.label for rule in rules if rule.clock == clock), Text("", ""))
        return self.text(Text(f"{amount}个{unit.zh}", plural(amount, unit.en)))
