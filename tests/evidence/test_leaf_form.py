"""Two readers of leaves that nobody vouches for, one by Python alone, let in the same bytes and give the same fields."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.messages import StreamId
from casesys.evidence import leaf, leaf_form
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord, Leaf, SealedDigest, encode
from casesys.evidence.leaf_form import LeafFields, ReadLeaf

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
FULL = Leaf(
    actor_id="p-1",
    actor_role="grid_worker",
    calendar_digest="ab" * 32,
    causation_id="cause",
    channel="console",
    charter_version="stock@1.0.0",
    client_id="local",
    command=CommandRecord(canonical({"title": "路灯", "n": 3}), 1, "collect-case"),
    command_id=UUID(int=0xABC),
    correlation_id="letter",
    decided_at=NOW,
    effective_at=NOW - timedelta(microseconds=1),
    event_id=f"{UUID(int=0xABC)}.0",
    log="log",
    mandate_id="m-1",
    on_behalf_of="office",
    pd=(SealedDigest("cd" * 32, "name", "p-2"),),
    prev_stream_leaf="ef" * 32,
    public_data=canonical({"a": [1, {"b": None}], "c": "深"}),
    read_index=0,
    reason_code="why",
    recorded_at=NOW,
    rule_digest="12" * 32,
    rule_id="art-1",
    schema_v=1,
    stream=StreamId("case/1"),
    stream_seq=1,
    type="case-collected",
    v=1,
)
"""A leaf in which nothing is absent."""

VALUES: list[object] = [
    *(None, True, False, 0, 1, -1, 2**53 - 1, 2**53, 2**64, 1.0, "", "x", "x" * 36),
    *([], ["x"], {}, {"a": 1}, {"data": {}, "schema_v": 1, "type": "x"}),
    *(str(UUID(int=0xABC)), str(UUID(int=0xABC)).upper(), UUID(int=0xABC).hex),
    *("2026-03-01T08:30:00Z", "2026-03-01T08:30:00+00:00", "2026-03-01T08:30:00"),
    *("2026-03-01T08:30:00.5Z", "2026-03-01T08:30:00.000000Z", "2026-03-01T08:30:00.000001Z"),
    *("2026-03-01 08:30:00Z", "2026-03-01t08:30:00z", "2026-02-29T08:30:00Z", "20260301T083000Z"),
    *("2026-03-01T24:00:00Z", "2026-12-31T23:59:60Z", "2026-03-01T16:30:00+08:00", "2026-03-01"),
    *("0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-03-01T08:30Z"),
]


def taken(read: ReadLeaf, data: bytes) -> dict[str, Any] | None:
    """Give the fields that a reader gives, None if it refuses."""
    try:
        found = read(data)
    except (ValueError, RecursionError):
        return None
    fields = {name: getattr(found, name) for name in LeafFields._fields}
    command = fields["command"]
    if command is not None:
        fields["command"] = (command.data, command.schema_v, command.type)
    fields["pd"] = [(each.digest, each.name, each.subject) for each in fields["pd"]]
    return fields


def both(data: bytes) -> dict[str, Any] | None:
    """Give what both readers give, which must be the same."""
    first, second = taken(leaf.read_leaf, data), taken(leaf_form.read_leaf, data)
    assert first == second, data
    return first


def written(fields: object) -> bytes:
    """Write fields canonically, whatever they are."""
    return msgspec.json.encode(fields, order="sorted")


def test_the_fields_are_those_of_a_leaf() -> None:
    """Given the leaf as it is written, then the form has the same fields, sorted."""
    assert LeafFields._fields == tuple(sorted(Leaf.__struct_fields__))


@given(st.data())
def test_what_is_written_is_let_in(data: st.DataObject) -> None:
    """Given a leaf with any texts, when it is written, then both readers give its fields."""
    text = st.text(st.characters(exclude_categories=["Cs"]))
    changed = {name: data.draw(text) for name in ("actor_id", "reason_code", "type", "stream")}
    given_leaf = msgspec.structs.replace(
        FULL,
        **changed,
        command=data.draw(st.sampled_from([None, FULL.command])),
        decided_at=data.draw(st.datetimes(timezones=st.just(UTC))),
        public_data=canonical(data.draw(st.dictionaries(st.sampled_from("abc"), text))),
    )

    found = both(encode(given_leaf))

    assert found is not None
    assert {name: found[name] for name in changed} == changed
    assert found["decided_at"] == given_leaf.decided_at


def misshapen() -> Iterator[bytes]:
    """Give leaves in which one field is missing, twice, too many, of any value, or not in its place."""
    fields = json.loads(encode(FULL))
    for name in fields:
        yield written({key: value for key, value in fields.items() if key != name})
        yield written(fields | {f"{name}x": None})
        yield encode(FULL).replace(f'"{name}":'.encode(), f'"{name}":1,"{name}":'.encode(), 1)
        for value in VALUES:
            yield written(fields | {name: value})
    for whole in ("command", "pd", "public_data"):
        part = fields[whole][0] if whole == "pd" else fields[whole]
        for name in (*part, "more"):
            lacking = {key: value for key, value in part.items() if key != name}
            for changed in (lacking, *(part | {name: value} for value in VALUES)):
                yield written(fields | {whole: [changed] if whole == "pd" else changed})


def test_a_leaf_of_another_shape_is_refused_by_both_or_neither() -> None:
    """Given a leaf with any field changed to any value, when both read it, then both refuse it or give the same."""
    let_in = [found is not None for found in map(both, misshapen())]

    assert len(let_in) > 1_000
    assert 0.02 < sum(let_in) / len(let_in) < 0.5  # another text is no other shape


REWRITTEN: list[Callable[[bytes], bytes]] = [
    lambda data: b" " + data,
    lambda data: data + b" ",
    lambda data: data + b"{}",
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: data.replace(b",", b", ", 1),
    lambda data: data.replace(b"log", b"l\\u006fg", 1),
    lambda data: data.replace(b'"p-1"', b'"p\\/1"'),
    lambda data: data.replace(b'"p-1"', b'"\\u001F"'),
    lambda data: data.replace(b'"p-1"', b'"\\u000a"'),
    lambda data: data.replace(b'"p-1"', b'"\n"'),
    lambda data: data.replace(b'"p-1"', b'"\\ud800"'),
    lambda data: data.replace(b'"p-1"', b'"\\ud83d\\ude00"'),
    lambda data: data.replace(b'"p-1"', b'"\xed\xa0\x80"'),
    lambda data: data.replace(b'"p-1"', b'"\xff"'),
    lambda data: data.replace(b'"n":3', b'"n":3.0'),
    lambda data: data.replace(b'"n":3', b'"n":3e0'),
    lambda data: data.replace(b'"n":3', b'"n":03'),
    lambda data: data.replace(b'"n":3', b'"n":-0'),
    lambda data: data.replace(b'"n":3', b'"n":NaN'),
    lambda data: data.replace(b'"n":3', b'"n":Infinity'),
    lambda data: data.replace(b'"n":3', b'"n":1' + b"0" * 400),
    lambda data: data.replace(b'"n":3', b'"n":1' + b"0" * 5_000),
    lambda data: data.replace(b'"n":3', b'"n":9007199254740992'),
    lambda data: data.replace(b'"n":3', b'"n":-9007199254740992'),
    lambda data: data.replace(b'"n":3', b'"n":' + b"[" * 100_000 + b"]" * 100_000),
    lambda data: data.replace(b'"n":3', '"n":3,"名":1'.encode()),
    lambda data: data.replace(b'"n":3,"title":', b'"title":"x","n":3,"title":'),
    lambda data: data.replace(b'"pd":[{', b'"pd":[,{'),
    lambda data: data.replace(b'"pd":[{', b'"pd":[{}{'),
    lambda data: data.replace(b'"pd":[{', b'"pd":["x",{'),
    lambda data: data.replace(b'"pd":[{', b'"pd":[[{'),
    lambda data: data.replace(b'"pd":[{', b'"pd":[ {'),
    lambda data: data.replace(b'p-2"}]', b'p-2"},]'),
    lambda data: data.replace(b'p-2"}]', b'p-2"}}]'),
    lambda data: data.replace(b'p-2"}]', b'p-2"},null]'),
    lambda data: data.replace(b'p-2"}]', b"p-2}]"),
    lambda data: data.replace(b'p-2"}]', b'p-2\\"}]'),
    lambda data: data.replace(b'"name"', b'"\\u006eame"', 1),
    lambda data: data.replace(b'"read_index":0', b'"read_index":-0'),
    lambda data: data.replace(b'"read_index":0', b'"read_index":00'),
    lambda data: data.replace(b'"read_index":0', b'"read_index":0.0'),
    lambda data: data.replace(b'"read_index":0', b'"read_index":1' + b"0" * 16),
    lambda data: data.replace(b'"read_index":0', b'"read_index":1' + b"0" * 5_000),
    lambda data: data.replace(b'"schema_v":1,"stream":', b'"schema_v":9007199254740992,"stream":'),
    lambda data: data.replace(b'"p-1"', b'"\\u0041"'),
    lambda data: data.replace(b'"p-1"', b'"\\u00"'),
    lambda data: data.replace(b'"p-1"', b'"\\q"'),
    lambda data: data.replace(b'"p-1"', b'"\\'),
    lambda data: data.replace(b'"p-1"', b'"\x7f\x1f"'),
    lambda data: data.replace(b"8:30:00Z", b"8:30:00Z\n", 1),
    lambda data: data.replace(b'abc",', b'abc\n",', 1),
    lambda data: data + b"\n",
    lambda data: data[:-1],
    lambda data: b"[" + data + b"]",
    lambda data: data + b"," + data,
    lambda _: b"1,2",
    lambda _: b"",
    lambda _: b"null",
    lambda _: b"{}",
    lambda _: b"\xff",
]


@pytest.mark.parametrize("rewrite", REWRITTEN, ids=range(len(REWRITTEN)))
def test_the_same_said_otherwise_is_refused_by_both(rewrite: Callable[[bytes], bytes]) -> None:
    """Given a leaf written in any form but the canonical one, when either reads it, then it is refused."""
    data = encode(FULL)
    assert both(data) is not None
    assert rewrite(data) != data

    assert both(rewrite(data)) is None


@pytest.mark.parametrize("text", ["\x7f", "\u2028", "\uffff", "😀", '\\"\b\f\n\r\t\x00\x1f/'])
def test_what_needs_no_escape_or_the_shortest_is_let_in(text: str) -> None:
    """Given a text of odd characters, when the leaf is written, then both let it in."""
    found = both(encode(msgspec.structs.replace(FULL, actor_id=text)))

    assert found is not None
    assert found["actor_id"] == text


def test_what_is_long_is_read_in_one_go() -> None:
    """Given a leaf with very many escapes and commitments, when both read it, then both give it whole; damaged at its end, neither."""
    sealed = SealedDigest("cd" * 32, 'a"b]', "\\")
    data = encode(
        msgspec.structs.replace(FULL, actor_id='\n"' * 300_000, pd=(sealed,) * 20_000, stream="\\")
    )
    found = both(data)
    assert found is not None
    assert len(found["actor_id"]) == 600_000
    assert found["pd"] == [("cd" * 32, 'a"b]', "\\")] * 20_000

    for damaged in (data[:-2], data.replace(b'"subject":"\\\\"}],', b'"subject":"\\\\},')):
        assert damaged != data
        assert both(damaged) is None


PIECES = [
    *(b'"', b"\\", b",", b":", b"{", b"}", b"[", b"]", b"0", b"-", b".", b"e", b" ", b"\n", b"Z"),
    *(
        b"null",
        b"true",
        b'""',
        b"{}",
        b"[]",
        b'\\"',
        b"\\n",
        b"\\u000a",
        b"\\u001f",
        b"\\u0041",
        b"\\ud800",
    ),
    *(
        b"\xe6\x9c\x88",
        b"\xff",
        b"\x1f",
        b"\x7f",
        b"9007199254740992",
        b',"v":1',
        b'"pd":[',
        b'"command":null',
    ),
]


@given(st.data())
def test_a_leaf_patched_anywhere_is_refused_by_both_or_neither(data: st.DataObject) -> None:
    """Given a leaf, when pieces of JSON take the place of some of its bytes, then both refuse it or give the same."""
    patched = encode(FULL)
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(0, len(patched)))
        end = begin + data.draw(st.integers(0, 3))
        patched = patched[:begin] + data.draw(st.sampled_from(PIECES)) + patched[end:]

    both(patched)


@given(st.data())
def test_a_flipped_byte_is_refused_by_both_or_neither(data: st.DataObject) -> None:
    """Given a leaf, when any byte of it is another, then both refuse it or give the same."""
    altered = bytearray(encode(FULL))
    altered[data.draw(st.integers(0, len(altered) - 1))] = data.draw(st.integers(0, 255))

    both(bytes(altered))
