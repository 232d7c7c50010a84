"""What somebody could do with a case now, and what stands in the way of the rest; and which commands the case waits for.

Nothing is decided here that deciding would decide otherwise: a preview holds each command against the checks that `decide` begins
with, as far as they can be held without the particulars. So what is refused here is refused whatever the command says, and what is
allowed may still be refused for what it says.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

import msgspec

from casesys.domain.cases import commands as c
from casesys.domain.cases.decide import admit, check_actor
from casesys.domain.cases.lifecycle import may_happen
from casesys.domain.cases.matter import Matter
from casesys.domain.cases.rules.table import RULES
from casesys.domain.cases.state import Case
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Envelope, Personal, message_type, personal_fields
from casesys.domain.refusals import Refusal
from casesys.domain.register.authority import CLOCK, Permit
from casesys.domain.vocabulary import Stage
from casesys.domain.world import World


class Possibility(msgspec.Struct, frozen=True):
    """A command by its stored type: the permit that somebody would give it by, or else the refusal that stands in their way."""

    command: str
    permit: Permit | None
    refusal: Refusal | None


def preview(
    world: World, envelope: Envelope, case: Case, version: CharterVersion
) -> tuple[Possibility, ...]:
    """Say of each command on a case that people may give whether the envelope's actor could give it now.

    `version` is the one that governs the case. Raises Missing when the world lacks a stream or document that this rests on.
    """
    return tuple(
        _possibility(kind, world, envelope, case, version)
        for kind in RULES
        if not issubclass(kind, c.ClockCommand)
    )


def _possibility(
    kind: type[c.CaseCommand],
    world: World,
    envelope: Envelope,
    case: Case,
    version: CharterVersion,
) -> Possibility:
    name = message_type(kind)
    try:
        check_actor(kind, envelope, world)
        matter, permit = admit(kind, envelope, world, case, version)
        _try_forms(kind, matter)
    except Refusal as refusal:
        told = refusal.with_traceback(None)  # a traceback would keep the world alive
        return Possibility(name, None, told)
    return Possibility(name, permit, None)


def _try_forms(kind: type[c.CaseCommand], matter: Matter) -> None:
    """Decide a command in each of the forms that it can take, where they are few; refuse if all are refused."""
    forms = _forms(kind, matter)
    if forms is None:
        return
    refusals = []
    for form in forms:
        try:
            RULES[kind].decide(matter, form)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            return
    raise refusals[0]


def _forms(kind: type[c.CaseCommand], matter: Matter) -> Iterable[c.CaseCommand] | None:
    """Give the forms that a command can take; a command that says nothing a rule could look at has only one."""
    forms = RULES[kind].forms
    return _only_form(kind) if forms is None else forms(matter)


@cache
def _only_form(kind: type[c.CaseCommand]) -> tuple[c.CaseCommand] | None:
    """Give the one form of a command that says nothing. A rule has the case before it, whatever the command calls it."""
    if not _says_nothing(kind):
        return None
    texts = dict.fromkeys(personal_fields(kind), Personal("…"))
    return (kind.model_validate({"case_id": "any"} | texts),)


def _says_nothing(kind: type[c.CaseCommand]) -> bool:
    """Whether a command has no fields but personal texts, whose words no rule may look at.

    Where a rule looks at which of them are there, it has a check of its own for what does not depend on that.
    """
    said = kind.model_fields.keys() - {"case_id", *personal_fields(kind)}
    return not said and RULES[kind].ready is None


# -- what a case waits for ----------------------------------------------------------------------------------------------------

_ELSEWHERE = frozenset({"calendar-not-adopted", "calendar-too-short", "nobody-stands-for-side"})
"""What the register lacks: the case waits for the command all the same, since nothing will happen to it when the register has it.

A preview tells what is missing.
"""

_INSTEAD = {
    "closing-requirement": message_type(c.RejectResolution),
    "step-not-executable": message_type(c.RetriageCase),
}
"""What a case waits for that cannot go on as it is: to have its work gone on with, to be sent another way."""

_NOBODY = UUID(int=0)


def advancing(world: World, case: Case, version: CharterVersion, at: datetime) -> tuple[str, ...]:
    """Name the commands that a case waits for at an instant: those that it is ready for and that move it on.

    But for what the register lacks, whoever may give one can; who may is not asked. What may be done at any time, such as a note, is
    none of them. Raises Missing as `preview` does.
    """
    nobody = Envelope(command_id=_NOBODY, actor_id=CLOCK, decided_at=at)
    matter = Matter(case, nobody, world, version)
    awaited = (_awaited(name, kind, moves, matter) for name, kind, moves in _moving_on(case.stage))
    return tuple(dict.fromkeys(name for name in awaited if name is not None))


@cache
def _moving_on(
    stage: Stage,
) -> tuple[tuple[str, type[c.CaseCommand], Callable[[Matter], bool]], ...]:
    """Give the commands that move a case on from a stage, if it waits for them: by name, with what says whether it does."""
    return tuple(
        (message_type(kind), kind, provision.advances)
        for kind, provision in RULES.items()
        if provision.advances is not None and may_happen(stage, provision.event)
    )


def _awaited(
    name: str, kind: type[c.CaseCommand], moves: Callable[[Matter], bool], matter: Matter
) -> str | None:
    """Name a command if the case waits for it, or what it waits for in its stead; None if it waits for neither."""
    if not moves(matter):
        return None
    ready = RULES[kind].ready
    try:
        if ready is not None:
            ready(matter)
        _try_forms(kind, matter)
    except Refusal as refusal:
        return name if refusal.code in _ELSEWHERE else _INSTEAD.get(refusal.code)
    return name
