"""Guards: what may be said, what is refused and why, what is answered when facts are unknown."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.charter.expressions import (
    LONGEST_GUARD,
    Atom,
    Guard,
    GuardInvalid,
    Operator,
    Truth,
    ValueType,
    compile_guard,
)
from casesys.domain.messages import Value

VARIABLES = {
    "case.evidence_count": ValueType.INT,
    "case_type": ValueType.TEXT,
    "category": ValueType.TEXT,
    "facts.common_parts": ValueType.BOOL,
    "facts.danger_to_life": ValueType.BOOL,
    "facts.estimated_cost": ValueType.INT,
}
LARGEST, SMALLEST = (1 << 63) - 1, -(1 << 63)


def answer(source: str, values: Mapping[str, Value]) -> Truth:
    """Compile `source` over the variables of this module and ask it once."""
    return compile_guard(source, VARIABLES).evaluate(values)


# What a guard may say


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ("facts.estimated_cost == 20000", 20_000, Truth.TRUE),
        ("facts.estimated_cost == 20000", 19_999, Truth.FALSE),
        ("facts.estimated_cost != 20000", 19_999, Truth.TRUE),
        ("facts.estimated_cost != 20000", 20_000, Truth.FALSE),
        ("facts.estimated_cost < 20000", 19_999, Truth.TRUE),
        ("facts.estimated_cost < 20000", 20_000, Truth.FALSE),
        ("facts.estimated_cost <= 20000", 20_000, Truth.TRUE),
        ("facts.estimated_cost <= 20000", 20_001, Truth.FALSE),
        ("facts.estimated_cost > 20000", 20_001, Truth.TRUE),
        ("facts.estimated_cost > 20000", 20_000, Truth.FALSE),
        ("facts.estimated_cost >= 20000", 20_000, Truth.TRUE),
        ("facts.estimated_cost >= 20000", 19_999, Truth.FALSE),
        ("20000 <= facts.estimated_cost", 20_000, Truth.TRUE),
        ("20000 <= facts.estimated_cost", 19_999, Truth.FALSE),
        ("facts.estimated_cost in [1, -2]", -2, Truth.TRUE),
        ("facts.estimated_cost in [1, -2]", 2, Truth.FALSE),
        (f"facts.estimated_cost >= {LARGEST}", LARGEST, Truth.TRUE),
        (f"facts.estimated_cost > {SMALLEST}", SMALLEST, Truth.FALSE),
        ("true || facts.estimated_cost == 0", 0, Truth.TRUE),
        ("facts.estimated_cost == 0x10 // in hexadecimal", 16, Truth.TRUE),
    ],
)
def test_whole_numbers_are_compared_exactly(source: str, value: int, expected: Truth) -> None:
    """Given a number at the edge of a comparison, when the guard is asked, then the edge holds."""
    assert answer(source, {"facts.estimated_cost": value}) is expected


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        ('category == "路灯"', "路灯", Truth.TRUE),
        ('category == "路灯"', "路燈", Truth.FALSE),
        ('category != "路灯"', "电梯", Truth.TRUE),
        ('category in ["路灯", "电梯"]', "电梯", Truth.TRUE),
        ('category in ["路灯", "电梯"]', "灯", Truth.FALSE),
        (r'category == "\u8def\u706f"', "路灯", Truth.TRUE),
        (r'category == "the \"hall\""', 'the "hall"', Truth.TRUE),
        ("category == 'the \"hall\"'", 'the "hall"', Truth.TRUE),
        (r"category == 'it\'s'", "it's", Truth.TRUE),
        (r'category == r"a\b"', "a\\b", Truth.TRUE),
        ('category == ""', "", Truth.TRUE),
        ('category == "𠮷"', "𠮷", Truth.TRUE),
    ],
)
def test_texts_are_equal_or_not(source: str, value: str, expected: Truth) -> None:
    """Given a text, when it is compared with a quoted one, then only the same characters match."""
    assert answer(source, {"category": value}) is expected


@pytest.mark.parametrize(
    ("source", "when_true", "when_false"),
    [
        ("facts.danger_to_life", Truth.TRUE, Truth.FALSE),
        ("!facts.danger_to_life", Truth.FALSE, Truth.TRUE),
        ("facts.danger_to_life == true", Truth.TRUE, Truth.FALSE),
        ("facts.danger_to_life != true", Truth.FALSE, Truth.TRUE),
        ("facts.danger_to_life in [false]", Truth.FALSE, Truth.TRUE),
    ],
)
def test_a_boolean_stands_alone_or_is_compared(
    source: str, when_true: Truth, when_false: Truth
) -> None:
    """Given a boolean, when a guard names or compares it, then both answers are as written."""
    assert answer(source, {"facts.danger_to_life": True}) is when_true
    assert answer(source, {"facts.danger_to_life": False}) is when_false


def test_and_binds_closer_than_or_and_parentheses_closest() -> None:
    """Given a mixed guard, when asked with and without parentheses, then CEL's order is kept."""
    values = {"facts.danger_to_life": True, "facts.common_parts": False}
    joined = "facts.danger_to_life || facts.danger_to_life && facts.common_parts"
    grouped = "(facts.danger_to_life || facts.danger_to_life) && facts.common_parts"
    assert answer(joined, values) is Truth.TRUE
    assert answer(grouped, values) is Truth.FALSE


def test_the_atoms_are_the_comparisons_in_the_order_of_the_text() -> None:
    """Given a guard of every form, when compiled, then its atoms list what it compares, once."""
    guard = compile_guard(
        '30 <= facts.estimated_cost || !(category in ["路灯", "电梯"]) && facts.common_parts'
        " || facts.estimated_cost >= 30 || facts.estimated_cost != -1 || true",
        VARIABLES,
    )
    assert guard.atoms == (
        Atom("facts.estimated_cost", Operator.AT_LEAST, 30),
        Atom("category", Operator.EQUAL, "路灯"),
        Atom("category", Operator.EQUAL, "电梯"),
        Atom("facts.common_parts", Operator.EQUAL, constant=True),
        Atom("facts.estimated_cost", Operator.NOT_EQUAL, -1),
    )
    assert guard.variables == {"facts.estimated_cost", "category", "facts.common_parts"}


@pytest.mark.parametrize(
    ("written_operator", "operator"),
    [("==", "=="), ("!=", "!="), ("<", ">"), ("<=", ">="), (">", "<"), (">=", "<=")],
)
def test_an_atom_has_its_variable_on_the_left(written_operator: str, operator: str) -> None:
    """Given a constant on the left, when compiled, then the atom is turned round."""
    guard = compile_guard(f"5 {written_operator} case.evidence_count", VARIABLES)
    assert guard.atoms == (Atom("case.evidence_count", Operator(operator), 5),)


def test_guards_of_the_same_text_are_equal() -> None:
    """Given one text compiled twice, when the guards are compared, then they are the same value."""
    first, second = (compile_guard("facts.common_parts", VARIABLES) for _ in range(2))
    assert first == second
    assert len({first, second, compile_guard("!facts.common_parts", VARIABLES)}) == 2


# What is unknown

ALL = {"true": True, "false": False, "unknown": None}
AND = {("true", "true"): "true", ("true", "unknown"): "unknown", ("unknown", "unknown"): "unknown"}
OR = {
    ("false", "false"): "false",
    ("false", "unknown"): "unknown",
    ("unknown", "unknown"): "unknown",
}


def known(**values: bool | None) -> dict[str, Value]:
    """Return the facts that are known, leaving out those given as None."""
    return {f"facts.{name}": value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("left", ALL)
@pytest.mark.parametrize("right", ALL)
def test_and_or_and_not_follow_kleenes_tables(left: str, right: str) -> None:
    """Given true, false or unknown on either side, when joined, then Kleene's table answers."""
    values = known(danger_to_life=ALL[left], common_parts=ALL[right])
    pair = (left, right)
    both = AND.get(pair, AND.get(pair[::-1], "false"))
    either = OR.get(pair, OR.get(pair[::-1], "true"))
    opposite = {"true": "false", "false": "true", "unknown": "unknown"}[left]
    assert answer("facts.danger_to_life && facts.common_parts", values) is Truth(both)
    assert answer("facts.danger_to_life || facts.common_parts", values) is Truth(either)
    assert answer("!facts.danger_to_life", values) is Truth(opposite)


@dataclass(frozen=True)
class Formula:
    """A guard made at random, with what a reader's own arithmetic says about it."""

    source: str
    holds: Callable[[Mapping[str, Value]], bool | None]
    atoms: frozenset[Atom]


CONSTANTS: Mapping[ValueType, st.SearchStrategy[Value]] = {
    ValueType.BOOL: st.booleans(),
    ValueType.INT: st.sampled_from([-1, 0, 1, 2, LARGEST, SMALLEST]),
    ValueType.TEXT: st.sampled_from(["", "路灯", "电梯", "a\nb", "\\", 'the "hall"', "it's"]),
}
MEANING: Mapping[Operator, Callable[[Value, Value], bool]] = {
    Operator.EQUAL: lambda value, constant: value == constant,
    Operator.NOT_EQUAL: lambda value, constant: value != constant,
    Operator.LESS: lambda value, constant: int(value) < int(constant),
    Operator.AT_MOST: lambda value, constant: int(value) <= int(constant),
    Operator.MORE: lambda value, constant: int(value) > int(constant),
    Operator.AT_LEAST: lambda value, constant: int(value) >= int(constant),
}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


def written(constant: Value) -> str:
    """Return the constant as CEL writes it."""
    return json.dumps(constant, ensure_ascii=False)


@st.composite
def comparisons(draw: st.DrawFn) -> Formula:
    """Make a comparison of one variable with a constant, on either side of the operator."""
    name = draw(st.sampled_from(sorted(VARIABLES)))
    ordered = VARIABLES[name] is ValueType.INT
    operator = draw(st.sampled_from(list(Operator)[: None if ordered else 2]))
    constant = draw(CONSTANTS[VARIABLES[name]])
    source = f"{name} {operator} {written(constant)}"
    if draw(st.booleans()):
        source = f"{written(constant)} {MIRRORED[operator]} {name}"
    return Formula(
        source,
        lambda values: MEANING[operator](values[name], constant) if name in values else None,
        frozenset({Atom(name, operator, constant)}),
    )


@st.composite
def memberships(draw: st.DrawFn) -> Formula:
    """Make a test for being in a list of constants."""
    name = draw(st.sampled_from(sorted(VARIABLES)))
    constants = draw(st.lists(CONSTANTS[VARIABLES[name]], min_size=1, max_size=3))
    return Formula(
        f"{name} in [{', '.join(map(written, constants))}]",
        lambda values: values[name] in constants if name in values else None,
        frozenset(Atom(name, Operator.EQUAL, constant) for constant in constants),
    )


def negated(inner: Formula) -> Formula:
    """Return the opposite; unknown stays unknown."""

    def holds(values: Mapping[str, Value]) -> bool | None:
        truth = inner.holds(values)
        return None if truth is None else not truth

    return Formula(f"!({inner.source})", holds, inner.atoms)


def joined(operator: str, decisive: bool, left: Formula, right: Formula) -> Formula:  # noqa: FBT001 - half of a formula
    """Join by `&&` (where false decides) or `||` (where true does)."""

    def holds(values: Mapping[str, Value]) -> bool | None:
        truths = [left.holds(values), right.holds(values)]
        if decisive in truths:
            return decisive
        return None if None in truths else not decisive

    source = f"({left.source}) {operator} ({right.source})"
    return Formula(source, holds, left.atoms | right.atoms)


def compounds(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    """Make formulas out of formulas."""
    return st.one_of(
        parts.map(negated),
        st.builds(joined, st.just("&&"), st.just(value=False), parts, parts),
        st.builds(joined, st.just("||"), st.just(value=True), parts, parts),
    )


literals = st.booleans().map(lambda truth: Formula(written(truth), lambda _: truth, frozenset()))
leaves = st.one_of(literals, comparisons(), memberships())
formulas = st.recursive(leaves, compounds, max_leaves=12)
partial_values = st.fixed_dictionaries(
    {}, optional={name: CONSTANTS[declared] for name, declared in VARIABLES.items()}
)


@given(formula=formulas, values=partial_values)
def test_any_guard_answers_as_kleenes_logic_does(
    formula: Formula, values: Mapping[str, Value]
) -> None:
    """Given any guard and any part of the facts, when asked, then an independent reading agrees."""
    expected = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}[formula.holds(values)]
    guard = compile_guard(formula.source, VARIABLES)
    assert guard.evaluate(values) is expected
    assert set(guard.atoms) == formula.atoms
    assert guard.unknown(values) == {atom.variable for atom in formula.atoms} - set(values)


def test_what_is_unknown_is_named() -> None:
    """Given some of the facts, when a guard is asked what it lacks, then only its own are named."""
    guard = compile_guard("facts.danger_to_life || facts.estimated_cost > 5", VARIABLES)
    assert guard.unknown({}) == {"facts.danger_to_life", "facts.estimated_cost"}
    assert guard.unknown({"facts.estimated_cost": 1, "category": "x"}) == {"facts.danger_to_life"}


@pytest.mark.parametrize("truth", Truth)
def test_an_answer_is_no_condition(truth: Truth) -> None:
    """Given any answer, when it is used as a condition, then that fails, rather than matches."""
    with pytest.raises(TypeError, match="compare with"):
        bool(truth)


# What is refused


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "guard-syntax"),
        ("facts.common_parts &&", "guard-syntax"),
        ("facts.common_parts and true", "guard-syntax"),
        ('category == "路灯', "guard-syntax"),
        ("类别 == 1", "guard-syntax"),
        ('category == "\ud800"', "guard-syntax"),
        (r'category == "\ud800"', "guard-syntax"),
        ("facts.common_parts\0", "guard-syntax"),
        (f"facts.estimated_cost > {LARGEST + 1}", "guard-syntax"),
        pytest.param(f"facts.estimated_cost > {'9' * 1_000}", "guard-syntax", id="1,000 digits"),
        pytest.param("(" * 900 + "true" + ")" * 900, "guard-syntax", id="900 deep"),
        pytest.param("(" * 10_000 + "true" + ")" * 10_000, "guard-too-long", id="10,000 deep"),
        ("facts.estimated_cost > 1.5", "guard-not-allowed"),
        ("facts.estimated_cost > case.evidence_count", "guard-not-allowed"),
        ("facts.estimated_cost == facts.estimated_cost", "guard-not-allowed"),
        ("facts.estimated_cost + 1 > 5", "guard-not-allowed"),
        ("1 < facts.estimated_cost < 5", "guard-not-allowed"),
        ("facts.estimated_cost in []", "guard-not-allowed"),
        ("facts.estimated_cost in [case.evidence_count]", "guard-not-allowed"),
        ("facts.estimated_cost in {1: 2}", "guard-not-allowed"),
        ("facts.estimated_cost == null", "guard-not-allowed"),
        ("1 == 1", "guard-not-allowed"),
        ("[1] == [1]", "guard-not-allowed"),
        ("facts.common_parts ? true : false", "guard-not-allowed"),
        ("has(facts.common_parts)", "guard-not-allowed"),
        ('category.startsWith("路")', "guard-not-allowed"),
        ('matches(category, "(a+)+$")', "guard-not-allowed"),
        ("size(category) > 1", "guard-not-allowed"),
        ("null", "guard-not-allowed"),
        ("facts.households > 1", "guard-unknown-variable"),
        ("facts", "guard-unknown-variable"),
        (".category == 'x'", "guard-unknown-variable"),
        ('facts.estimated_cost > "a"', "guard-type"),
        ('facts.estimated_cost in [1, "a"]', "guard-type"),
        ("facts.estimated_cost in [true]", "guard-type"),
        ('category < "b"', "guard-type"),
        ("facts.common_parts < true", "guard-type"),
        ("facts.estimated_cost && true", "guard-type"),
        ("!category", "guard-type"),
        ("1 || true", "guard-type"),
        ("facts.estimated_cost", "guard-not-boolean"),
        ("category", "guard-not-boolean"),
        ('"true"', "guard-not-boolean"),
        ("1", "guard-not-boolean"),
    ],
)
def test_what_is_no_guard_is_refused_with_a_stable_code(source: str, code: str) -> None:
    """Given a text that is no guard, when it is compiled, then the refusal says of what kind."""
    with pytest.raises(GuardInvalid) as refusal:
        compile_guard(source, VARIABLES)
    assert refusal.value.code == code
    assert refusal.value.message


@given(st.text(max_size=60))
def test_any_text_is_a_guard_or_is_refused(text: str) -> None:
    """Given any text whatever, when it is compiled, then nothing but a refusal can come of it."""
    with suppress(GuardInvalid):
        assert compile_guard(text, VARIABLES).evaluate({}) in Truth


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("facts.common_parts\n  && category", "2:3: found no matching overload"),
        pytest.param("路" * LONGEST_GUARD, "1:1: Syntax error", id="2,000 errors"),
        ("(" * 40 + "true" + ")" * 40, "recursion limit"),
    ],
)
def test_the_first_complaint_is_told_with_its_place(source: str, message: str) -> None:
    """Given a faulty text, when it is refused, then one line says where and what, however long."""
    with pytest.raises(GuardInvalid, match=message) as refusal:
        compile_guard(source, VARIABLES)
    assert len(refusal.value.message) < 200


def exploding_loops() -> str:
    """Return loops in loops that take 216,000 turns, in 560 characters of the whole of CEL."""
    numbers = f"[{', '.join(map(str, range(60)))}]"
    inner = f"{numbers}.all(z, x + y + z >= 0)"
    return f"{numbers}.all(x, {numbers}.all(y, {inner}))"


def test_loops_are_refused_before_they_can_run() -> None:
    """Given loops that CEL would stop only while they run, when compiled, then they are refused."""
    source = exploding_loops()
    with pytest.raises(RuntimeError, match="Iteration budget exceeded"):
        cel.NewEnv().compile(source).eval(data={})
    with pytest.raises(GuardInvalid, match="guard-not-allowed: all here"):
        compile_guard(source, VARIABLES)


def test_the_longest_guard_compiles_and_one_character_more_does_not() -> None:
    """Given a guard of the greatest length, when a character is added, then it is too long."""
    source = "true" + " || facts.common_parts" * 90
    source += " " * (LONGEST_GUARD - len(source))
    assert answer(source, {}) is Truth.TRUE
    with pytest.raises(GuardInvalid, match="guard-too-long: 2001 characters, at most 2000"):
        compile_guard(source + " ", VARIABLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("facts.estimated_cost", True),
        ("facts.estimated_cost", "5"),
        ("facts.estimated_cost", LARGEST + 1),
        ("facts.estimated_cost", SMALLEST - 1),
        ("facts.common_parts", 1),
        ("facts.common_parts", "true"),
        ("category", 1),
        ("category", False),
    ],
)
def test_a_value_of_another_type_is_an_error_and_not_unknown(name: str, value: Value) -> None:
    """Given a value that is not of the declared type, when the guard is asked, then that fails."""
    guard = compile_guard(
        'facts.estimated_cost > 1 || facts.common_parts || category == "x"', VARIABLES
    )
    with pytest.raises(TypeError, match=f"{name} is {VARIABLES[name]}, not this"):
        guard.evaluate({name: value})


def test_half_a_character_is_an_error_and_not_unknown() -> None:
    """Given a text cut inside a surrogate pair, when the guard is asked, then that fails."""
    guard = compile_guard('category == "x" || facts.common_parts', VARIABLES)
    with pytest.raises(RuntimeError):
        guard.evaluate({"category": "\ud800"})


def test_an_error_of_cel_that_no_missing_variable_explains_is_raised() -> None:
    """Given a program that fails with all its variables known, when asked, then it is no answer."""
    program = cel.NewEnv().compile("1 / 0 == 1")
    with pytest.raises(ArithmeticError, match="divide by zero"):
        Guard("1 / 0 == 1", (), {}, program).evaluate({})


# What it costs


def test_threads_may_share_a_guard() -> None:
    """Given one guard, when four threads ask it at once, then each gets its own answer."""
    guard = compile_guard("facts.estimated_cost >= 500", VARIABLES)

    def ask(cost: int) -> Truth:
        return guard.evaluate({"facts.estimated_cost": cost})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(1_000)))
    assert answers == [Truth.FALSE] * 500 + [Truth.TRUE] * 500


def test_importing_the_domain_does_not_load_cel() -> None:
    """Given a bare interpreter, when guards are imported, then CEL waits for the first of them."""
    program = (
        "import sys, casesys.domain.charter.expressions; print('cel_expr_python' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
