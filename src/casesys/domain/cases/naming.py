"""By which ids those are named who take part in a case, and whose the personal texts of a command are.

Ids stand in the log in the clear for ever, so nobody outside the register is named by a number that people are called by. Texts are
sealed under the key of whom they are about, so nobody takes part under an id that stands for another's initiator.
"""

import re

from casesys.domain.cases import commands as c
from casesys.domain.refusals import refuse
from casesys.domain.register.authority import CLOCK
from casesys.domain.register.lookups import is_registered
from casesys.domain.world import World

_OF_THE_ENGINE = "initiator:"
_SEPARATORS = re.compile(r"[._:-]")
_NUMBER = re.compile(r"[0-9]{6,}[0-9Xx]")
"""Seven digits are a telephone number, or more; eighteen, the last an X perhaps, an identity card."""


def unnamed(case_id: str) -> str:
    """Name the initiator of a case for whom nobody gave an id."""
    return f"{_OF_THE_ENGINE}{case_id}"


def whose(command: c.CaseCommand, initiator: str) -> str:
    """Say whose the texts of a command are: of whoever it brings into the case, of the initiator otherwise."""
    match command:
        case c.AddParty(party=named) | c.RaiseObjection(objector=named):
            return named
        case _:
            return initiator


def check_new_id(world: World, named: str, case_id: str) -> None:
    """Refuse an id that is the engine's own, or a number: only somebody who is registered under one goes by it."""
    if named == unnamed(case_id):
        return
    if named == CLOCK or named.startswith(_OF_THE_ENGINE):
        refuse("id-reserved", name=named)
    if _NUMBER.fullmatch(_SEPARATORS.sub("", named)) and not is_registered(world, named):
        refuse("id-is-a-number")
