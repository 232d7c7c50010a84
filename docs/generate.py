"""Makes the reference documents and the lifecycle diagram from the domain itself, so that they cannot be wrong.

`./dev docs` writes them; a test compares them with what is committed. The same sources give the same documents, byte by byte.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from inspect import cleandoc
from pathlib import Path
from types import FunctionType, ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from pydantic import AwareDatetime, TypeAdapter

from casesys.domain import messages, refusals, vocabulary
from casesys.domain.cases import commands as on_cases
from casesys.domain.cases import events as of_cases
from casesys.domain.cases.commands.fields import Digest, FactValue
from casesys.domain.cases.lifecycle import LIFECYCLE, may_happen
from casesys.domain.cases.rules.table import RULES
from casesys.domain.catalogue import COMMANDS, EVENTS
from casesys.domain.charter.expressions import ValueType
from casesys.domain.messages import Command, Event, Text, message_type, stored_name
from casesys.domain.register import commands as on_register
from casesys.domain.register import events as of_register
from casesys.domain.register.decide import HANDLERS
from casesys.domain.vocabulary import Labelled, Stage
from casesys.domain.working_time import Unit

ROOT = Path(__file__).parents[1]
MADE = (
    "<!-- Made by ./dev docs from the sources of casesys.domain: what is changed here is lost. -->"
)

CODES: tuple[type[Labelled], ...] = (
    Stage,
    vocabulary.Status,
    vocabulary.Track,
    vocabulary.Moment,
    vocabulary.ResultKind,
    vocabulary.Choice,
    vocabulary.TallyOutcome,
    vocabulary.FactSource,
    vocabulary.EmergencyService,
    Unit,
    ValueType,
)
"""The engine's own codes, in the order in which a reader meets them."""

PLAIN: Mapping[object, str] = {
    bool: "true or false",
    int: "whole number",
    str: "text",
    Text: "text in `zh` and `en`",
    messages.Personal: "personal text",
    AwareDatetime: "instant",
    messages.Value: "true or false, whole number or text",
    NoneType: "null",
}

FORMS: Mapping[str, tuple[object, str]] = {
    "code": (messages.Code, "a stable code, of the charter or of the engine"),
    "identifier": (messages.Identifier, "the name of one case, person, grid, body, …"),
    "short text": (
        messages.ShortText,
        "one public line without control characters; nothing about a private person",
    ),
    "personal text": (
        messages.PersonalText,
        "sealed under the key of whom it is about",
    ),
    "fact value": (FactValue, "true or false, a whole number, or a text of at most 200 characters"),
    "digest": (Digest, "a SHA-256 in hexadecimal"),
    "instant": (datetime, "a moment with its offset from UTC, as in RFC 3339"),
    "day": (date, "a day, as in RFC 3339"),
}
"""The forms of fields that have a name of their own."""

BEGINNINGS: Mapping[type[Command], type[Event]] = {
    on_cases.CollectCase: of_cases.CaseCollected,
    on_register.FoundRegister: of_register.RegisterFounded,
}
"""The commands that begin something, and so stand in no table of rules, with their first event."""

STRUCTURES: tuple[type, ...] = (
    of_cases.ClockStart,
    of_cases.Move,
    of_cases.Overruling,
    of_cases.Requirement,
    of_cases.Tally,
)
"""What the fields of events hold, beside plain values."""

SECTIONS = ("collection", "triage", "deliberation", "assignment", "resolution", "running")
"""The modules that define what can be asked of a case and happen to it, in the order of its life."""


def documents() -> Mapping[Path, str]:
    """Give every document by its path, as Markdown."""
    reference = ROOT / "docs" / "reference"
    return {
        reference / "glossary.md": _page("Glossary", _glossary()),
        reference / "commands.md": _page("Commands", _commands()),
        reference / "events.md": _page("Events", _events()),
        reference / "refusals.md": _page("Refusals", _refusals()),
        ROOT / "docs" / "lifecycle.md": _page("The lifecycle of a case", _lifecycle()),
    }


# -- the documents ----------------------------------------------------------------------------


def _glossary() -> Iterator[str]:
    yield "The words of the field, and the codes that the engine itself defines."
    yield from ("## Terms", _labels(vocabulary.TERMS))
    for codes in CODES:
        yield from (f"## {codes.__name__}", _doc(codes))
        yield _labels({code.value: code.label for code in codes})


def _commands() -> Iterator[str]:
    yield (
        "What people, and the clock, can ask for. Whether it is granted is said by the\n"
        "[lifecycle](../lifecycle.md), the charter and the rules of each command; what is not granted\n"
        "is [refused](refusals.md)."
    )
    rows = ((name, meaning, _bounds(form)) for name, (form, meaning) in FORMS.items())
    yield _table(("form", "what it is", "how long, or how it is written"), rows)
    for title, module in _sections(on_cases, on_register):
        yield from (f"## {title}", _doc(module))
        for name, command in COMMANDS.items():
            if command.__module__ == module.__name__:
                yield from _entry(name, vocabulary.COMMANDS[name], command)
                yield from (_consequence(command), _fields(command))
    yield from ("## Structures", *_structure(on_register.Duty))


def _events() -> Iterator[str]:
    yield (
        "What can have happened. Each is stored for ever, as JSON, under the name in its heading. Who\n"
        "asked, by which right, when and why stands in the envelope around it."
    )
    for title, module in _sections(of_cases, of_register):
        yield from (f"## {title}", _doc(module))
        for name, event in EVENTS.items():
            if event.__module__ == module.__name__:
                yield from _entry(name, vocabulary.EVENTS[message_type(event)], event)
                yield _fields(event)
    yield "## Structures"
    for structure in STRUCTURES:
        yield from _structure(structure)


def _refusals() -> Iterator[str]:
    yield (
        "Every answer to a command that the rules do not allow: its code, what it says, and what would\n"
        "be accepted (→). The particulars of the command fill what stands in braces."
    )
    for title, module, templates in (
        ("Any command", refusals.of_acting, refusals.of_acting.OF_ACTING),
        ("Register", refusals.of_register, refusals.of_register.OF_REGISTER),
        ("Collection and triage", refusals.of_collection, refusals.of_collection.OF_COLLECTION),
        ("Deliberation", refusals.of_deliberation, refusals.of_deliberation.OF_DELIBERATION),
        ("Assignment", refusals.of_assignment, refusals.of_assignment.OF_ASSIGNMENT),
        ("Resolution", refusals.of_resolution, refusals.of_resolution.OF_RESOLUTION),
    ):
        yield from (f"## {title}", _doc(module))
        for code, (says, remedy) in templates.items():
            yield f"### `{code}`"
            yield f"- {says.zh} → {remedy.zh}\n- {says.en} → {remedy.en}"


def _lifecycle() -> Iterator[str]:
    yield (
        "A case is in one stage at a time. Which stages it passes is said by its case type in the\n"
        "charter; this is the outer bound, which no rule and no charter can exceed."
    )
    yield f"```mermaid\n{_diagram()}\n```"
    yield "What may happen in each stage: `·` stays there, `→` leads on."
    events = dict.fromkeys(event for stage in Stage for event in LIFECYCLE[stage])
    head = ("event", *(f"{stage.label.zh} {stage.value}" for stage in Stage))
    rows = ((_link(e, "reference/events.md"), *(_leads(s, e) for s in Stage)) for e in events)
    yield _table(head, rows)


def _diagram() -> str:
    """Draw the stages, and between them the events that lead from one to another."""
    lines = ["flowchart TD", "    begin(( ))"]
    lines += [f'    {stage}["{stage.label.zh}<br/>{stage.label.en}"]' for stage in Stage]
    lines.append(f'    begin -->|"case-collected"| {Stage.COLLECTION}')
    for stage in Stage:
        for to in Stage:
            leading = [message_type(e) for e, ends in LIFECYCLE[stage].items() if to in ends]
            if leading and to is not stage:
                lines.append(f'    {stage} -->|"{"<br/>".join(leading)}"| {to}')
    return "\n".join(lines)


def _leads(stage: Stage, event: type[Event]) -> str:
    ends = LIFECYCLE[stage].get(event, frozenset())
    on = ", ".join(to for to in Stage if to in ends and to is not stage)
    return " ".join(
        part for part in ("·" if stage in ends else "", f"→ {on}" if on else "") if part
    )


# -- commands and events ----------------------------------------------------------------------


def _sections(of_case: ModuleType, register: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    for name in SECTIONS:
        yield name.capitalize(), getattr(of_case, name)
    yield "Register", register


def _entry(name: str, label: Text, message: type[Command | Event]) -> Iterator[str]:
    yield from (f"### `{name}`", f"{label.zh} · {label.en}", _doc(message))


def _structure(structure: type) -> Iterator[str]:
    yield from (f"### {structure.__name__}", _doc(structure), _fields(structure))


def _consequence(command: type[Command]) -> str:
    """Say what a command brings about in the first place, and in which stages it may be given."""
    if command in BEGINNINGS:
        return f"Begins with {_link(BEGINNINGS[command])}."
    if not issubclass(command, on_cases.CaseCommand):
        return f"Brings about {', '.join(_link(event) for event in _registered(command))}."
    event = RULES[command].event
    who = "Given by the clock only" if issubclass(command, on_cases.ClockCommand) else "Given"
    stages = ", ".join(stage for stage in Stage if may_happen(stage, event))
    return f"{who} in {stages}. Brings about {_link(event)}."


def _registered(command: type[Command]) -> list[type[Event]]:
    """Give the events that the rule of a register command names; the register keeps no table of them."""
    provision = HANDLERS[cast("type[on_register.RegisterCommand]", command)]
    rule = cast("FunctionType", provision.decide)
    return [event for event in EVENTS.values() if event.__name__ in rule.__code__.co_names]


def _link(event: type[Event], document: str = "events.md") -> str:
    name = stored_name(event)
    return f"[`{name}`]({document}#{name.replace('.', '')})"


# -- fields -----------------------------------------------------------------------------------


def _fields(holder: type) -> str:
    """Tell the fields of a message or structure: their names, forms, and what they are unless given."""
    hints = get_type_hints(holder, include_extras=True)
    schema = _schema(holder)
    rows = [
        (f"`{name}`", _form(hints[name]), _default(field))
        for name, field in schema["properties"].items()
    ]
    return _table(("field", "form", "unless given"), rows) if rows else "It has no fields."


def _default(field: Mapping[str, object]) -> str:
    return f"`{json.dumps(field['default'])}`" if "default" in field else "(required)"


def _schema(holder: type) -> dict[str, Any]:
    if issubclass(holder, msgspec.Struct):
        _, components = msgspec.json.schema_components((holder,))
        return dict(components[holder.__name__])
    return TypeAdapter(holder).json_schema()


def _form(hint: object) -> str:
    """Say in words what a field may hold."""
    named = next((name for name, (form, _) in FORMS.items() if hint == form), PLAIN.get(hint))
    if named is not None:
        return named
    if isinstance(hint, type) and get_origin(hint) is None:
        document = "glossary.md" if issubclass(hint, Enum) else ""
        return f"[{hint.__name__}]({document}#{hint.__name__.lower()})"
    parts = get_args(hint)
    match get_origin(hint):
        case origin if origin is Annotated:
            return f"{_form(parts[0])} ({_bounds(hint)})".removesuffix(" ()")
        case origin if origin in {Union, UnionType}:
            return " or ".join(_form(part) for part in parts)
        case origin if origin is Literal:
            return " or ".join(f"`{part}`" for part in parts)
        case origin if origin is tuple and parts[-1] is Ellipsis:
            return f"list of {_form(parts[0])}"
        case origin if origin is tuple:
            return f"pair of {' and '.join(_form(part) for part in parts)}"
        case _:
            return f"object: {_form(parts[0])} → {_form(parts[1])}"


def _bounds(form: object) -> str:
    """Say how large or long a value may be, or how it is written."""
    schema = TypeAdapter[object](cast("type", form)).json_schema()
    least, most = (
        next(
            (
                schema[bound]
                for what in ("imum", "Length", "Items", "Properties")
                if (bound := end + what) in schema
            ),
            None,
        )
        for end in ("min", "max")
    )
    if least is most is None and "pattern" in schema:
        return f"`{schema['pattern']}`"
    if most is None:
        return "" if least is None else f"{least:,} or more"
    return f"at most {most:,}" if least is None else f"{least:,} to {most:,}"


# -- Markdown ---------------------------------------------------------------------------------


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join((f"# {title}", MADE, *parts)) + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))


def _labels(labels: Mapping[str, Text]) -> str:
    rows = ((f"`{code}`", label.zh, label.en) for code, label in labels.items())
    return _table(("code", "中文", "English"), rows)


def _doc(described: object) -> str:
    return cleandoc(described.__doc__ or "")


def main() -> None:
    """Write every document that is not as it should be."""
    for path, text in documents().items():
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
