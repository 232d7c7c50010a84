"""Random guards over declared variables: well-typed by construction."""

import json
from collections.abc import Mapping, Sequence

from casesys.domain.charter.expressions import ValueType
from casesys.domain.messages import Value
from tests.strategies.hand import Hand

KINDS: Mapping[str, ValueType] = {kind.value: kind for kind in ValueType}
"""The types of values, as a document names them."""

Constants = Mapping[str, Sequence[str]]
"""The texts that a text variable is compared with; a guard may name no code that does not exist."""


def guard(hand: Hand, variables: Mapping[str, ValueType], constants: Constants) -> str:
    """A guard over some of these variables, nested a little."""
    return _nested(hand, variables, constants, depth=hand.number(0, 2))


def _nested(
    hand: Hand, variables: Mapping[str, ValueType], constants: Constants, depth: int
) -> str:
    if depth == 0:
        return _atom(hand, variables, constants)
    left = _nested(hand, variables, constants, depth - 1)
    operator = hand.one(["&&", "||", "!"])
    if operator == "!":
        return f"!({left})"
    return f"({left} {operator} {_nested(hand, variables, constants, hand.number(0, depth - 1))})"


def _atom(hand: Hand, variables: Mapping[str, ValueType], constants: Constants) -> str:
    name = hand.one(sorted(variables))
    match variables[name]:
        case ValueType.BOOL:
            return hand.one([name, f"!{name}", f"{name} == false"])
        case ValueType.INT:
            return f"{name} {hand.one(['==', '!=', '<', '<=', '>', '>='])} {hand.number(-3, 40)}"
        case ValueType.TEXT:
            known = [_literal(text) for text in constants.get(name, ("", "grid-1", "第一"))]
            if hand.flip():
                return f"{name} in [{', '.join(hand.some(known, least=1))}]"
            return f"{name} {hand.one(['==', '!='])} {hand.one(known)}"


def _literal(value: Value) -> str:
    """A constant as CEL writes it."""
    return json.dumps(value, ensure_ascii=False)
