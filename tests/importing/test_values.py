"""Where the fields of a command come from."""

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from casesys.importing.problems import RowRefused
from casesys.importing.values import Row, Value

ROW = Row(2, {"kind": "lamp", "number": "12", "nothing": "", "odd": "x1"})

VALUE: TypeAdapter[Value] = TypeAdapter(Value)


def read(written: object) -> Value:
    """A value as a mapping writes it."""
    return VALUE.validate_json(json.dumps(written))


def taken(written: object) -> object:
    """What a value, as a mapping writes it, gives for the row."""
    return read(written).of(ROW)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("east", "east"),
        (True, True),
        (["a", "b"], ("a", "b")),
        ({"constant": 3}, 3),
        ({"column": "kind"}, "lamp"),
        ({"column": "nothing"}, None),
        ({"column": "nothing", "default": "dark"}, "dark"),
        ({"column": "kind", "map": {"lamp": "street_lamp"}}, "street_lamp"),
        ({"column": "kind", "map": {"road": "roads"}, "default": "other"}, "other"),
        ({"column": "kind", "map": {"lamp": False}}, False),
        ({"column": "number", "as": "integer"}, 12),
        ({"template": "{kind} {number}"}, "lamp 12"),
        ({"template": "{kind} {nothing}"}, None),
        ({"template": "{{kind}}"}, "{kind}"),
        ({"first": [{"column": "nothing"}, {"column": "kind"}]}, "lamp"),
        ({"first": [{"column": "nothing"}]}, None),
        ({"entries": {"a": {"column": "kind"}, "b": {"column": "nothing"}}}, {"a": "lamp"}),
    ],
)
def test_a_value_is_taken_from_where_it_says(written: object, expected: object) -> None:
    """Given a row, when a value is taken, then it is what the mapping says, or None when it is not there."""
    assert taken(written) == expected


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"column": "kind", "map": {"road": "roads"}}, "value-unknown"),
        ({"column": "odd", "as": "integer"}, "value-not-integer"),
    ],
)
def test_a_cell_that_means_nothing_refuses_its_row(written: object, code: str) -> None:
    """Given a cell that is not in the table or no number, when the value is taken, then the row is refused."""
    with pytest.raises(RowRefused) as refused:
        taken(written)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "written",
    [
        {"colum": "kind"},
        {"column": "kind", "map": {"a": "b"}, "as": "integer"},
        {"column": "kind", "eval": "1+1"},
        {"template": "{kind!r}"},
        {"template": "{kind:>10}"},
        {"template": "{kind"},
        {"first": []},
        1.5,
        None,
    ],
)
def test_what_is_no_value_is_not_read(written: object) -> None:
    """Given something that is not one of the kinds of values, when it is read, then it is refused."""
    with pytest.raises(ValidationError):
        read(written)


def test_a_value_names_its_columns_and_constants() -> None:
    """Given a value made of others, then it names every column it looks at and every constant it can give."""
    value = read(
        {"first": [{"column": "kind", "map": {"lamp": "x"}}, {"template": "{a}-{b}"}, "y"]}
    )

    assert list(value.columns()) == ["kind", "a", "b"]
    assert list(value.constants()) == ["x", "y"]
