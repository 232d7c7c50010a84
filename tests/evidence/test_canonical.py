"""Canonical JSON is what RFC 8785 says, held against an independent implementation."""

from uuid import UUID

import msgspec
import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from casesys.evidence.canonical import canonical
from casesys.evidence.leaf_form import SAFE_INTEGER

INTEGERS = st.integers(-SAFE_INTEGER, SAFE_INTEGER)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
EVERY_CONTROL = "".join(map(chr, range(0x20))) + '"\\/\x7f\u2028\u2029\ue000\uffff\U0001f600'


@given(st.dictionaries(KEYS, VALUES, max_size=6))
@example({EVERY_CONTROL[:32]: EVERY_CONTROL})
@example({"n": [SAFE_INTEGER, -SAFE_INTEGER, 0]})
def test_it_is_what_rfc_8785_says(value: dict[str, object]) -> None:
    """Given any admissible object, when it is written, then byte for byte as the reference does, and raw it is accepted."""
    written = canonical(value)

    assert bytes(written) == rfc8785.dumps(value)  # type: ignore[arg-type] # it takes any JSON
    assert canonical(written) is written


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (1.5, "floats"),
        (1.0, "floats"),
        (float("nan"), "floats"),
        (SAFE_INTEGER + 1, "integer"),
        (-SAFE_INTEGER - 1, "integer"),
        (2**70, "integer"),
        ("\ud800", "surrogates"),
        ({"名": 1}, "ASCII"),
        ({"\ud800": 1}, "ASCII|surrogates"),
    ],
    ids=repr,
)
def test_what_has_no_single_form_is_refused(value: object, complaint: str) -> None:
    """Given a value that other readers would change, when it is written at any depth, then it is refused, saying why."""
    with pytest.raises(ValueError, match=complaint):
        canonical({"deep": [{"down": value}]})


@pytest.mark.parametrize(
    "raw",
    [
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,"a":1}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\/"}',
        b'{"a":-0}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":9007199254740993}',
        b'{"a":"\xed\xa0\x80"}',
        b"[1]",
        b'"text"',
        b"null",
    ],
    ids=repr,
)
def test_raw_text_in_another_form_is_refused(raw: bytes) -> None:
    """Given JSON that is not a canonical object, when it is handed in raw, then it is refused."""
    with pytest.raises(ValueError, match=r"leaf"):
        canonical(msgspec.Raw(raw))


@pytest.mark.parametrize("value", [[1], "text", 5, None, True], ids=repr)
def test_only_an_object_is_a_part_of_a_leaf(value: object) -> None:
    """Given a value that is no object, when it is written, then it is refused."""
    with pytest.raises(ValueError, match="object"):
        canonical(value)


def test_nesting_without_end_is_refused() -> None:
    """Given lists a hundred thousand deep, when they are written, then they are refused and nothing breaks."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(ValueError, match="nested"):
        canonical({"deep": deep})
    with pytest.raises(ValueError, match="nested"):
        canonical(msgspec.Raw(b'{"deep":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))


def test_what_json_has_no_form_for_is_refused() -> None:
    """Given an object that is no data, when it is written, then a type error says so."""
    with pytest.raises(TypeError):
        canonical({"a": object()})


def test_structures_are_written_by_their_fields() -> None:
    """Given a structure with a UUID and a default, when it is written, then as its fields say, sorted."""

    class Asked(msgspec.Struct, omit_defaults=True):
        z: UUID
        a: int
        left_out: str = ""

    assert bytes(canonical(Asked(UUID(int=1), 2))) == (
        b'{"a":2,"z":"00000000-0000-0000-0000-000000000001"}'
    )
