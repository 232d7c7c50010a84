"""Parsing: the same rules have one digest however they are written; broken input has one answer."""

import json
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casesys import charters
from casesys.domain.charter.document import DEEPEST, LARGEST, MOST_VALUES, SAFE_INTEGER
from casesys.domain.charter.parse import CharterInvalid, parse_charter
from casesys.evidence.canonical import canonical
from tests.domain.charter.stock import GONE, Change, changed, document, stock, written


def shuffled(value: Any, order: Random) -> Any:  # noqa: ANN401 - any part of a document
    """The same document with the keys of every table in another order."""
    if isinstance(value, dict):
        keys = order.sample(list(value), len(value))
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    return value


@settings(max_examples=10)  # any order is as good as another, and parsing takes a tenth of a second
@given(seed=st.integers(), ascii_only=st.booleans(), indent=st.sampled_from([None, 2]))
def test_the_digest_depends_on_what_is_said_only(
    *, seed: int, ascii_only: bool, indent: int | None
) -> None:
    """Given TOML, when it is JSON in another order, with white space and escapes, it is the same."""
    other = shuffled(document(), Random(seed))  # noqa: S311 - any order will do

    version = parse_charter(json.dumps(other, ensure_ascii=ascii_only, indent=indent).encode())

    assert version.digest == stock().digest
    assert version == stock()


def test_what_is_stored_gives_the_same_version_again() -> None:
    """Given the stored document, when it is parsed, then digest and document are the same."""
    again = parse_charter(stock().document)

    assert again.document == stock().document
    assert again.digest == sha256(again.document).hexdigest() == stock().digest
    assert hash(again) == hash(stock())
    assert (stock().rule.charter, stock().rule.version) == ("stock", "2026.1")
    assert stock().rule.digest == again.digest


def test_what_is_stored_is_canonical_json() -> None:
    """Given the stored document, then it is what the evidence calls canonical."""
    assert stock().document == bytes(canonical(document()))


@pytest.mark.parametrize(
    "change",
    [
        ("version", "2026.2"),
        ("clauses.art-01.text.zh", "第一条　不同。"),
        ("time.clocks.decide.rows.small.period.amount", 6),
        ("satisfaction.reopenings_at_most", GONE),
    ],
    ids=["version", "text", "number", "default"],
)
def test_other_rules_have_another_digest(change: Change) -> None:
    """Given a document that says anything else, also a default, then the digest is another."""
    clauses = [("clauses.art-52.text", {"zh": "试", "en": "a trial"})]
    version = parse_charter(written(changed(change, *(clauses if change[1] is GONE else []))))

    assert version.digest != stock().digest
    assert version != stock()
    assert version != "stock"


def test_a_byte_order_mark_says_nothing() -> None:
    """Given a file as some editors write it, then it is the same charter."""
    assert parse_charter(b"\xef\xbb\xbf" + charters.read("stock.toml")) == stock()


BROKEN = {
    "larger than 1 MiB": (b"#" * (LARGEST + 1), "too-large", ""),
    "too many values": (b"a = [" + b"1," * (MOST_VALUES + 1) + b"]", "too-large", ""),
    "deep JSON": (b'{"a":' * 100_000, "too-deep", ""),
    "deep TOML": (b"a = " + b"[" * 100_000, "too-deep", ""),
    "a level too deep": (b"a = " + b"[" * DEEPEST + b"]" * DEEPEST, "too-deep", ""),
    "many dotted keys": ((b"k" + b".a" * 99 + b" = 1\n") * 1000, "syntax", ""),
    "endless dotted key": (b"a" + b".a" * 400_000 + b" = 1", "syntax", ""),
    "not UTF-8": ("章程".encode("gb18030"), "not-utf8", ""),
    "half a character": (b'{"title": {"zh": "\\ud800"}}', "not-utf8", ""),
    "half a character in a key": (b'{"a": {"\\ud800": 1}}', "not-utf8", ""),
    "broken TOML": (b'code = "a', "syntax", ""),
    "broken JSON": (b'{"code": ', "syntax", ""),
    "more than one JSON": (b"{} {}", "syntax", ""),
    "a number of many digits": (b"code = " + b"9" * 5000, "syntax", ""),
    "a key twice in TOML": (b"code = 1\ncode = 2", "syntax", ""),
    "a key twice in JSON": (b'{"a": {"code": 1, "code": 2}}', "name-twice", "code"),
    "a fraction": (b'{"a": [0, 0.5]}', "number", "a.1"),
    "not a number": (b'{"a": NaN}', "number", "a"),
    "too large a number": (f'{{"a": {SAFE_INTEGER + 1}}}'.encode(), "number", "a"),
    "null": (b'{"a": null}', "no-value", "a"),
    "a date": (b"a = 2026-01-01", "no-value", "a"),
    "nothing": (b"", "malformed", "code"),
}


@pytest.mark.parametrize(("data", "code", "where"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_input_is_refused(data: bytes, code: str, where: str) -> None:
    """Given what cannot be a charter, then it is refused with a code, whatever its size."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(data)

    assert (caught.value.code, caught.value.where) == (code, where)


CONSULT = "procedures.small.steps.consult"
MALFORMED: dict[str, tuple[Change, str]] = {
    "an unknown field": (("roles.secretary.colour", "red"), "roles.secretary.colour"),
    "an unknown field of a step": ((f"{CONSULT}.colour", "red"), f"{CONSULT}.colour"),
    "a missing field of a step": ((f"{CONSULT}.sides", GONE), f"{CONSULT}.sides"),
    "an unknown kind of step": ((f"{CONSULT}.kind", "dance"), CONSULT),
    "no kind of step": ((f"{CONSULT}.kind", GONE), CONSULT),
    "an empty sentence": (("clauses.art-10.text.en", " "), "clauses.art-10.text"),
    "an empty label": ((f"{CONSULT}.label.zh", ""), f"{CONSULT}.label"),
    "a language missing": (("title.en", GONE), "title.en"),
    "a third language": (("title.fr", "charte"), "title.fr"),
    "a text for a number": (("time.counters.0.nth", "3"), "time.counters.0.nth"),
    "a number for a truth": (("case_types.report.shielded", 1), "case_types.report.shielded"),
    "a list for a fact's value": (
        ("facts.fund_raised.when_unknown", [1]),
        "facts.fund_raised.when_unknown",
    ),
    "no steps": (("procedures.small.steps", []), "procedures.small.steps"),
    "an unknown unit": (("time.information.within.unit", "moons"), "time.information.within.unit"),
    "no calendar": (("time.information.within.calendar", GONE), "time.information.within"),
    "no time at all": (("time.information.within.amount", 0), "time.information.within.amount"),
    "a code in capitals": (("roles.King", {"label": {"zh": "王", "en": "king"}}), "roles.King"),
    "a share in decimals": (
        ("metrics.satisfaction_rate.weights.satisfied", "0.9"),
        "metrics.satisfaction_rate.weights.satisfied",
    ),
    "a share of nothing": (
        ("metrics.satisfaction_rate.weights.satisfied", "1/0"),
        "metrics.satisfaction_rate.weights.satisfied",
    ),
    "a share of more than all": (
        ("metrics.satisfaction_rate.weights.satisfied", "3/2"),
        "metrics.satisfaction_rate.weights.satisfied",
    ),
    "a share of great length": (
        ("metrics.satisfaction_rate.weights.satisfied", "1e999999999"),
        "metrics.satisfaction_rate.weights.satisfied",
    ),
    "a timer at no instant": (
        ("time.ladders.work.timers.remind.share", GONE),
        "time.ladders.work.timers.remind",
    ),
    "a deadline missed before its end": (
        ("time.ladders.work.timers.missed.share", "1/2"),
        "time.ladders.work.timers.missed",
    ),
}


@pytest.mark.parametrize(("change", "where"), MALFORMED.values(), ids=MALFORMED.keys())
def test_what_has_not_the_form_of_a_charter_is_named(change: Change, where: str) -> None:
    """Given a field that is missing, unknown or of another form, then its place is told."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(written(changed(change)))

    places = [found.where for found in caught.value.problems]
    assert {found.code for found in caught.value.problems} == {"malformed"}
    assert set(places) == {where}


def test_all_malformed_fields_are_listed_at_once() -> None:
    """Given two fields of a wrong form, then both are named."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(written(changed(("code", 1), ("time.counters.0.nth", 0))))

    assert [found.where for found in caught.value.problems] == ["code", "time.counters.0.nth"]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_are_answered_with_anything_else(data: bytes) -> None:
    """Given any bytes, then they are refused as no charter, and with nothing else."""
    with pytest.raises(CharterInvalid):
        parse_charter(data)


@given(st.data())
def test_a_charter_with_a_part_missing_or_swapped_is_parsed_or_refused(data: st.DataObject) -> None:
    """Given the stock charter with one value replaced, then nothing but CharterInvalid comes of it."""
    whole = document()
    place: Any = whole
    while True:
        key = data.draw(
            st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place)))
        )
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.integers(0, 5)):
            place = place[key]
        else:
            break
    place[key] = data.draw(
        st.sampled_from(["", "x", 0, 1, True, [], {}, ["x"], {"x": 1}, "{title}"])
    )

    with suppress(CharterInvalid):
        assert parse_charter(written(whole)).digest


def test_importing_the_charter_loads_no_cel() -> None:
    """Given a fresh interpreter, when parsing is imported, then CEL is not, until a guard needs it."""
    program = (
        "import sys; import casesys.domain.charter.parse, casesys.domain.charter.triage;"
        "import casesys.domain.charter.routing, casesys.domain.charter.clocks;"
        "print(any(name.startswith('cel_expr') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == "False"
