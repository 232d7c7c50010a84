"""Whatever is given to whatever command, the answer is an answer or has a code: never a fault of casesys."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casesys.cli.fields import shape_of
from casesys.domain.catalogue import COMMANDS
from tests.cli.shell import Store

KNOWN = (
    *("open", "closed", "worker", "lead", "operator", "grid-1", "community", "m-lead", "issue"),
    *("courtyard_lamp", "patrol", "resolved", "direct", "small", "urgent", "big-residents"),
    *("accept", "resolve", "rain", "property_company", "residents_committee", "other_authority"),
)
ABSURD = (
    *(
        "",
        " ",
        "x" * 300,
        "\x00",
        "\u202e",
        "🏮",
        "../x",
        "0001-01-01T00:00:00+14:00",
        "2026-02-30",
    ),
    *("9999-12-31T23:59:59-14:00", "1" * 400, -1, 0, 2**53, 2**70, 1.5, None),
)
INSTANTS = ("0001-01-02T00:00:00Z", "9999-12-30T23:59:59Z", "2026-03-02T09:00+08:00")
ROLES = (
    *("secretary", "moderator", "dispatcher", "coordinator", "verifier", "callback_officer"),
    *("supervisor", "minute_taker", "teller", "duty_officer", "lead", "privacy_officer"),
)

known = st.sampled_from(KNOWN)
absurd = st.recursive(
    known | st.sampled_from(ABSURD) | st.text(max_size=20),
    lambda parts: (
        st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=8), parts, max_size=3)
    ),
    max_leaves=6,
)
FACTS = ("danger_to_life", "common_parts", "households_affected", "estimated_cost", "nothing")
plausible: dict[str, st.SearchStrategy[object]] = {
    "NUMBER": st.integers(0, 9),
    "INSTANT": st.sampled_from(INSTANTS),
    "DATE": st.just("2026-03-17"),
    "TEXT": known,
}


def fitting(annotation: object) -> st.SearchStrategy[object]:
    """Values that could well be right for a field of some type."""
    shape = shape_of(annotation)
    if shape.switch:
        return st.booleans()
    one: st.SearchStrategy[object]
    if shape.json:
        facts = st.dictionaries(st.sampled_from(FACTS), st.booleans() | st.integers(0, 10**9))
        one = facts | st.just({"zh": "厅", "en": "hall"})
    elif shape.metavar in plausible:
        one = plausible[shape.metavar]
    else:
        one = st.sampled_from(shape.metavar.split("|"))
    return st.lists(one, max_size=3) if shape.several else one


@st.composite
def commands(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """Any command, most of its fields given, with values that are right, wrong or absurd."""
    name = draw(st.sampled_from(sorted(COMMANDS)))
    fields: dict[str, object] = {}
    for field, told in COMMANDS[name].model_fields.items():
        choice = draw(st.integers(0, 19))
        if choice > 1:
            fields[field] = draw(absurd if choice == 2 else fitting(told.annotation))
    if "case_id" in fields and draw(st.integers(0, 9)):
        fields["case_id"] = draw(st.sampled_from(("open", "closed")))
    return name, fields


@pytest.fixture(scope="module")
def playground(community: Store) -> Iterator[Store]:
    """A store that keeps whatever is accepted, with somebody who has every role."""
    with TemporaryDirectory() as folder:
        store = community.copy(Path(folder))
        for role in ROLES:
            given = ("--person-id", "lead", "--mandate-id", f"as-{role}", "--role", role)
            store.done("give-mandate", *given, "--grid-id", "community")
        yield store


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    command=commands(),
    by=st.sampled_from(("lead", "lead", "operator", "worker")),
    effective_at=st.sampled_from(("", "", "", "0001-01-01T00:00Z", "9999-12-31T23:59:59Z", "soon")),
)
def test_any_command_is_answered(
    playground: Store, command: tuple[str, dict[str, object]], by: str, effective_at: str
) -> None:
    """Given any fields for any command by anybody, then it is accepted, invalid or refused."""
    name, fields = command
    beside = ("--effective-at", effective_at) if effective_at else ()

    ended = playground.do(name, "--fields", json.dumps(fields), *beside, "--json", by=by)

    assert ended.status in {0, 2, 3}, ended
    assert ended.err == ""
    assert ("error" in ended.json) == (ended.status != 0)
