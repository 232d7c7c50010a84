"""What the reader of CEL's syntax trees sees, in bytes that CEL's own compiler wrote."""

import json

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.charter.cel_syntax import Call, Foreign, ListOf, Literal, Name, Node, read_tree

ENVIRONMENT = cel.NewEnv()


def tree_of(source: str) -> Node:
    """Return the tree of `source` in the whole of CEL, macros included."""
    return read_tree(ENVIRONMENT.compile(source, disable_check=True).serialize())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("category", Name("category")),
        ("facts.repair.estimated_cost", Name("facts.repair.estimated_cost")),
        ("facts.`estimated-cost`", Name("facts.estimated-cost")),
        ("true", Literal(value=True)),
        ("false", Literal(value=False)),
        ("0", Literal(0)),
        ("-1", Literal(-1)),
        ("0x1F", Literal(31)),
        ('""', Literal("")),
        (r"'路\u706f\n'", Literal("路灯\n")),
        ("[1, 2]", ListOf((Literal(1), Literal(2)))),
        ("[]", ListOf(())),
        ("a >= 1", Call("_>=_", (Name("a"), Literal(1)))),
        ("a || b", Call("_||_", (Name("a"), Name("b")))),
        ("!a", Call("!_", (Name("a"),))),
        ("a in [1]", Call("@in", (Name("a"), ListOf((Literal(1),))))),
        ("size(a)", Call("size", (Name("a"),))),
        ("a.startsWith('x')", Call("startsWith", (Literal("x"),))),
    ],
)
def test_what_a_guard_may_consist_of_is_read(source: str, expected: Node) -> None:
    """Given a source, when its tree is read, then every name and constant stands in its place."""
    assert tree_of(source) == expected


@pytest.mark.parametrize(
    "source",
    ["1.5", "1u", "null", "b'x'", "{1: 2}", "[1].all(x, x > 0)", "has(a.b)", "size(a).b"],
)
def test_everything_else_is_foreign(source: str) -> None:
    """Given a part of CEL that no guard uses, when its tree is read, then it is marked foreign."""
    assert tree_of(source) == Foreign()


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1))
def test_every_whole_number_of_64_bits_is_read_exactly(number: int) -> None:
    """Given any whole number that CEL knows, when it is read from the tree, then it is the same."""
    assert tree_of(str(number)) == Literal(number)


@given(st.text())
def test_every_text_is_read_exactly(text: str) -> None:
    """Given any text, written with escapes, when it is read from the tree, then it is the same."""
    assert tree_of(json.dumps(text, ensure_ascii=False)) == Literal(text)


def test_a_checked_expression_is_not_mistaken_for_a_parsed_one() -> None:
    """Given the bytes of a type-checked expression, when they are read, then they are refused."""
    with pytest.raises(ValueError, match="not a parsed CEL expression"):
        read_tree(ENVIRONMENT.compile("true").serialize())


def test_bytes_of_another_format_are_refused() -> None:
    """Given bytes with a wire type CEL's trees lack, when they are read, then they are refused."""
    with pytest.raises(ValueError, match="wire type 3"):
        read_tree(b"\x0b")
