"""JSON that somebody typed or sent: read with limits, refused with a code, never with a traceback."""

import json
from math import isfinite
from typing import NoReturn

from casesys.domain.messages import Text

SIZE_LIMIT = 1 << 20
"""Bytes."""

DEPTH_LIMIT = 50

MEMBERS_LIMIT = 500
"""Members of one object. No command has a tenth of that; telling somebody of each one that there is not would take for ever."""

VALUES_LIMIT = 10_000
"""Values in all, whatever they are nested in. The longest list of a command has 2,000."""


class InputInvalid(Exception):
    """What was typed or sent cannot be read. Nothing it says is repeated, for it may be personal."""

    def __init__(self, code: str, says: Text, remedy: Text) -> None:
        """Keep the stable code for programs; what is wrong and what to do about it for people."""
        super().__init__(f"{code}: {says.en}")
        self.code = code
        self.says = says
        self.remedy = remedy


def read_json(text: str) -> object:
    """Read one JSON value.

    Raises InputInvalid `json-too-large` (more than 1 MiB), `json-too-deep` (more than 50 levels), `json-too-many` (an object of more
    than 500 members, or more than 10,000 values in all), `json-invalid` (broken, a key given twice, a number JSON does not have or
    beyond all), or `text-invalid` (half a character).
    """
    if len(text.encode(errors="surrogatepass")) > SIZE_LIMIT:
        _fail(
            "json-too-large",
            Text("JSON超过1 MiB", "the JSON is larger than 1 MiB"),
            Text("分成几条命令", "give less"),
        )
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    except RecursionError:
        _fail_too_deep()
    except json.JSONDecodeError as error:
        # What a decoder says is for programmers, in one language. Where it stopped is for everybody.
        _fail_invalid(
            Text(
                f"JSON无法读取（第{error.lineno}行第{error.colno}字）",
                f"the JSON cannot be read (line {error.lineno}, column {error.colno})",
            )
        )
    except ValueError:  # the decoder's own are told by now: what is left are too many digits
        _fail_too_large()
    _check_parts(value)
    return value


def read_object(text: str) -> dict[str, object]:
    """Read one JSON object. Raises InputInvalid as `read_json` does."""
    value = read_json(text)
    if not isinstance(value, dict):
        _fail(
            "json-invalid",
            Text("JSON须是一个对象", "the JSON is not an object"),
            Text('写成{"字段": 值}', 'write {"field": value}'),
        )
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(pairs) > MEMBERS_LIMIT:
        _fail_too_many()
    found = dict(pairs)
    if len(found) < len(pairs):
        _fail_invalid(Text("JSON里有重复的键", "a key of the JSON is given twice"))
    return found


def _no_constant(_: str) -> NoReturn:
    _fail_invalid(
        Text(
            "JSON里没有无穷大，也没有不存在的数",
            "a number of JSON is neither infinite nor undefined",
        )
    )


def _check_parts(value: object) -> None:
    """Look at every part without recursion.

    Refuse what is too much or nested too deep, holds half a character or a number beyond all.
    """
    pending, values = [(value, 1)], 1
    while pending:
        part, depth = pending.pop()
        if depth > DEPTH_LIMIT:
            _fail_too_deep()
        if isinstance(part, dict | list):
            values += len(part)
            if values > VALUES_LIMIT:
                _fail_too_many()
        if isinstance(part, dict):
            pending.extend((each, depth + 1) for each in (*part.keys(), *part.values()))
        elif isinstance(part, list):
            pending.extend((each, depth + 1) for each in part)
        elif isinstance(part, str):
            _check_characters(part)
        elif isinstance(part, float) and not isfinite(part):
            _fail_too_large()


def _check_characters(text: str) -> None:
    """Refuse text that has no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        _fail(
            "text-invalid",
            Text("文字里有不完整的字符", "a text holds half a character"),
            Text("用UTF-8重新输入", "enter it again, in UTF-8"),
        )


def _fail_too_large() -> NoReturn:
    _fail_invalid(Text("JSON里有过大的数", "a number of the JSON is too large"))


def _fail_invalid(says: Text) -> NoReturn:
    _fail("json-invalid", says, Text("改正后再试", "mend it and try again"))


def _fail_too_many() -> NoReturn:
    _fail(
        "json-too-many",
        Text(
            f"JSON里有对象超过{MEMBERS_LIMIT}个成员，或值的总数超过{VALUES_LIMIT}",
            f"an object of the JSON has more than {MEMBERS_LIMIT} members, or all of it more than {VALUES_LIMIT:,} values",
        ),
        Text("减少内容", "give less"),
    )


def _fail_too_deep() -> NoReturn:
    _fail(
        "json-too-deep",
        Text(f"JSON嵌套超过{DEPTH_LIMIT}层", f"the JSON is more than {DEPTH_LIMIT} levels deep"),
        Text("减少嵌套", "nest less"),
    )


def _fail(code: str, says: Text, remedy: Text) -> NoReturn:
    raise InputInvalid(code, says, remedy)
