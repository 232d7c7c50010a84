"""What is kept of states, and for whom there is room."""

import pytest

from casesys.application import Engine, Service
from casesys.application.keeping import KeptStates
from casesys.domain.cases.commands import AddNote
from casesys.domain.messages import Personal, StreamId
from casesys.domain.refusals import Refusal
from casesys.domain.register.commands import RevokeMandate
from casesys.domain.world import Loaded
from tests.community import Community, founded

PERSON = StreamId("person/clerk")


def cases(many: int) -> list[StreamId]:
    """The streams of so many cases."""
    return [StreamId(f"case/{number}") for number in range(many)]


def test_cases_never_drive_out_the_register() -> None:
    """Given room for two cases, when three are kept, then the first is let go and the person kept before them is not."""
    kept = KeptStates(2)
    kept.keep({PERSON: Loaded(1, "clerk")})
    first, second, third = cases(3)
    kept.keep({first: Loaded(1, "a"), second: Loaded(1, "b")})

    kept.keep({third: Loaded(1, "c")})

    assert [kept.get(stream) for stream in (first, second, third)] == [
        None,
        Loaded(1, "b"),
        Loaded(1, "c"),
    ]
    assert kept.get(PERSON) == Loaded(1, "clerk")


def test_a_state_that_changes_is_as_good_as_new() -> None:
    """Given two cases kept, when the older one changes and a third is kept, then the other one is let go."""
    kept = KeptStates(2)
    first, second, third = cases(3)
    kept.keep({first: Loaded(1, "a"), second: Loaded(1, "b")})

    kept.keep({first: Loaded(2, "a")})
    kept.keep({third: Loaded(1, "c")})

    assert (kept.get(first), kept.get(second)) == (Loaded(2, "a"), None)


def test_the_register_has_its_limit_too() -> None:
    """Given more streams of the register than there is room for, then the first is let go."""
    kept = KeptStates(cases=0, register=1)
    other = StreamId("person/other")

    kept.keep({PERSON: Loaded(1, "clerk"), other: Loaded(1, "other")})

    assert (kept.get(PERSON), kept.get(other)) == (None, Loaded(1, "other"))


def test_without_room_no_case_is_kept_and_what_was_forgotten_is_gone() -> None:
    """Given no room for cases, then none is kept; and a person who is forgotten is not kept either."""
    kept = KeptStates(0)
    (case,) = cases(1)
    kept.keep({case: Loaded(1, "a"), PERSON: Loaded(1, "clerk")})

    kept.forget((PERSON, case))

    assert (kept.get(case), kept.get(PERSON)) == (None, None)


def note(community: Community, service: Service, case_id: str) -> str:
    """Have a note added by the worker of the grid; give the event."""
    command = AddNote(case_id=case_id, note=Personal("某事"))
    return service.give(command, community.envelope("grid_worker")).events[0]


def test_a_right_that_others_took_away_is_gone_whatever_is_kept() -> None:
    """Given an engine that keeps the register, when another one ends a mandate, then who had it is refused at once."""
    community = founded()
    case_id = community.collect()
    other = Service(Engine(community.log, community.vault, kept=KeptStates(cases=0)))
    assert note(community, other, case_id) == "note-added.v1"

    revoked = RevokeMandate(person_id="grid_worker", mandate_id="mandate-grid_worker")
    community.register(revoked)

    with pytest.raises(Refusal, match="not-authorised"):
        note(community, other, case_id)
