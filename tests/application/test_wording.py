"""What pydantic finds, told for people."""

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from casesys.application.wording import PROBLEMS_AT_MOST, FieldProblem, field_problems


class Nothing(BaseModel):
    """Takes nothing."""

    model_config = ConfigDict(extra="forbid")


def problems(count: int) -> tuple[FieldProblem, ...]:
    """Give what is told of so many fields that are not there."""
    with pytest.raises(ValidationError) as caught:
        Nothing.model_validate({f"k{number}": 1 for number in range(count)})
    return field_problems(caught.value, "outside")


def test_what_can_be_read_is_told_whole() -> None:
    """Given as many faults as are told, then each is there, with its place."""
    told = problems(PROBLEMS_AT_MOST)
    assert [each.where for each in told] == [f"outside.k{n}" for n in range(PROBLEMS_AT_MOST)]


def test_of_what_nobody_reads_the_number_is_told() -> None:
    """Given more faults than that, then the last thing told is how many more there are."""
    *told, more = problems(PROBLEMS_AT_MOST + 7)
    assert len(told) == PROBLEMS_AT_MOST
    assert (more.where, more.says.en, more.says.zh) == ("", "and 7 more", "另有7处")
