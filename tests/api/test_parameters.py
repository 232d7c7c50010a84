"""Reading query strings strictly, and saying the same of them in the document."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.api.parameters import Parameters, no_parameters
from casesys.api.problems import Problem


class Size(StrEnum):
    """How big something is."""

    BIG = "big"
    SMALL = "small"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Parameters of every type there is."""

    name: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=9)] = 5
    number: int | None = None
    open: bool | None = None
    size: Size = Size.BIG
    since: datetime | None = None
    codes: tuple[str, ...] = ()


WANTED = Parameters(Wanted)


def test_what_is_given_is_read() -> None:
    """Given parameters of every type, when they are read, each has its value, and instants are in UTC."""
    query = b"name=%E8%B7%AF%E7%81%AF&count=9&number=-3&open=false&size=small&since=2026-03-02T09:30%2B08:00&codes=a,b&codes=c"
    since = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    expected = Wanted(
        name="路灯",
        count=9,
        number=-3,
        open=False,
        size=Size.SMALL,
        since=since,
        codes=("a", "b", "c"),
    )
    assert WANTED.read(query) == expected
    assert WANTED.read(b"") == Wanted()


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("nmae=x", "nmae"),
        ("name=", "name"),
        ("codes=", "codes"),
        ("name=a&name=b", "name"),
        ("count=0", "count"),
        ("count=10", "count"),
        ("count=five", "count"),
        ("count=1e0", "count"),
        ("number=9999999999999999999999", "number"),
        ("number=%D9%A3", "number"),
        ("open=1", "open"),
        ("open=True", "open"),
        ("size=huge", "size"),
        ("since=2026-03-02", "since"),
        ("since=2026-03-02T09:30", "since"),
        ("since=1700000000", "since"),
        ("since=soon", "since"),
        ("name=%FF%FE", ""),
        ("name=路灯", ""),
        ("&".join(f"codes={n}" for n in range(200)), ""),
    ],
)
def test_what_is_not_as_documented_is_refused(query: str, where: str) -> None:
    """Given a parameter that is unknown, empty, doubled or of another type, when it is read, it is named, and its value is not."""
    with pytest.raises(Problem) as refused:
        WANTED.read(query.encode())
    assert refused.value.code == "invalid-query"
    (found,) = refused.value.problems
    assert found.where == where


@pytest.mark.parametrize(
    "since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59Z"]
)
def test_the_ends_of_time_are_instants(since: str) -> None:
    """Given an instant at the end of all years, when it is read, it is one."""
    read = WANTED.read(urlencode({"since": since}).encode()).since
    assert read is not None
    assert read.tzinfo is UTC


@given(st.binary(max_size=60))
def test_no_query_breaks_the_reading(query: bytes) -> None:
    """Given any bytes as a query string, when they are read, they are parameters or a problem, nothing else."""
    for read in (WANTED.read, no_parameters):
        try:
            read(query)
        except Problem as problem:
            assert problem.code == "invalid-query"  # noqa: PT017 - the other way to end is no exception


def test_where_no_parameter_is_taken_none_is_ignored() -> None:
    """Given a route that takes no parameters, when one is given, it is refused; an empty query is fine."""
    no_parameters(b"")
    with pytest.raises(Problem):
        no_parameters(b"pretty=1")


def test_the_document_says_what_is_read() -> None:
    """Given the parameters, when they are documented, each has its type, bounds and values, and none may be null or empty."""
    told = {each["name"]: each["schema"] for each in WANTED.documented()}
    assert told["name"] == {"type": "string", "minLength": 1}
    assert told["count"] == {"type": "integer", "minimum": 1, "maximum": 9, "default": 5}
    assert told["open"] == {"type": "boolean"}
    assert told["size"]["enum"] == ["big", "small"]
    assert told["since"] == {"type": "string", "format": "date-time"}
    assert told["codes"] == {"type": "array", "items": {"type": "string", "minLength": 1}}
    assert not any(each["required"] for each in WANTED.documented())
