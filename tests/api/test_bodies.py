"""A body that comes too slowly, or not at all, is waited for only so long."""

import asyncio

import pytest
from starlette.requests import Request
from starlette.types import Message

from casesys.api import bodies
from casesys.api.problems import Problem


def reading(*messages: Message) -> Problem:
    """The problem that a body meets of which these parts come, and then nothing more."""
    coming = list(messages)

    async def receive() -> Message:
        if not coming:
            await asyncio.Event().wait()
        return coming.pop(0)

    async def read() -> None:
        scope = {"type": "http", "headers": [(b"content-type", b"application/json")]}
        await bodies.read_object_body(Request(scope, receive))

    with pytest.raises(Problem) as caught:
        asyncio.run(read())
    return caught.value


def test_a_slow_body_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a body that stops halfway, when the time for it is over, then that is told, and the connection is to end."""
    monkeypatch.setattr(bodies, "SECONDS", 0.05)

    problem = reading({"type": "http.request", "body": b'{"note', "more_body": True})

    assert (problem.status, problem.code) == (408, "body-too-slow")
    assert problem.headers["Connection"] == "close"


def test_a_body_that_breaks_off_is_told() -> None:
    """Given a body that stops because its sender is gone, then reading it ends."""
    problem = reading({"type": "http.disconnect"})

    assert (problem.status, problem.code) == (400, "body-cut-short")


def test_a_body_is_not_kept_beyond_the_limit() -> None:
    """Given a body without a declared length, when it grows beyond what is taken, then reading it ends at once."""
    piece: Message = {"type": "http.request", "body": b"x" * 400_000, "more_body": True}

    assert reading(piece, piece, piece).code == "body-too-large"
