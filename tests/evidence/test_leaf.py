"""The leaf: every field always there, canonical, and read back as it was."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.messages import Rule, StreamId
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord, Leaf, SealedDigest, decode, encode

NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
LEAF = Leaf(
    actor_id="p-1",
    actor_role="grid_worker",
    calendar_digest=None,
    causation_id=None,
    channel="console",
    charter_version=None,
    client_id="local",
    command=None,
    command_id=UUID(int=7),
    correlation_id=None,
    decided_at=NOW,
    effective_at=NOW,
    event_id=f"{UUID(int=7)}.0",
    log="log",
    mandate_id=None,
    on_behalf_of=None,
    pd=(),
    prev_stream_leaf=None,
    public_data=canonical({}),
    read_index=0,
    reason_code=None,
    recorded_at=NOW,
    rule_digest=None,
    rule_id=None,
    schema_v=1,
    stream=StreamId("case/1"),
    stream_seq=1,
    type="case-collected",
    v=1,
)
"""A leaf in which everything that may be absent is absent."""

FIELDS = [
    "v",
    "log",
    "event_id",
    "stream",
    "stream_seq",
    "prev_stream_leaf",
    "type",
    "schema_v",
    "recorded_at",
    "decided_at",
    "effective_at",
    "read_index",
    "actor_id",
    "actor_role",
    "on_behalf_of",
    "mandate_id",
    "rule_id",
    "charter_version",
    "rule_digest",
    "calendar_digest",
    "command",
    "command_id",
    "causation_id",
    "correlation_id",
    "channel",
    "client_id",
    "reason_code",
    "public_data",
    "pd",
]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
INSTANTS = st.datetimes(timezones=st.just(UTC))


def test_a_leaf_has_its_fields_always() -> None:
    """Given a leaf with nothing optional, when it is written, then every field of the format is there, and no other."""
    assert sorted(json.loads(encode(LEAF))) == sorted(FIELDS)


def test_the_bytes_of_a_leaf_never_change() -> None:
    """Given one leaf, when it is written, then as it was when the format was settled (this sample stays for ever)."""
    leaf = msgspec.structs.replace(
        LEAF,
        pd=(SealedDigest("ab" * 32, "name", "p-2"),),
        command=CommandRecord(canonical({"title": "路灯"}), 1, "collect-case"),
        decided_at=NOW + timedelta(microseconds=5),
        charter_version="stock@1.0.0",
        rule_digest="cd" * 32,
        prev_stream_leaf="ef" * 32,
    )

    assert encode(leaf).decode() == (
        '{"actor_id":"p-1","actor_role":"grid_worker","calendar_digest":null,"causation_id":null,"channel":"console",'
        '"charter_version":"stock@1.0.0","client_id":"local","command":{"data":{"title":"路灯"},"schema_v":1,'
        '"type":"collect-case"},"command_id":"00000000-0000-0000-0000-000000000007","correlation_id":null,'
        '"decided_at":"2026-03-01T08:30:00.000005Z","effective_at":"2026-03-01T08:30:00Z",'
        '"event_id":"00000000-0000-0000-0000-000000000007.0","log":"log","mandate_id":null,"on_behalf_of":null,'
        f'"pd":[{{"digest":"{"ab" * 32}","name":"name","subject":"p-2"}}],"prev_stream_leaf":"{"ef" * 32}",'
        '"public_data":{},"read_index":0,"reason_code":null,"recorded_at":"2026-03-01T08:30:00Z",'
        f'"rule_digest":"{"cd" * 32}","rule_id":null,"schema_v":1,"stream":"case/1","stream_seq":1,'
        '"type":"case-collected","v":1}'
    )
    assert leaf.rule == Rule("stock", "1.0.0", "cd" * 32)


@given(TEXTS, TEXTS, INSTANTS, INSTANTS, st.dictionaries(st.sampled_from("abc"), TEXTS))
def test_any_leaf_is_canonical_and_read_back(
    actor: str, reason: str, decided: datetime, recorded: datetime, data: dict[str, str]
) -> None:
    """Given any texts and instants, when a leaf is written, then canonically, and what is read back is the same."""
    leaf = msgspec.structs.replace(
        LEAF,
        actor_id=actor,
        reason_code=reason,
        decided_at=decided,
        recorded_at=recorded,
        public_data=canonical(data),
        command=CommandRecord(canonical(data), 1, "collect-case"),
    )
    written = encode(leaf)

    assert written == rfc8785.dumps(json.loads(written))
    assert encode(decode(written)) == written
    assert decode(written).decided_at == decided
    assert json.loads(bytes(decode(written).public_data)) == data


@pytest.mark.parametrize(
    "instant",
    [
        NOW.replace(tzinfo=None),
        NOW.astimezone(ZoneInfo("Asia/Shanghai")),
        NOW.astimezone(timezone(timedelta(minutes=1))),
    ],
    ids=["naive", "Shanghai", "a minute off"],
)
@pytest.mark.parametrize("field", ["decided_at", "effective_at", "recorded_at"])
def test_an_instant_that_is_not_utc_is_refused(field: str, instant: datetime) -> None:
    """Given an instant in another zone or in none, when the leaf is written, then it is refused."""
    with pytest.raises(ValueError, match="UTC"):
        encode(msgspec.structs.replace(LEAF, **{field: instant}))


@pytest.mark.parametrize("zone", [ZoneInfo("UTC"), timezone(timedelta(0), "also UTC")])
def test_utc_under_another_name_is_utc(zone: ZoneInfo | timezone) -> None:
    """Given UTC from another library, when the leaf is written, then with the same bytes."""
    assert encode(msgspec.structs.replace(LEAF, decided_at=NOW.replace(tzinfo=zone))) == encode(
        LEAF
    )


def test_a_lone_surrogate_is_refused() -> None:
    """Given half a character in a field, when the leaf is written, then it is refused, saying so."""
    with pytest.raises(ValueError, match="surrogates"):
        encode(msgspec.structs.replace(LEAF, actor_id="\udc00"))


@pytest.mark.parametrize(
    "change", [{"extra": 1}, {"v": "1"}, {"decided_at": "2026-03-01T08:30:00"}]
)
def test_what_is_no_leaf_is_refused(change: dict[str, object]) -> None:
    """Given a leaf with a field too many or of another kind, when it is read, then it is refused."""
    with pytest.raises(msgspec.ValidationError):
        decode(json.dumps(json.loads(encode(LEAF)) | change).encode())


@pytest.mark.parametrize("field", FIELDS)
def test_a_leaf_without_a_field_is_refused(field: str) -> None:
    """Given a leaf that lacks a field, when it is read, then it is refused: absent is written null."""
    fields = json.loads(encode(LEAF))
    del fields[field]

    with pytest.raises(msgspec.ValidationError):
        decode(json.dumps(fields).encode())


def test_a_leaf_without_a_rule_has_none() -> None:
    """Given a leaf under no charter, then it names no rule."""
    assert LEAF.rule is None
