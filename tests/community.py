"""A founded community in memory, for tests: the stock charter in force, its calendar adopted, somebody in every role.

`founded()` gives one. Time stands still until a test moves it (`at`, `wait`); `give` acts as one of the people below, who are named
by their role. Parties are named by their kind: the organisation `property_company` serves the grids, the person
`lead-property_company` leads for it. Cases lie in the grid `grid-3` unless a test says otherwise.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from casesys import charters
from casesys.application import Answer, Engine, Service
from casesys.application.clockwork import Clockwork
from casesys.application.keeping import KeptStates
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.catalogue import read_command, read_event
from casesys.domain.charter.parse import parse_charter
from casesys.domain.messages import Command, Envelope, Event, Personal, Text, Value
from casesys.domain.processes.deadlines import Due
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.store.memory import MemoryLog
from casesys.vault import Vault

LOCAL = ZoneInfo("Asia/Shanghai")
BEGINNING = "2026-03-02 08:00"
"""When the community is founded: a Monday, local time. Spring Festival is over; Qingming is the next holiday."""

OPERATOR = "operator"
COMMUNITY = "community"
GRIDS = ("grid-1", "grid-2", "grid-3")

STAFF: Mapping[str, str] = {
    "secretary": "赵建国",
    "grid_lead": "钱桂英",
    "grid_worker": "王芳",
    "building_head": "孙大勇",
    "duty_officer": "周志强",
    "dispatcher": "吴敏",
    "coordinator": "郑海燕",
    "moderator": "冯立新",
    "minute_taker": "陈静",
    "teller": "褚卫东",
    "mediator": "卫老班长",
    "verifier": "蒋丽",
    "callback_officer": "沈洁",
    "supervisor": "韩志远",
    "volunteer": "杨帆",
    "charter_keeper": "朱明",
    "privacy_officer": "秦岚",
}
"""Who holds each role for the whole community, by the code of the role."""

ORGANISATIONS: Mapping[str, Text] = {
    "property_company": Text("安居物业", "Anju Property"),
    "lift_maintainer": Text("捷达电梯维保", "Jieda Lifts"),
    "municipal_lighting": Text("市照明中心", "Municipal Lighting"),
    "municipal_roads": Text("市道路养护", "Municipal Roads"),
    "street_office": Text("梧桐街道办事处", "Wutong Street Office"),
    "warm_station": Text("暖心驿站", "Warm Station"),
}
"""The organisations that serve the community, each by the kind of party it is."""

BODIES: Mapping[str, tuple[int, Text]] = {
    "residents_committee": (5, Text("居民委员会", "residents' committee")),
    "owners_committee": (5, Text("业主委员会", "owners' committee")),
    "residents_hall": (9, Text("锦囊议事厅", "residents' hall")),
    "residents_representatives": (15, Text("居民代表会议", "residents' representatives")),
}
"""The bodies of the community with their seats, all filled, each by the kind of party it is."""


STOCK = parse_charter(charters.read("stock.toml"))
"""The stock charter."""


def local(text: str) -> datetime:
    """The instant that a local date and time in Shanghai means."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL).astimezone(UTC)


def stock_charter(replaced: Mapping[str, str]) -> str:
    """The text of the stock charter, some of its lines replaced."""
    return _replaced(charters.read("stock.toml").decode(), replaced)


def workdays() -> str:
    """The Chinese calendar of working days under the code that the stock charter asks for."""
    text = charters.read("calendars/cn-2026.toml").decode()
    return _replaced(text, {'"workdays"': '"workdays"'})


def _replaced(text: str, sentences: Mapping[str, str]) -> str:
    for before, after in sentences.items():
        assert before in text, before
        text = text.replace(before, after)
    return text


def members(body: str) -> tuple[str, ...]:
    """The people who sit in a body, in the order of their seats."""
    return tuple(f"{body}-{seat:02}" for seat in range(1, BODIES[body][0] + 1))


class Community:
    """A store with a community in it, and a clock that the test moves."""

    def __init__(self, *, since: str = BEGINNING, kept_cases: int = 10_000) -> None:
        """Open an empty store; `founded` fills it."""
        self.now = local(since)
        self.log = MemoryLog(clock=lambda: self.now)
        self.vault = Vault.in_memory(self.log.log_id)
        self.service = Service(Engine(self.log, self.vault, kept=KeptStates(kept_cases)))
        self._ids = count(1)
        self._cases = count(1)

    # -- time ---------------------------------------------------------------------------------------------------------------

    def at(self, text: str) -> "Community":
        """Let the clock stand at a local time, not earlier than it does."""
        instant = local(text)
        assert instant >= self.now, "time goes forward"
        self.now = instant
        return self

    def wait(self, **duration: float) -> "Community":
        """Let time pass, as `timedelta` takes it."""
        self.now += timedelta(**duration)
        return self

    # -- commands -----------------------------------------------------------------------------------------------------------

    def envelope(self, by: str, **particulars: object) -> Envelope:
        """The envelope of somebody's next command, decided now; `particulars` are the envelope's other fields."""
        given = {"command_id": UUID(int=next(self._ids)), "actor_id": by, "decided_at": self.now}
        return Envelope(**(given | particulars))  # type: ignore[arg-type] # by name

    def give(self, command: Command, by: str, **particulars: object) -> Answer:
        """Give a command as one of the people. Raises Refusal."""
        return self.service.give(command, self.envelope(by, **particulars))

    def do(self, case_id: str, command: str, by: str, **fields: object) -> Answer:
        """Give a command on a case by its stored type, its fields as they are written in JSON. Raises Refusal."""
        return self.give(read_command(command, {"case_id": case_id, **fields}), by)

    def refused(self, command: Command, by: str, **particulars: object) -> Refusal:
        """The refusal that a command meets."""
        with pytest.raises(Refusal) as caught:
            self.give(command, by, **particulars)
        return caught.value

    def collect(  # noqa: PLR0913 - all but the first two have their usual value
        self,
        category: str = "courtyard_lamp",
        title: str = "3号楼前路灯不亮",
        *,
        case_type: str = "issue",
        by: str = "grid_worker",
        facts: Mapping[str, Value] | None = None,
        effective_at: datetime | None = None,
        **fields: object,
    ) -> str:
        """Collect a case and give its id: `case-01` is the first. `fields` are the command's other fields."""
        case_id = f"case-{next(self._cases):02}"
        given: dict[str, object] = {"case_id": case_id, "case_type": case_type, "grid": "grid-3"}
        given |= {"category": category, "title": title, "facts": dict(facts or {})}
        self.give(
            read_command("collect-case", given | fields),
            by,
            channel="patrol",
            effective_at=effective_at,
        )
        return case_id

    def upcoming(self, case_id: str) -> list[Due]:
        """What the clocks of a case will bring about, soonest first."""
        return Clockwork(self.service.engine).dues(self.case(case_id), self.now)

    def tick(self, case_id: str) -> list[Answer]:
        """Let the clock do what is due by now, one after the other."""
        answers = []
        while (due := self.upcoming(case_id)) and due[0].at <= self.now:
            answers.append(self.service.give(due[0].command, due[0].envelope(self.now)))
        return answers

    # -- what there is ------------------------------------------------------------------------------------------------------

    def case(self, case_id: str) -> Case:
        """The state of a case."""
        stream = case_stream(case_id)
        state = self.service.engine.load((stream,))[stream].state
        assert isinstance(state, Case)
        return state

    def events(self, case_id: str) -> list[Event]:
        """The events of a case, their personal data sealed."""
        leaves = (stored.leaf for stored in self.log.read_stream(case_stream(case_id)))
        return [read_event(f"{leaf.type}.v{leaf.schema_v}", leaf.public_data) for leaf in leaves]

    def register(self, command: r.RegisterCommand) -> Answer:
        """Give a command on the register as the operator."""
        return self.give(command, OPERATOR)


def founded(
    *, since: str = BEGINNING, charter: str | None = None, calendar: str | None = None
) -> Community:
    """A community in which everything can happen that the stock charter, or the one given, provides for."""
    community = Community(since=since)
    register = community.register
    register(
        r.FoundRegister(
            grid_id=COMMUNITY,
            grid_name=Text("梧桐社区", "Wutong Community"),
            person_id=OPERATOR,
            person_name=Personal("何工"),
            key_hash="0" * 64,
        )
    )
    register(r.AdoptCalendar(document=calendar or workdays()))
    register(r.InstallCharter(grid_id=COMMUNITY, document=charter or STOCK.document.decode()))
    for number, grid in enumerate(GRIDS, 1):
        name = Text(f"第{number}网格", f"Grid {number}")
        register(r.EstablishGrid(grid_id=grid, parent=COMMUNITY, name=name))
    for role, person in STAFF.items():
        hire(community, role, person, role)
    for kind, label in ORGANISATIONS.items():
        register(r.RegisterOrganisation(organisation_id=kind, name=label, kind=kind))
        register(r.AppointParty(grid_id=COMMUNITY, kind=kind, party=kind))
        hire(community, f"lead-{kind}", f"{label.zh}负责人", "lead", principal=kind)
    for kind in BODIES:
        _establish(community, kind)
    hire(community, "lead-residents_committee", "许主任", "lead", principal="residents_committee")
    return community


def hire(
    community: Community, person: str, name: str, role: str, *, principal: str | None = None
) -> None:
    """Register a person and give them a role for the whole community, `mandate-` and their id being the mandate's."""
    community.register(r.RegisterPerson(person_id=person, name=Personal(name)))
    mandate = r.GiveMandate(
        person_id=person,
        mandate_id=f"mandate-{person}",
        role=role,
        grid_id=COMMUNITY,
        principal=principal,
    )
    community.register(mandate)


def _establish(community: Community, kind: str) -> None:
    """Establish a body, seat somebody on every seat and let it serve the community."""
    seats, name = BODIES[kind]
    register = community.register
    register(r.EstablishBody(body_id=kind, name=name, kind=kind, grid_id=COMMUNITY, seats=seats))
    for seat, person in enumerate(members(kind), 1):
        register(r.RegisterPerson(person_id=person, name=Personal(f"{name.zh}成员{seat}")))
        register(r.FillSeat(body_id=kind, seat=seat, person_id=person))
    register(r.AppointParty(grid_id=COMMUNITY, kind=kind, party=kind))
