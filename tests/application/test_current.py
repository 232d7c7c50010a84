"""What is current: states never older than the end of the log, whoever wrote to it, and as few reads as that takes."""

from hypothesis import given
from hypothesis import strategies as st

from casesys.application.current import PAGE, Current
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.messages import Personal
from casesys.domain.register.commands import RegisterPerson, RevokeMandate
from casesys.domain.register.state import Person
from casesys.domain.register.streams import person_stream
from tests.community import founded


def test_a_state_that_was_asked_for_goes_on_with_the_log() -> None:
    """Given a person who was asked for, when their mandate is revoked, then the next look shows it revoked."""
    community = founded()
    current = Current(community.log)
    person = person_stream("grid_worker")
    before = current.now().world.state(person, Person)

    community.register(RevokeMandate(person_id="grid_worker", mandate_id="mandate-grid_worker"))

    after = current.now().world.state(person, Person)
    assert before is not None
    assert after is not None
    assert [m.revoked for m in (*before.mandates, *after.mandates)] == [False, True]


def test_what_did_not_exist_is_there_once_it_does() -> None:
    """Given a person whom nobody knew when they were asked for, when they are registered, then the next look knows them."""
    community = founded()
    current = Current(community.log)
    assert current.now().world.state(person_stream("new"), Person) is None

    community.register(RegisterPerson(person_id="new", name=Personal("新人")))

    assert current.now().world.state(person_stream("new"), Person) == Person("new")


def test_who_is_far_behind_begins_anew() -> None:
    """Given more events than are looked through one by one, then the next look is at the end of the log all the same."""
    community = founded()
    case_id = community.collect()
    current = Current(community.log)
    before = current.now().world.state(case_stream(case_id), Case)
    for number in range(PAGE + 1):
        community.do(case_id, "add-note", "grid_worker", note=f"备注{number}")

    position, world = current.now()

    after = world.state(case_stream(case_id), Case)
    assert before is not None
    assert after is not None
    assert (position, after.version) == (community.log.head().size, before.version + PAGE + 1)


@given(st.lists(st.sampled_from(["collect", "note", "look", "ask"]), max_size=30))
def test_it_is_always_what_the_log_says(course: list[str]) -> None:
    """Given events and looks in any order, then every state is the one that the log gives from its beginning."""
    community = founded()
    current = Current(community.log, kept_states=3)
    cases = [community.collect()]
    for step in course:
        match step:
            case "collect":
                cases.append(community.collect())
            case "note":
                community.do(cases[len(cases) // 2], "add-note", "grid_worker", note="备注")
            case "ask":
                current.now().world.state(case_stream(cases[-1]), Case)
            case _:
                current.now()
    position, world = current.now()

    assert position == community.log.head().size
    for case_id in cases:
        assert world.state(case_stream(case_id), Case) == community.case(case_id)


def test_it_says_whether_something_has_changed() -> None:
    """Given what was looked at, when one of the streams goes on, then it is not unchanged any more, after the next look."""
    community = founded()
    case_id = community.collect()
    current = Current(community.log)
    world = current.now().world
    world.state(case_stream(case_id), Case)
    assert current.unchanged(world.reads)

    community.do(case_id, "add-note", "grid_worker", note="备注")
    current.now()

    assert not current.unchanged(world.reads)
