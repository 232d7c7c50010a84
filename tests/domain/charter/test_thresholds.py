"""Thresholds: exact, with the number itself included or not, and never reached by nobody."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casesys.domain.charter.steps import Comparator, Threshold

shares = st.fractions(0, 1, max_denominator=1000)
wholes = st.integers(1, 10**12)


def threshold(share: Fraction, comparator: Comparator) -> Threshold:
    """A threshold of some share of those present."""
    return Threshold(share=share, comparator=comparator, of="present")


@pytest.mark.parametrize(
    ("share", "comparator", "votes", "whole", "reached"),
    [
        ("2/3", "at_least", 10, 15, True),
        ("2/3", "at_least", 9, 15, False),
        ("2/3", "at_least", 67, 100, True),
        ("2/3", "at_least", 66, 100, False),
        ("1/2", "more_than", 5, 10, False),
        ("1/2", "more_than", 6, 10, True),
        ("1/2", "more_than", 6, 11, True),
        ("3/4", "at_least", 3, 4, True),
        ("1", "at_least", 7, 7, True),
        ("0", "more_than", 0, 7, False),
        ("0", "at_least", 0, 0, False),
    ],
)
def test_the_number_itself_counts_or_not(
    share: str, comparator: Comparator, votes: int, whole: int, *, reached: bool
) -> None:
    """Given votes at the threshold, then at_least is reached and more_than is not."""
    assert threshold(Fraction(share), comparator).reached(votes, whole) is reached


@given(shares, wholes, st.data())
def test_a_threshold_counts_like_fractions_do(
    share: Fraction, whole: int, data: st.DataObject
) -> None:
    """Given any votes, then they are enough exactly when their share of the whole is."""
    votes = data.draw(st.integers(0, whole) | st.just(int(share * whole)))

    assert threshold(share, "at_least").reached(votes, whole) is (Fraction(votes, whole) >= share)
    assert threshold(share, "more_than").reached(votes, whole) is (Fraction(votes, whole) > share)


@given(shares, wholes, st.integers(0, 10**12), st.sampled_from(["at_least", "more_than"]))
def test_another_vote_never_takes_away_what_was_reached(
    share: Fraction, whole: int, votes: int, comparator: Comparator
) -> None:
    """Given enough votes, when there is one more, then they are still enough."""
    rule = threshold(share, comparator)
    assume(rule.reached(votes, whole))

    assert rule.reached(votes + 1, whole)


@given(shares, st.sampled_from(["at_least", "more_than"]))
def test_nobody_out_of_nobody_is_never_enough(share: Fraction, comparator: Comparator) -> None:
    """Given nobody to vote, then no threshold is reached."""
    assert not threshold(share, comparator).reached(0, 0)
