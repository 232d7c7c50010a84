"""Turns that many stories take: a case is taken in, the lead does the work, somebody else looks at it, the initiator is asked."""

from typing import NamedTuple

from casesys.demo.scene import Plot, Scene
from casesys.domain.cases import commands as c
from casesys.domain.messages import Value

NOT_THE_OWNERS: dict[str, Value] = {"common_parts": False, "maintenance_fund": False}
"""Neither the owners' common parts nor their fund are concerned."""


class Work(NamedTuple):
    """What an officer of the lead does, and how it is told."""

    officer: str
    tells: str
    shows: str
    reports: str
    days: int = 2


def taken_in(s: Scene, by: str = "dispatcher") -> None:
    """Accept the case and ask the charter which way it goes."""
    s.do(by, c.AcceptCase)
    s.do(by, c.TriageCase)


def carried_out(s: Scene, work: Work) -> Plot:
    """The lead takes the case up, tells the initiator, works some days, and reports that it is done."""
    yield s.later(minutes=80)
    s.do(work.officer, c.AcceptAssignment)
    s.do(work.officer, c.ContactInitiator, reached=True, summary=work.tells)
    yield from worked_on(s, work)


def worked_on(s: Scene, work: Work) -> Plot:
    """The lead works some days and reports that it is done, with evidence."""
    yield s.later(minutes=40)
    s.do(work.officer, c.StartWork)
    yield s.workday(work.days, "15:40")
    done(s, work)


def done(s: Scene, work: Work, result: str = "resolved") -> None:
    """Report that it is done, with evidence."""
    s.attach(work.officer, work.shows)
    s.do(work.officer, c.ReportResolution, result=result, summary=work.reports)


def verified(s: Scene, seen: str, verifier: str = "verifier-1") -> Plot:
    """On the next working day somebody who had no part in the work looks at it."""
    yield s.workday(1, "10:20")
    s.do(verifier, c.VerifyResolution, remarks=seen)


def called_back(s: Scene, said: str, satisfaction: str = "satisfied") -> Plot:
    """On the next working day the initiator is called, says that it is solved, and the case is closed."""
    yield s.workday(1, "16:10")
    answers = {"contacted": True, "solved": True, "satisfaction": satisfaction}
    s.do("callback-officer", c.RecordCallback, reached=True, remarks=said, **answers)
    s.do("callback-officer", c.CloseCase)
