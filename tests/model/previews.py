"""What was accepted had been allowed, what goes on waits for something, and whoever it waits for can do it.

Of every command that was given, the preview just before said that this actor could give it; a case that is not closed waits for a
command, for a clock of the engine to run out, or for the day of a meeting; and what is somebody's task is allowed to them.
"""

from datetime import datetime

from casesys.domain.cases.decide import governing
from casesys.domain.cases.preview import advancing, preview
from casesys.domain.cases.state import (
    NOTICE_CLOCK,
    OBJECTIONS_CLOCK,
    PUBLICATION_CLOCK,
    STEP_CLOCK,
    Case,
)
from casesys.domain.messages import Envelope
from casesys.domain.register.authority import CLOCK, Standing
from casesys.domain.register.state import Person
from casesys.domain.register.streams import person_stream
from casesys.domain.vocabulary import Stage
from casesys.projections.cases import CaseNow
from casesys.projections.tasks import seat_of, tasks
from casesys.projections.waits import waits
from tests.model.record import Seen
from tests.model.town import ALL_ROUND, OTHERS

ENGINE_CLOCKS = {STEP_CLOCK, NOTICE_CLOCK, PUBLICATION_CLOCK, OBJECTIONS_CLOCK}
"""The clocks after which a case goes on, or may."""


def was_previewed(seen: Seen) -> None:
    """Hold the first event of a person's command on a case against the preview of that instant."""
    leaf, before = seen.leaf, seen.before
    if leaf.command is None or before is None or leaf.actor_id == CLOCK:
        return
    envelope = Envelope(
        command_id=leaf.command_id,
        actor_id=leaf.actor_id,
        decided_at=leaf.decided_at,
        effective_at=leaf.effective_at,
        mandate_id=leaf.mandate_id,
        on_behalf_of=leaf.on_behalf_of,
    )
    possibilities = preview(seen.world, envelope, before, seen.version)
    found = next(each for each in possibilities if each.command == leaf.command.type)
    assert found.permit is not None, found.refusal
    assert found.permit.authority.role == leaf.actor_role
    if before.stage is not Stage.CLOSED:
        waits_for = advancing(seen.world, before, seen.version, leaf.decided_at)
        waits_for_time = not ENGINE_CLOCKS.isdisjoint(_running(before))
        is_to_meet = _is_to_meet(before, leaf.decided_at)
        assert waits_for or waits_for_time or is_to_meet, before.status


LACKING = {"calendar-not-adopted", "calendar-too-short", "nobody-stands-for-side"}
"""What the register has to be given before a task can be done."""


def can_be_done(seen: Seen) -> None:
    """After an event, let everybody who has a task by their role look whether they may give that command now."""
    leaf, case, world = seen.leaf, seen.after, seen.world
    version = governing(world, case, leaf.decided_at)
    now = CaseNow(case, 1, 1, leaf.effective_at, version, world)
    waiting, supporting = waits(now), case.supporting
    standing = Standing(case.path, case.stage, case.case_type, case.category, case.lead, supporting)
    for name in (*ALL_ROUND, *OTHERS):
        person = world.state(person_stream(name), Person)
        assert person is not None
        at = leaf.decided_at
        mine = [task for task in tasks(seat_of(person, at), waiting, standing, at) if task.role]
        if not mine:
            continue
        envelope = Envelope(command_id=leaf.command_id, actor_id=name, decided_at=at)
        told = {each.command: each.refusal for each in preview(world, envelope, case, version)}
        for task in mine:
            refusal = told[task.command]
            assert refusal is None or refusal.code in LACKING, (name, task, refusal)


def _running(case: Case) -> set[str]:
    return {name for name, clock in case.clocks.items() if clock.stopped_at is None}


def _is_to_meet(case: Case, at: datetime) -> bool:
    now = case.deliberation
    if now is None or now.step is None or now.notice is None:
        return False
    return now.attendance is None and at < now.notice.meets_at
