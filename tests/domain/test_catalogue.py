"""The catalogue: every command and event by name, read, decided and folded through one door."""

from collections.abc import Mapping
from typing import get_args

import msgspec
import pytest
from pydantic import ValidationError

from casesys.domain import catalogue, vocabulary
from casesys.domain.cases import commands as c
from casesys.domain.cases import events as e
from casesys.domain.cases.commands import CaseCommand, ClockCommand
from casesys.domain.catalogue import (
    COMMANDS,
    EVENTS,
    decide,
    evolve,
    fold,
    parse_document,
    people_commands,
    read_command,
    read_event,
    recordings,
)
from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Command, Event, StreamId, message_type, stored_name
from casesys.domain.refusals import Refusal
from casesys.domain.register.commands import RegisterCommand
from casesys.domain.register.events import RegisterEvent
from casesys.domain.register.state import Grid
from casesys.domain.register.streams import grid_stream
from casesys.domain.sealing import LogSealed, SealLog
from casesys.domain.working_time import Calendar
from casesys.domain.world import Loaded
from tests.domain.cases.ways import (
    ACCEPTING,
    CASE,
    STREAM,
    collected,
    consenting,
    consulted,
)
from tests.domain.charter.stock import stock
from tests.domain.neighbourhood import CALENDAR, FOUNDING
from tests.domain.specification import Scene, at

ALL_EVENTS: tuple[type[Event], ...] = (
    *get_args(e.CaseEvent),
    *get_args(RegisterEvent),
    LogSealed,
)


def leaves(kind: type[Command]) -> set[type[Command]]:
    """All kinds of command below one; tests of other rooms may make up more."""
    ours = (sub for sub in kind.__subclasses__() if sub.__module__.startswith("casesys."))
    below = {each for sub in ours for each in leaves(sub)}
    return below or {kind}


# -- names --------------------------------------------------------------------------------------------------------------------


def test_every_command_is_in_the_catalogue() -> None:
    """Given all commands on cases, the register and the log, then each is there by its type, and the vocabulary has words for each."""
    assert set(COMMANDS.values()) == leaves(CaseCommand) | leaves(RegisterCommand) | {SealLog}
    assert all(message_type(command) == name for name, command in COMMANDS.items())
    assert COMMANDS.keys() == vocabulary.COMMANDS.keys()


def test_every_event_is_in_the_catalogue() -> None:
    """Given all events, then each is there by its stored name, and the vocabulary has words for each."""
    assert set(EVENTS.values()) == set(ALL_EVENTS)
    assert all(stored_name(event) == name for name, event in EVENTS.items())
    assert {message_type(event) for event in ALL_EVENTS} == vocabulary.EVENTS.keys()


def test_people_give_all_commands_but_the_clocks() -> None:
    """Given the catalogue, then what people may give is all but what only time may."""
    people = dict(people_commands())

    assert set(COMMANDS.values()) - set(people.values()) == leaves(ClockCommand) | {SealLog}
    assert all(COMMANDS[name] is command for name, command in people.items())


# -- reading commands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [{"case_id": CASE}, b'{"case_id":"case-1"}'], ids=["fields", "JSON"]
)
def test_a_command_is_read_from_fields_or_json(fields: Mapping[str, object] | bytes) -> None:
    """Given a type and its fields, as values or as JSON, when a command is read, then it is that command."""
    assert read_command("accept-case", fields) == c.AcceptCase(case_id=CASE)


@pytest.mark.parametrize("fields", [{}, b"{}", b"{", b"[]", b"\xff"])
def test_broken_fields_are_no_command(fields: Mapping[str, object] | bytes) -> None:
    """Given fields that are missing, or no JSON, when a command is read, then that is told."""
    with pytest.raises(ValidationError):
        read_command("accept-case", fields)


@pytest.mark.parametrize("kind", COMMANDS.values(), ids=lambda kind: kind.__name__)
def test_what_may_be_none_is_none_unless_given(kind: type[Command]) -> None:
    """Given any command, then a field that may be none is so by default: a record leaves out what is none, and is read again."""
    for name, field in kind.model_fields.items():
        if type(None) in get_args(field.annotation):
            assert field.get_default() is None, name


def test_an_unknown_command_is_told_which_there_are() -> None:
    """Given a type that nobody defined, when it is read, then all that are there are named."""
    with pytest.raises(Refusal) as caught:
        read_command("solve-riddle", {})

    assert caught.value.code == "unknown-command"
    assert caught.value.accepted == tuple(sorted(COMMANDS))


# -- reading events -----------------------------------------------------------------------------------------------------------


def test_an_event_is_read_by_its_stored_name() -> None:
    """Given stored data, when an event is read by its name, then it is that event, from bytes or from raw JSON."""
    data = b'{"count":3}'

    assert read_event("urging-recorded.v1", data) == e.UrgingRecorded(3)
    assert read_event("urging-recorded.v1", msgspec.Raw(data)) == e.UrgingRecorded(3)


def test_a_name_never_used_is_no_event() -> None:
    """Given a name that no version ever stored, when it is read, then there is no such event."""
    with pytest.raises(KeyError, match=r"riddle-solved\.v1"):
        read_event("riddle-solved.v1", b"{}")


def test_an_old_event_is_read_as_what_followed_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a name that was replaced twice, when it is read, then each step changes its data, up to the event of today."""
    upcasts = {
        "urging-heard.v1": ("urging-noted.v1", lambda old: {"times": old["n"]}),
        "urging-noted.v1": ("urging-recorded.v1", lambda old: {"count": old["times"] + 1}),
    }
    monkeypatch.setattr(catalogue, "UPCASTS", upcasts)

    assert read_event("urging-heard.v1", b'{"n":2}') == e.UrgingRecorded(3)


# -- deciding and folding -----------------------------------------------------------------------------------------------------


def test_a_decision_becomes_what_is_recorded() -> None:
    """Given a decision with two events, when it is recorded, then they count on, and only the first names the command."""
    act = consenting("owners", "03-03 09:00", consents=False).but(
        effective_at=at("03-03 08:00"), channel="hotline"
    )
    decision = consulted().when(act).decision

    first, second = recordings(act.command, act.envelope, decision)

    assert [first.version, second.version] == [6, 7]
    assert [first.event, second.event] == [outcome.event for outcome in decision.outcomes]
    assert (first.command_type, second.command_type) == ("record-consent", None)
    for one in (first, second):
        assert (one.stream, one.actor_id, one.channel) == (STREAM, "moderator", "hotline")
        assert one.effective_at == at("03-03 08:00")
        assert one.rule == stock().rule


def test_each_stream_counts_for_itself() -> None:
    """Given a decision over four streams, when it is recorded, then each counts from where it was."""
    decision = Scene().when(FOUNDING).decision

    recorded = recordings(FOUNDING.command, FOUNDING.envelope, decision)

    assert [(one.stream, one.version) for one in recorded] == [
        ("register", 1),
        ("grid/community", 1),
        ("person/operator", 1),
        ("person/operator", 2),
        (f"api-key/{'0' * 64}", 1),
    ]


def test_invariant_02_the_same_events_give_the_same_states() -> None:
    """Given the events of a case, when they are folded as decided or as read from their stored form, then the state is the same."""
    scene = consulted()
    act = consenting("owners", "03-03 09:00")
    decision = scene.when(act).decision
    recorded = recordings(act.command, act.envelope, decision)
    stored = [
        msgspec.structs.replace(
            one, event=read_event(stored_name(type(one.event)), msgspec.json.encode(one.event))
        )
        for one in recorded
    ]

    after = fold(scene.states, recorded)

    assert after == scene.given(act).states == fold(scene.states, stored)
    assert fold({}, ()) == {}


def test_folding_begins_streams_that_are_empty() -> None:
    """Given no states, when the events of the founding are folded, then each stream begins and has its version."""
    decision = Scene().when(FOUNDING).decision

    states = fold({}, recordings(FOUNDING.command, FOUNDING.envelope, decision))

    assert states[grid_stream("community")].version == 1
    assert isinstance(states[grid_stream("community")].state, Grid)


def test_deciding_changes_nothing() -> None:
    """Given a scene, when a command is decided twice, then the decisions are equal and the states are as they were."""
    states = dict(collected().states)

    first, second = (collected().when(ACCEPTING).decision for _ in range(2))

    assert first == second
    assert collected().states == states


def test_invariant_15_deciding_again_gives_the_recorded_events() -> None:
    """Given a recorded command, when it is decided again against what it read, then it gives exactly the recorded events."""
    decision = collected().when(ACCEPTING).decision
    read = {stream: collected().states[stream] for stream in decision.reads}
    world = Scene(read | documents(collected())).world()

    assert decide(ACCEPTING.command, ACCEPTING.envelope, world).outcomes == decision.outcomes


def documents(scene: Scene) -> dict[StreamId, Loaded]:
    """The documents of a scene."""
    return {s: loaded for s, loaded in scene.states.items() if s.startswith("document/")}


def test_a_state_is_evolved_by_what_kind_of_stream_it_is() -> None:
    """Given a stream of each kind, then its events have changed a state of that kind."""
    kinds = {stream.partition("/")[0] for stream in collected().states}

    assert kinds == {
        "register",
        "grid",
        "person",
        "organisation",
        "body",
        "calendar",
        "document",
        "api-key",
        "case",
    }
    act, decision = ACCEPTING, collected().when(ACCEPTING).decision
    (recorded,) = recordings(act.command, act.envelope, decision)
    with pytest.raises(KeyError, match="riddle"):
        evolve(None, msgspec.structs.replace(recorded, stream="riddle/1"))


def test_documents_are_parsed_by_their_kind() -> None:
    """Given the texts of a charter and a calendar, when they are parsed, then they are one of each."""
    charter = parse_document("charter", stock().document.decode())
    calendar = parse_document("calendar", CALENDAR)

    assert isinstance(charter, CharterVersion)
    assert charter == stock()
    assert isinstance(calendar, Calendar)
