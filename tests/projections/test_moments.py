"""Instants are kept as text that compares as they do, and read as they were."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from casesys.projections.moments import kept, kept_if_any, shown, shown_if_any

EARLIEST = datetime(1, 1, 2)  # noqa: DTZ001 - hypothesis adds the offset
INSTANTS = st.datetimes(EARLIEST, timezones=st.sampled_from((UTC, timezone(timedelta(hours=8)))))


@given(INSTANTS, INSTANTS)
def test_text_compares_as_instants_do(one: datetime, other: datetime) -> None:
    """Given two instants of any offset, then their texts are in the order that they are in, and tell them again."""
    first, second = kept(one), kept(other)

    assert (first < second) == (one < other)
    assert shown(first) == one


def test_no_instant_stays_none() -> None:
    """Given no instant, then there is none afterwards."""
    assert shown_if_any(kept_if_any(None)) is None
