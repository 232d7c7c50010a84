"""JSON that somebody typed or sent: read with limits, refused with a code, never with a traceback."""

import json
from math import isfinite
from typing import NoReturn

from casesys.domain.messages import Text

SIZE_LIMIT = 1 << 20
"""Bytes."""

DEPTH_LIMIT = 50


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

    Raises InputInvalid `json-too-large` (more than 1 MiB), `json-too-deep` (more than 50 levels) or `json-invalid` (broken, a key
    given twice, a number JSON does not have), or `text-invalid` (half a character).
    """
    if len(text.encode(errors="surrogatepass")) > SIZE_LIMIT:
        _fail(
            "json-too-large",
            Text("JSON超过1 MiB", "the JSON is larger than 1 MiB"),
            Text("分成几条命令", "give less"),
        )
    try:
        value = json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_no_constant)
    except RecursionError:
        _fail_too_deep()
    except ValueError as error:
        # The message of a decoder says where and what is missing, never what stands there.
        detail = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        where = f", {error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        _fail(
            "json-invalid",
            Text(f"JSON无法读取（{detail}{where}）", f"the JSON cannot be read ({detail}{where})"),
            Text("改正后再试", "mend it and try again"),
        )
    _check_depth(value)
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


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is given twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("a number is neither infinite nor undefined")


def _check_depth(value: object) -> None:
    """Look at every part without recursion; refuse what is nested too deep, holds half a character or a number beyond all."""
    pending = [(value, 1)]
    while pending:
        part, depth = pending.pop()
        if depth > DEPTH_LIMIT:
            _fail_too_deep()
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
    _fail(
        "json-invalid",
        Text("JSON里有过大的数", "a number of the JSON is too large"),
        Text("改正后再试", "mend it and try again"),
    )


def _fail_too_deep() -> NoReturn:
    _fail(
        "json-too-deep",
        Text(f"JSON嵌套超过{DEPTH_LIMIT}层", f"the JSON is more than {DEPTH_LIMIT} levels deep"),
        Text("减少嵌套", "nest less"),
    )


def _fail(code: str, says: Text, remedy: Text) -> NoReturn:
    raise InputInvalid(code, says, remedy)
