"""JSON is read with limits, and what is wrong with it is said in our own words."""

import json
import re

import pytest

from casesys.application.json_input import (
    MEMBERS_LIMIT,
    VALUES_LIMIT,
    InputInvalid,
    read_json,
)

INTERPRETER = re.compile(r"sys\.|utf-8-sig|decode|Expecting|delimiter|4300", re.IGNORECASE)


def refused(text: str) -> InputInvalid:
    """Give how a text is refused."""
    with pytest.raises(InputInvalid) as caught:
        read_json(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "place"),
    [("{", "1, column 2"), ('\n {"a": }', "2, column 8"), ("\ufeff{}", "1, column 1"), ("x", "1")],
)
def test_what_is_broken_is_told_by_its_place(text: str, place: str) -> None:
    """Given broken JSON, then its place is told in either language, and no word of the decoder."""
    invalid = refused(text)
    assert invalid.code == "json-invalid"
    assert f"line {place}" in invalid.says.en
    assert re.search(r"第\d+行第\d+字", invalid.says.zh)
    assert not INTERPRETER.search(invalid.says.en + invalid.says.zh)


@pytest.mark.parametrize("text", ["9" * 5_000, "1e999", "NaN", "-Infinity", '{"a": 1, "a": 2}'])
def test_what_json_does_not_have_is_told_in_both_languages(text: str) -> None:
    """Given a number or a key that JSON does not have, then that is said in Chinese without a word of English, and in English."""
    invalid = refused(text)
    assert invalid.code == "json-invalid"
    assert not re.search(r"(?!JSON)[A-Za-z]{4}", invalid.says.zh)
    assert not INTERPRETER.search(invalid.says.en)


@pytest.mark.parametrize(
    ("most", "too_many"),
    [
        (
            {f"k{n}": n for n in range(MEMBERS_LIMIT)},
            {f"k{n}": n for n in range(MEMBERS_LIMIT + 1)},
        ),
        ([0] * (VALUES_LIMIT - 1), [0] * VALUES_LIMIT),
        ([[0] * 99] * 99, [[0] * 99] * 101),
    ],
)
def test_there_are_only_so_many_values(most: object, too_many: object) -> None:
    """Given as much as may be, then it is read; given more, in one piece or in many, then it is refused."""
    assert read_json(json.dumps(most)) == most
    assert refused(json.dumps(too_many)).code == "json-too-many"
