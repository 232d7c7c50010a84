"""The world of a decision: it gives what it holds, names what it lacks, and remembers what it was asked for."""

import pytest

from casesys.domain.messages import StreamId
from casesys.domain.world import Loaded, Missing, World

HERE, EMPTY, ELSEWHERE = StreamId("grid/a"), StreamId("grid/b"), StreamId("grid/c")
WORLD = {HERE: Loaded(3, "state"), EMPTY: Loaded(0, None)}


def test_a_state_is_given_and_its_version_remembered() -> None:
    """Given a stream, when its state is asked for, then it is given, and its version is among those read, empty streams too."""
    world = World(WORLD)

    assert world.state(HERE, str) == "state"
    assert world.reads == {HERE: 3}
    assert world.state(EMPTY, str) is None
    assert world.reads == {HERE: 3, EMPTY: 0}


def test_a_stream_that_was_not_loaded_is_named() -> None:
    """Given a stream that nobody loaded, when it is asked for, then it is named, and it is not among those read."""
    world = World(WORLD)

    with pytest.raises(Missing) as caught:
        world.state(ELSEWHERE, str)

    assert (caught.value.stream, caught.value.document) == (ELSEWHERE, None)
    assert str(caught.value) == ELSEWHERE
    assert world.reads == {}


def test_a_document_is_given_or_named() -> None:
    """Given a document, when it is asked for by its digest, then it is given; one that was not loaded is named."""
    world = World({}, {"abc": "document"})

    assert world.document("abc", str) == "document"
    for empty in (world, World({})):
        with pytest.raises(Missing) as caught:
            empty.document("def", str)
        assert (caught.value.stream, caught.value.document) == (None, "def")
        assert str(caught.value) == "def"


def test_a_thing_of_another_kind_is_a_fault_of_ours() -> None:
    """Given a state or document of one kind, when it is asked for as another, then that is told."""
    world = World(WORLD, {"abc": "document"})

    with pytest.raises(TypeError, match="grid/a holds a str, not a int"):
        world.state(HERE, int)
    with pytest.raises(TypeError, match="document abc is a str, not a int"):
        world.document("abc", int)


def test_nothing_is_copied() -> None:
    """Given states that change after the world was made, then it gives what they are when it is asked."""
    states = dict(WORLD)
    world = World(states)

    states[ELSEWHERE] = Loaded(1, "later")

    assert world.state(ELSEWHERE, str) == "later"
