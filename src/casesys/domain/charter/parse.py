"""From the bytes of a charter to a version that can be asked, or to everything that is wrong with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar

from pydantic import ValidationError

from casesys.domain.charter.coherence import incoherences
from casesys.domain.charter.deliberation import faults
from casesys.domain.charter.document import canonical, read_document
from casesys.domain.charter.expressions import Guard
from casesys.domain.charter.model import Charter
from casesys.domain.charter.places import fill, has_stray_brace, places, write_out
from casesys.domain.charter.problems import CharterInvalid, Problem, problem
from casesys.domain.charter.references import repeated_names, unknown_names
from casesys.domain.charter.variables import compile_guards
from casesys.domain.charter.version import CharterVersion
from casesys.domain.messages import Text

__all__ = ["CharterInvalid", "CharterVersion", "parse_charter"]

K = TypeVar("K")
V = TypeVar("V")


def parse_charter(data: bytes) -> CharterVersion:
    """Read a charter from TOML or JSON of at most 1 MiB.

    Pure: the same bytes give the same version, and so do other bytes that say the same. Raises
    CharterInvalid with all that is wrong with a document: first whether it can be read, then
    whether it has the form of a charter, then whether its parts fit together. What was read last
    is remembered by its bytes, because reading takes longer than what is done with it.
    """
    return _parsed(data)


@lru_cache(maxsize=32)
def _parsed(data: bytes) -> CharterVersion:
    document = read_document(data)
    stored = canonical(document)
    as_written = _typed(stored, document)
    charter = _with_ladders(as_written)
    guards, wrong = compile_guards(charter)
    texts, unfilled = _filled(charter, document, guards)
    problems = (
        *unfilled,
        *repeated_names(as_written),
        *unknown_names(as_written, guards),
        *wrong,
        *incoherences(charter, guards),
        *faults(charter),
    )
    if problems:
        raise CharterInvalid(problems)
    return _version(charter, stored, guards, texts)


def _typed(stored: bytes, document: Mapping[str, object]) -> Charter:
    try:
        return Charter.model_validate_json(stored, strict=True)
    except ValidationError as error:
        raise CharterInvalid(_malformed(error, document)) from error


def _malformed(error: ValidationError, document: Mapping[str, object]) -> Iterator[Problem]:
    found = error.errors(include_url=False, include_input=False)
    within = {each["loc"][:length] for each in found for length in range(len(each["loc"]))}
    for each in found:
        if each["type"] == "too_short" and each["loc"] in within:
            continue  # pydantic counts what it could not read as missing
        yield problem(
            "malformed",
            _place(document, each["loc"]),
            detail=each["msg"].removeprefix("Value error, "),
        )


def _place(document: object, location: Iterable[int | str]) -> str:
    """Write where pydantic found something, with rows and steps by their ids.

    Pydantic also names the kind of a step on the way, the types that a value might have had, and
    that it means a key, which are no levels of the document.
    """
    names: list[str] = []
    value: object = document
    for name in location:
        if isinstance(value, dict):
            if name not in value and name in {value.get("kind"), "[key]"}:
                continue
            value = value.get(name)
            names.append(str(name))
        elif isinstance(value, list) and isinstance(name, int):
            value = value[name]
            names.append(str(value.get("id", name) if isinstance(value, dict) else name))
    return ".".join(names)


def _with_ladders(charter: Charter) -> Charter:
    """Give each clock the timers of its ladder before its own."""
    ladders = charter.time.ladders
    clocks = {
        code: clock.model_copy(update={"timers": (*ladders[clock.ladder].timers, *clock.timers)})
        if clock.ladder in ladders
        else clock
        for code, clock in charter.time.clocks.items()
    }
    time = charter.time.model_copy(update={"clocks": clocks})
    return charter.model_copy(update={"time": time})


def _filled(
    charter: Charter, document: Mapping[str, object], guards: Mapping[str, Guard]
) -> tuple[dict[str, Text], list[Problem]]:
    """Fill the texts of clauses and messages; give them by where they stand, and what is wrong."""
    texts = {f"clauses.{code}.text": clause.text for code, clause in charter.clauses.items()}
    texts |= {f"messages.{i}.text": each.text for i, each in enumerate(charter.messages)}
    problems: list[Problem] = []
    filled: dict[str, Text] = {}
    for where, text in texts.items():
        found = {path: write_out(path, document, guards) for path in places(text)}
        written = {path: value for path, value in found.items() if value is not None}
        missing = found.keys() - written.keys()
        problems.extend(problem("unfilled-place", where, path=path) for path in sorted(missing))
        if has_stray_brace(text):
            problems.append(problem("stray-brace", where))
        if not missing:
            filled[where] = fill(text, written)
    return filled, problems


def _version(
    charter: Charter, stored: bytes, guards: Mapping[str, Guard], texts: Mapping[str, Text]
) -> CharterVersion:
    grants = ((name, grant) for grant in charter.authority for name in grant.commands)
    facts = charter.facts.items()
    clocks = charter.time.clocks.items()
    return CharterVersion(
        charter=charter,
        digest=sha256(stored).hexdigest(),
        document=stored,
        guards=guards,
        defaults={f"facts.{c}": f.when_unknown for c, f in facts if f.when_unknown is not None},
        _texts={code: texts[f"clauses.{code}.text"] for code in charter.clauses},
        _messages=tuple(texts[f"messages.{i}.text"] for i in range(len(charter.messages))),
        _grants=_grouped(grants),
        _separations=_grouped((rule.command, rule) for rule in charter.separation),
        _starting=_grouped((clock.starts, (code, clock)) for code, clock in clocks),
    )


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """Collect the values of equal keys, in their order."""
    groups: defaultdict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
