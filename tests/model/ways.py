"""What usually comes next in the life of a case, so that random lives get far. No rule is here, only likelihood."""

from collections.abc import Mapping, Sequence

from casesys.domain.cases.events import CaseRetriaged, CaseTriaged
from casesys.domain.cases.matter import EXECUTABLE
from casesys.domain.cases.state import Case
from casesys.domain.charter.model import Charter
from casesys.domain.charter.steps import AnyStep
from casesys.domain.messages import Event
from casesys.domain.vocabulary import Stage

SELDOM: Mapping[str, float] = {
    **dict.fromkeys(("withdraw-case", "refer-case", "decline-case"), 0.03),
    **dict.fromkeys(("retriage-case", "annul-decision", "reclassify-case"), 0.05),
    "conclude-deliberation": 0.05,  # a vote is worth less the more were cast: most would be counted before it is carried
    **dict.fromkeys(("table-proposal", "make-safe", "attach-evidence"), 0.2),
    **dict.fromkeys(("return-assignment", "dispute-assignment"), 0.5),
    **dict.fromkeys(("settle-objection", "suspend-clock", "postpone-deliberation"), 0.5),
}
"""Commands that end a case, send it back or break something off: given less often than they would be accepted."""

_BY_STAGE: Mapping[Stage, Sequence[str]] = {
    Stage.COLLECTION: ("accept-case", "triage-case", "triage-case", "establish-facts"),
    Stage.DELIBERATION: ("convene-deliberation", "confirm-decision", "table-proposal"),
    Stage.ASSIGNMENT: (
        *("dispatch-case", "dispatch-case", "accept-assignment", "accept-assignment"),
        *(
            "return-assignment",
            "dispute-assignment",
            "rule-on-dispute",
            "hand-over",
            "annul-decision",
        ),
    ),
    Stage.RESOLUTION: (
        *("start-work", "report-resolution", "verify-resolution", "verify-resolution"),
        *("reject-resolution", "record-callback", "attach-evidence", "report-implementation"),
        *("suspend-clock", "resume-clock", "request-extension", "grant-extension"),
        *("refuse-extension", "close-case", "close-case", "hand-over"),
    ),
    Stage.CLOSED: (
        *("request-reopening", "reopen-case", "reopen-case", "correct-result"),
        *("lodge-review", "decide-review", "report-implementation", "record-callback"),
    ),
}

_BY_STEP: Mapping[str, Sequence[str]] = {
    "study": ("record-opinion", "record-opinion", "table-proposal"),
    "notice": ("give-notice", "give-notice", "table-proposal", "attach-evidence"),
    "meeting": (
        *("record-attendance",) * 2,
        *("cast-vote",) * 6,
        *("table-proposal", "recuse-member", "postpone-deliberation", "record-minutes"),
        "conclude-deliberation",
    ),
    "consult": ("record-consent", "record-consent", "record-consent", "table-proposal"),
    "officer_decision": ("decide-urgently", "table-proposal", "make-safe"),
    "ratify": ("ratify-decision",),
    "publish": ("publish-decision", "publish-decision", "attach-evidence"),
    "objections": ("raise-objection", "settle-objection", "settle-objection", "confirm-decision"),
}


def open_step(case: Case, charter: Charter) -> AnyStep | None:
    """The step of the procedure that is open in a case."""
    procedure = charter.procedures.get(case.procedure or "")
    if procedure is None or case.deliberation is None or not case.deliberation.step:
        return None
    return next((s for s in procedure.steps if s.id == case.deliberation.step), None)


def next_on_the_way(case: Case, charter: Charter) -> Sequence[str]:
    """The commands by which such a case would go on."""
    step = open_step(case, charter)
    if case.stage is Stage.DELIBERATION and step is not None:
        return _BY_STEP[step.kind]
    return _BY_STAGE[case.stage]


def leads_nowhere(event: Event, charter: Charter) -> bool:
    """Whether an event sends a case on a way with a step that the engine does not carry out: it would wait there for ever."""
    if not isinstance(event, CaseTriaged | CaseRetriaged):
        return False
    procedure = charter.procedures.get(event.to)
    return procedure is not None and any(s.kind not in EXECUTABLE for s in procedure.steps)
