"""Rows become cases through the ordinary commands; once, however often and wherever an import is cut off."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from casesys.application import Request, Service
from casesys.application.engine import Verdict
from casesys.domain.cases import events as e
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.messages import Event, Recorded
from casesys.domain.register.streams import grid_stream
from casesys.domain.vocabulary import Stage
from casesys.importing import running
from casesys.importing.outcome import Outcome
from casesys.replay.redecide import redecide
from casesys.store import EventLog
from casesys.store.reading import recorded
from tests.importing.city import City, founded, plausible, row


@pytest.fixture
def city(tmp_path: Path) -> City:
    """The invented city, nothing imported yet."""
    return City(tmp_path)


def case(city: City, number: str) -> Case:
    """The state of a case."""
    stream = case_stream(number)
    state = city.service.engine.load((stream,))[stream].state
    assert isinstance(state, Case)
    return state


def told(log: EventLog, number: str) -> list[Recorded]:
    """What is recorded of a case."""
    return [recorded(stored) for stored in log.read_stream(case_stream(number))]


def events(city: City, number: str) -> list[type[Event]]:
    """The events of a case by their classes."""
    return [type(each.event) for each in told(city.service.engine.log, number)]


def everything(service: Service) -> dict[str, list[tuple[object, ...]]]:
    """All that is recorded of all cases, but for when it was recorded."""
    log = service.engine.log
    return {
        stream: [
            (
                leaf.type,
                leaf.decided_at,
                leaf.effective_at,
                leaf.command_id,
                bytes(leaf.public_data),
            )
            for leaf in (stored.leaf for stored in log.read_stream(stream))
        ]
        for stream in log.stream_ids("case/", "", 10_000)
    }


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Rows, imported, unchanged, refused."""
    return outcome.rows, outcome.imported, outcome.unchanged, outcome.refused


def test_each_row_lives_the_life_of_its_status(city: City) -> None:
    """Given a row of each status, when they are imported, then each case went the way its status tells, and no further."""
    outcome = city.imports(
        row("Q1"),
        row("Q2", 状态="撤回"),
        row("Q3", 状态="在办", 办结时间="-", 登记时间="2026-05-28 10:00"),
    )

    assert counts(outcome) == (3, 3, 0, 0)
    assert events(city, "Q1") == [
        e.CaseCollected,
        e.CaseAccepted,
        e.CaseTriaged,
        e.CaseDispatched,
        e.AssignmentAccepted,
        e.CaseClosed,
    ]
    assert events(city, "Q2") == [e.CaseCollected, e.CaseWithdrawn]
    assert case(city, "Q3").stage is Stage.ASSIGNMENT
    assert [case(city, number).result for number in ("Q1", "Q2", "Q3")] == [
        "resolved",
        "withdrawn",
        None,
    ]


def test_the_charter_decides_who_leads(city: City) -> None:
    """Given a category with a keeper, when its row is imported, then the charter's routing chose the lead."""
    city.imports(row("Q1"), row("Q2", 事由="噪声"))

    assert (case(city, "Q1").lead, case(city, "Q2").lead) == ("lamp-office", "hotline")


def test_what_happened_then_is_decided_then_and_recorded_now(city: City) -> None:
    """Given a row of months ago, when it is imported, then decisions carry its times, and recording carries now."""
    city.imports(row("Q1"))

    leaves = [stored.leaf for stored in city.service.engine.log.read_stream(case_stream("Q1"))]
    assert f"{leaves[0].decided_at:%Y-%m-%d %H:%M}" == "2026-03-02 01:30"
    assert f"{leaves[-1].effective_at:%Y-%m-%d %H:%M}" == "2026-03-04 01:30"
    assert {f"{leaf.recorded_at:%Y-%m-%d}" for leaf in leaves} == {"2026-06-01"}


def test_grids_are_established_when_a_row_names_them(city: City) -> None:
    """Given rows of two streets and of none, when they are imported, then each lies in its grid, and the last in the root."""
    city.imports(row("Q1"), row("Q2", 街道="西街"), row("Q3", 街道=""))

    assert [case(city, number).path for number in ("Q1", "Q2", "Q3")] == [
        ("qingchuan", "east"),
        ("qingchuan", "west"),
        ("qingchuan",),
    ]
    assert len(city.service.engine.log.read_stream(grid_stream("east"))) == 1


def test_the_clock_runs_between_the_steps(city: City) -> None:
    """Given a case that was open for longer than the charter allows, then what the clock brought about stands at its instants."""
    city.imports(row("Q1", 办结时间="2026-04-02 09:30"))

    *_, missed, escalated, closed = told(city.service.engine.log, "Q1")
    assert isinstance(missed.event, e.DeadlineMissed)
    assert isinstance(escalated.event, e.CaseEscalated)
    assert isinstance(closed.event, e.CaseClosed)
    assert missed.effective_at == missed.event.due_at
    assert f"{missed.effective_at:%Y-%m-%d %H:%M}" == "2026-03-16 16:00"  # midnight in Shanghai
    assert missed.effective_at < escalated.effective_at < closed.effective_at
    assert missed.actor_id == "clock"


def test_the_clocks_of_open_cases_run_as_far_as_the_file_knows(city: City) -> None:
    """Given a case that is still open, when it is imported, then its deadlines were missed up to `as_of` and not after."""
    late, early = "2026-05-18 09:30", "2026-03-02 09:30"
    city.imports(row("Q1", 状态="在办", 登记时间=late), row("Q2", 状态="在办", 登记时间=early))

    assert e.DeadlineMissed not in events(city, "Q1")
    assert events(city, "Q2")[-2:] == [e.DeadlineMissed, e.CaseEscalated]


def test_a_second_run_changes_nothing_and_says_so(city: City) -> None:
    """Given a file that was imported, when it is imported again, then nothing is recorded and every row is unchanged or refused."""
    rows = list(plausible(1, 40))
    first = city.imports(*rows)
    size = city.service.engine.log.head().size

    again = city.imports(*rows)

    assert first.imported > 30
    assert counts(again) == (40, 0, first.imported, first.refused)
    assert again.events == 0
    assert city.service.engine.log.head().size == size


def test_a_later_file_brings_only_what_is_new(city: City) -> None:
    """Given a case that was open, when a later file tells that it was closed, then only the rest of its life is added."""
    city.imports(row("Q1", 状态="在办", 登记时间="2026-05-28 09:00"))
    before = city.service.engine.log.head().size

    outcome = city.imports(row("Q1", 登记时间="2026-05-28 09:00", 办结时间="2026-05-29 09:00"))

    assert counts(outcome) == (1, 1, 0, 0)
    assert outcome.events == 2
    assert city.service.engine.log.head().size == before + 2
    assert case(city, "Q1").result == "resolved"


def test_a_number_that_comes_twice_is_refused_by_its_line(city: City) -> None:
    """Given a number on two lines, when they are imported, then the second is refused and told where the first stands."""
    outcome = city.imports(row("Q1"), row("Q2"), row("Q1", 状态="撤回"))

    assert counts(outcome) == (3, 2, 0, 1)
    (refused,) = city.refused
    assert (refused.line, refused.number, refused.code) == (4, "Q1", "number-twice")
    assert refused.reason.en == "line 2 has the same number and came first"
    assert case(city, "Q1").result == "resolved"


def test_a_closing_before_the_collection_is_refused_by_line_and_reason(city: City) -> None:
    """Given a row that was closed before it was collected, then nothing of it is recorded, and it is told why."""
    outcome = city.imports(row("Q1", 办结时间="2026-03-01 00:00"), row("Q2"))

    assert counts(outcome) == (2, 1, 0, 1)
    (refused,) = city.refused
    assert (refused.line, refused.number, refused.code) == (2, "Q1", "time-out-of-order")
    assert refused.reason.en == (
        "done at 2026-03-01T00:00:00+08:00 comes before in at 2026-03-02T09:30:00+08:00"
    )
    assert city.service.engine.log.read_stream(case_stream("Q1")) == []


def test_what_the_rules_refuse_stops_its_row_and_no_other(city: City) -> None:
    """Given a closing of what nobody took, then the row stops before it with the rules' own code, then as now and again."""
    rows = row("Q1", 承办=""), row("Q2")
    outcome = city.imports(*rows)

    assert counts(outcome) == (2, 1, 0, 1)
    (refused,) = city.refused
    assert (refused.line, refused.step, refused.code) == (2, "close-case", "out-of-order")
    assert case(city, "Q1").stage is Stage.ASSIGNMENT
    again = city.imports(*rows)
    assert counts(again) == (2, 0, 1, 1)
    assert again.events == 0
    assert city.refused == [refused]


def test_what_is_counted_is_what_is_in_the_log(city: City) -> None:
    """Given a made-up file with odd rows, then every row is counted once and every event of the run is in the log."""
    before = city.service.engine.log.head().size

    outcome = city.imports(*plausible(2, 60))

    assert outcome.rows == 60 == outcome.imported + outcome.refused
    assert outcome.refused == len(outcome.refusals) > 0
    assert outcome.events == city.service.engine.log.head().size - before


def test_deciding_an_import_again_gives_what_was_recorded(city: City) -> None:
    """Given a made-up file that was imported, when every command is decided again, then nothing differs."""
    city.imports(*plausible(3, 60))
    engine = city.service.engine

    report = redecide(engine.log, engine.vault)

    assert report.commands > 200
    assert report.differences == ()


class Cut(Exception):
    """The process was killed here."""


class Mortal(Service):
    """A service whose process is killed after so many commits."""

    def __init__(self, service: Service, commits: int) -> None:
        """Live for so many commits on another's engine."""
        super().__init__(service.engine)
        self.commits = commits

    def give_all(self, requests: Sequence[Request]) -> list[Verdict]:
        """Commit, or die."""
        if not self.commits:
            raise Cut
        self.commits -= 1
        return super().give_all(requests)


@pytest.mark.parametrize("window", [1, 3, 512])
def test_cut_off_after_any_commit_it_ends_the_same(
    city: City, monkeypatch: pytest.MonkeyPatch, window: int
) -> None:
    """Given an import that is cut off again and again, one commit further each time, then in the end all is as if it never was."""
    monkeypatch.setattr(running, "AT_ONCE", window)
    rows = [*plausible(4, 10), row("late", 办结时间="2026-04-02 09:30"), row("open", 状态="在办")]
    city.imports(*rows)
    whole, city.service = everything(city.service), founded()

    cuts, outcome = 0, None
    while outcome is None:
        try:
            outcome = city.imports(*rows, service=Mortal(city.service, commits=1 + cuts))
        except Cut:
            cuts += 1

    assert everything(city.service) == whole
    assert cuts > 10
    assert outcome.imported + outcome.unchanged + outcome.refused == len(rows)
