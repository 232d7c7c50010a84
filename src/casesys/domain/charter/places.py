"""Places in the sentences of a charter, filled from its rules, so that each number stands once.

`{procedures.small.steps.consult.silence_after}` leads from the top of the document to what is put
there: tables by their keys, rows and steps by their `id` or by their number from 0. What it leads
to is written out: a period with its unit, a share, a whole number, a label or another text. After
a guard, the path names a variable and means the constant that the guard compares it with:
`{triage.big.when.facts.households_affected}`.
"""

import re
from collections.abc import Iterator, Mapping

from casesys.domain.charter.expressions import Guard
from casesys.domain.messages import Text
from casesys.domain.working_time import Unit

_PLACE = re.compile(r"\{([^{}]*)\}")
_SHARE = re.compile(r"([0-9]+)/([0-9]+)")
_DIGITS = "零一二三四五六七八九十"
_GROUPED = 10_000
"""From here on digits stand in groups; a year does not."""

_UNITS: Mapping[str, tuple[str, str]] = {
    Unit.WORKING_DAY: ("个工作日", "working day"),
    Unit.WORKING_HOUR: ("个工作小时", "working hour"),
    Unit.CALENDAR_DAY: ("日", "calendar day"),
    Unit.CLOCK_HOUR: ("小时", "hour"),
}
"""How a number of units is written in a sentence."""


def places(text: Text) -> Iterator[str]:
    """Name the paths in a sentence, in both languages."""
    for language in (text.zh, text.en):
        yield from _PLACE.findall(language)


def has_stray_brace(text: Text) -> bool:
    """Say whether a brace stands in a sentence that belongs to no place."""
    return any(re.search(r"[{}]", _PLACE.sub("", language)) for language in (text.zh, text.en))


def fill(text: Text, written: Mapping[str, Text]) -> Text:
    """Put what each path was found to say into its places."""
    return Text(
        _PLACE.sub(lambda place: written[place[1]].zh, text.zh),
        _PLACE.sub(lambda place: written[place[1]].en, text.en),
    )


def write_out(
    path: str, document: Mapping[str, object], guards: Mapping[str, Guard]
) -> Text | None:
    """Give what a path leads to in both languages, None if it leads to nothing to be read."""
    value: object = document
    names = path.split(".")
    for depth, name in enumerate(names):
        if isinstance(value, str):
            guard = guards.get(".".join(names[:depth]))
            return _constant(guard, ".".join(names[depth:])) if guard is not None else None
        value = _within(value, name)
    return _written(value)


def _within(value: object, name: str) -> object:
    """Step into a table by its key, or into a list by the id of a row or its number."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        if name.isdecimal() and len(name) <= len(str(len(value))) and int(name) < len(value):
            return value[int(name)]
        return next((row for row in value if isinstance(row, dict) and row.get("id") == name), None)
    return None


def _constant(guard: Guard, variable: str) -> Text | None:
    """Give what a guard compares a variable with, if that is one thing."""
    constants = {atom.constant for atom in guard.atoms if atom.variable == variable}
    return _written(constants.pop()) if len(constants) == 1 else None


def _written(value: object) -> Text | None:
    match value:
        case bool():
            return None
        case int():
            return _same(f"{value:,}" if abs(value) >= _GROUPED else str(value))
        case str() if "{" not in value:
            share = _SHARE.fullmatch(value)
            return _share(int(share[1]), int(share[2])) if share else _same(value)
        case {"amount": int() as amount, "unit": str() as unit} if unit in _UNITS:
            zh, en = _UNITS[unit]
            return Text(f"{amount}{zh}", f"{amount} {en}{'' if amount == 1 else 's'}")
        case {"zh": str() as zh, "en": str() as en} if "{" not in zh + en:
            return Text(zh, en)
        case _:
            return None


def _same(text: str) -> Text:
    return Text(text, text)


def _share(numerator: int, denominator: int) -> Text:
    zh = f"{_numeral(denominator)}分之{_numeral(numerator)}"
    return Text(zh, f"{numerator}/{denominator}")


def _numeral(number: int) -> str:
    return _DIGITS[number] if number < len(_DIGITS) else str(number)
