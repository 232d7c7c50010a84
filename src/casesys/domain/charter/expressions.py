"""Guards: the conditions of a charter, in a small part of CEL, answered true, false or unknown.

Triage rows, routing rows and closing requirements say when they apply, for example
`facts.estimated_cost >= 20000 || category in ["lift", "roof"]`. A guard compares one variable at a
time with constants, joined by `&&`, `||`, `!` and parentheses, and says nothing else: no
arithmetic, no functions, no loops. So it always ends, depends on its variables only, and a proof
about it need try no values but those below, at and above the constants of its `atoms`. CEL parses,
checks the types and evaluates; the choice of the part is ours (docs/adr/0004).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Literal, NoReturn, Protocol

from casesys.domain.charter import cel_syntax as tree
from casesys.domain.messages import Value
from casesys.domain.vocabulary import Labelled

LONGEST_GUARD = 2_000
"""Characters: far more than a person can check by reading."""

Fault = Literal[
    "guard-too-long",
    "guard-syntax",
    "guard-not-allowed",
    "guard-unknown-variable",
    "guard-type",
    "guard-not-boolean",
]


class GuardInvalid(ValueError):
    """A text that is no guard. `code` is stable; `message` is English, for who writes charters."""

    def __init__(self, code: Fault, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class ValueType(Labelled):
    """What a variable may hold. Money is an `int` in a unit that the charter states: exact."""

    BOOL = "bool", "是或否", "yes or no"
    INT = "int", "整数", "a whole number"
    TEXT = "text", "文字", "a text"


class Truth(Enum):
    """An answer in Kleene's strong logic: unknown if what is missing could decide either way."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> NoReturn:
        """Refuse to stand as a condition, where even FALSE would count as true."""
        raise TypeError("compare with Truth.TRUE, Truth.FALSE or Truth.UNKNOWN")


class Operator(StrEnum):
    """How an atom compares. The last four are for whole numbers only."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Atom:
    """One comparison, the variable on the left.

    `x` alone is the atom `x == true`; `x in [a, b]` has the atoms `x == a` and `x == b`.
    """

    variable: str
    operator: Operator
    constant: Value


class _Outcome(Protocol):
    def value(self) -> object: ...


class _Program(Protocol):
    def eval(self, *, data: Mapping[str, Value]) -> _Outcome: ...
    def return_type(self) -> object: ...
    def serialize(self) -> bytes: ...


class _Environment(Protocol):
    def compile(self, expression: str, *, disable_check: bool = False) -> _Program: ...


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition ready to be asked, made by `compile_guard`. Threads may share it.

    `atoms` stand in the order of the text, each once; `types` has the variables that it names.
    """

    source: str
    atoms: tuple[Atom, ...]
    types: Mapping[str, ValueType] = field(hash=False)
    _program: _Program = field(repr=False, compare=False)

    @property
    def variables(self) -> frozenset[str]:
        """The variables that the guard names."""
        return frozenset(self.types)

    def unknown(self, values: Mapping[str, Value]) -> frozenset[str]:
        """Return the variables that the guard names and `values` lacks."""
        return self.variables.difference(values)

    def evaluate(self, values: Mapping[str, Value]) -> Truth:
        """Return whether the guard holds. A variable missing from `values` is unknown.

        Values that the guard does not name are ignored. Raises TypeError when one that it names is
        not of the declared type; a whole number has at most 64 bits, as in CEL. Takes 4 to 7 µs.
        """
        known = {name: values[name] for name in self.types if name in values}
        for name, value in known.items():
            if not _fits(value, self.types[name]):
                raise TypeError(f"{name} is {self.types[name]}, not this {type(value).__name__}")
        # CEL calls a missing variable an error, and its && and || pass over an error on one side
        # that the other side makes irrelevant: Kleene's logic. What is left of an error in the end
        # is a text, which Python would take for true.
        outcome = self._program.eval(data=known).value()
        if isinstance(outcome, bool):
            return Truth.TRUE if outcome else Truth.FALSE
        if len(known) < len(self.types):
            return Truth.UNKNOWN
        raise ArithmeticError(f"{self.source}: {outcome}")


def compile_guard(source: str, variables: Mapping[str, ValueType]) -> Guard:
    """Return the guard that `source` says over the declared `variables`, with dots in their names.

    Takes about 0.5 ms, and 10 ms more the first time. Raises GuardInvalid: `guard-too-long` (over
    2,000 characters), `guard-syntax` (not CEL, or nested over 32 deep), `guard-not-allowed` (CEL,
    but more than a guard may say), `guard-unknown-variable`, `guard-type`, `guard-not-boolean`.
    """
    if len(source) > LONGEST_GUARD:
        raise GuardInvalid("guard-too-long", f"{len(source)} characters, at most {LONGEST_GUARD}")
    environment = _environment(tuple(sorted(variables.items())))
    atoms = tuple(dict.fromkeys(_atoms(_parsed(environment, source))))
    for atom in atoms:
        if atom.variable not in variables:
            raise GuardInvalid("guard-unknown-variable", atom.variable)
    program = _checked(environment, source)
    types = {atom.variable: variables[atom.variable] for atom in atoms}
    for atom in atoms:
        if not _fits(atom.constant, types[atom.variable]):  # CEL lets a list mix types
            raise GuardInvalid("guard-type", f"{atom.variable} is {types[atom.variable]}")
    program.eval(data={})  # CEL plans on the first evaluation; better here, once, in one thread
    return Guard(source, atoms, types, program)


_KINDS: Mapping[ValueType, type] = {
    ValueType.BOOL: bool,
    ValueType.INT: int,
    ValueType.TEXT: str,
}


def _fits(value: Value, declared: ValueType) -> bool:
    kind = _KINDS[declared]
    if kind is int:  # and not bool, which Python counts among the integers
        return type(value) is int and -(1 << 63) <= value < 1 << 63
    return isinstance(value, kind)


def _parsed(environment: _Environment, source: str) -> tree.Node:
    try:
        source.encode()  # half a surrogate pair is no text, and CEL says so less clearly
        return tree.read_tree(environment.compile(source, disable_check=True).serialize())
    except (UnicodeEncodeError, RuntimeError) as error:
        raise GuardInvalid("guard-syntax", _first_complaint(error)) from error


def _checked(environment: _Environment, source: str) -> _Program:
    try:
        program = environment.compile(source)
    except RuntimeError as error:
        raise GuardInvalid("guard-type", _first_complaint(error)) from error
    if str(program.return_type()) != "BOOL":
        raise GuardInvalid("guard-not-boolean", f"the answer is of type {program.return_type()}")
    return program


def _first_complaint(error: Exception) -> str:
    """Return `line:column: what is wrong`; CEL repeats the whole source under every complaint."""
    head = str(error).partition("\n")[0]
    return head.partition("<input>:")[2] or head


_COMPARISONS = {f"_{operator}_": operator for operator in Operator}
_MIRRORED = {
    Operator.EQUAL: Operator.EQUAL,
    Operator.NOT_EQUAL: Operator.NOT_EQUAL,
    Operator.LESS: Operator.MORE,
    Operator.AT_MOST: Operator.AT_LEAST,
    Operator.MORE: Operator.LESS,
    Operator.AT_LEAST: Operator.AT_MOST,
}


def _atoms(node: tree.Node) -> Iterator[Atom]:
    """Yield the comparisons; refuse what does not compare one variable with constants."""
    match node:
        case tree.Literal():
            pass  # true or false: CEL's type check refuses any other in this place
        case tree.Name(variable):
            yield Atom(variable, Operator.EQUAL, constant=True)
        case tree.Call("_&&_" | "_||_" | "!_", operands):
            for operand in operands:
                yield from _atoms(operand)
        case tree.Call("@in", (tree.Name(variable), tree.ListOf((_, *_) as items))):
            for item in items:
                yield _comparison(variable, Operator.EQUAL, item)
        case tree.Call(function, (tree.Name(variable), other)) if function in _COMPARISONS:
            yield _comparison(variable, _COMPARISONS[function], other)
        case tree.Call(function, (other, tree.Name(variable))) if function in _COMPARISONS:
            yield _comparison(variable, _MIRRORED[_COMPARISONS[function]], other)
        case tree.Call(function):
            raise GuardInvalid("guard-not-allowed", f"{function.strip('_@')} here; {_PART}")
        case _:
            raise GuardInvalid("guard-not-allowed", _PART)


def _comparison(variable: str, operator: Operator, other: tree.Node) -> Atom:
    if not isinstance(other, tree.Literal):
        raise GuardInvalid("guard-not-allowed", f"{variable} {operator} no constant; {_PART}")
    return Atom(variable, operator, other.value)


_PART = (
    "a guard compares one variable with constants (true, false, a whole number, a text in quotes) "
    "by == != < <= > >= or in [...], joined by && || ! and parentheses"
)

_LANGUAGE = """
stdlib:
  disable_macros: true
  include_functions:
    - name: "_&&_"
    - name: "_||_"
    - name: "!_"
    - name: "_==_"
    - name: "_!=_"
    - name: "@in"
      overloads: [{id: in_list}]
    - name: "_<_"
      overloads: [{id: less_int64}]
    - name: "_<=_"
      overloads: [{id: less_equals_int64}]
    - name: "_>_"
      overloads: [{id: greater_int64}]
    - name: "_>=_"
      overloads: [{id: greater_equals_int64}]
"""
"""All that CEL is told of its own language, in its configuration format. No macros: no loops."""


@lru_cache(maxsize=32)
def _environment(variables: tuple[tuple[str, ValueType], ...]) -> _Environment:
    from cel_expr_python import cel  # noqa: PLC0415 - 10 ms: only who compiles a guard pays them

    types = {
        ValueType.BOOL: cel.Type.BOOL,
        ValueType.INT: cel.Type.INT,
        ValueType.TEXT: cel.Type.STRING,
    }
    environment: _Environment = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_LANGUAGE),
        variables={name: types[declared] for name, declared in variables},
    )
    return environment
