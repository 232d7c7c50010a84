"""Whatever is done to a bundle is found: by each kind of altering, by each byte, and when all of it was made up with true proofs."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.evidence.archive import BundleUnreadable
from casesys.evidence.bundle import FORMAT, Verified, verify_bundle
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint
from casesys.evidence.leaf_form import ReadLeaf
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.evidence.streams_map import Knot, Last, updated
from casesys.notary.keys import CheckpointKey
from tests.notary.altering import ALTERED, LEFT_OUT, lines_of, written
from tests.notary.bundles import READERS, Parts, Proved, packed


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_bundle_is_found(parts: Parts, what: str) -> None:
    """Given a bundle, when a part of it is altered, left out or exchanged, then that is found, and told as what it is."""
    alter, kind = ALTERED[what]
    altered = dict(parts)
    assert verify_bundle(packed(altered)).stream.startswith("case/")
    alter(altered)
    assert altered != parts

    for read in READERS:
        with pytest.raises(Damage) as caught:
            verify_bundle(packed(altered), read)
        assert caught.value.kind == kind


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_is_left_out_is_found_though_the_rest_is_proved(
    proved: Proved, parts: Parts, what: str
) -> None:
    """Given a bundle, when a leaf and its position are left out, and the proof is a true one of the rest, then that is found."""
    mark, kind = LEFT_OUT[what]
    lines, manifest = lines_of(parts), json.loads(parts["manifest.json"])
    number = max(n for n, line in enumerate(lines) if mark in line)
    del lines[number], manifest["positions"][number]
    proof = proved.notary.prove_all(manifest["positions"], parts["checkpoint.txt"].decode())
    altered = dict(parts) | {"proof.bin": b"".join(proof), "leaves.jsonl": b"".join(lines)}
    altered["manifest.json"] = written(manifest)

    with pytest.raises(Damage) as caught:
        verify_bundle(packed(altered))
    assert caught.value.kind == kind


def test_the_documents_table_of_bundles_is_this_one() -> None:
    """Given the page for auditors, then its table names every way of altering a bundle here with the damage that is told."""
    page = Path("docs/evidence.md").read_text(encoding="utf-8")

    for what, (_, kind) in (*ALTERED.items(), *LEFT_OUT.items()):
        assert f"| {what} | `{kind}` |" in page


def made_up(*leaves: bytes, seal: int = 1, way: bytes = b"") -> bytes:
    """Give a bundle of leaves that nobody ever recorded, with a true proof to a checkpoint made up as well: the whole log.

    One of them is called the seal, and `way` leads to it.
    """
    root = Peaks().push(*map(leaf_hash, leaves)).root()
    signer = CheckpointKey("casesys/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    manifest = {
        "format": FORMAT,
        "log": "log",
        "stream": "case/1",
        "seal": seal,
        "positions": list(range(1, len(leaves) + 1)),
    }
    parts = {
        "manifest.json": written(manifest),
        "checkpoint.txt": Checkpoint("casesys/log", len(leaves), root).signed(signer).encode(),
        "leaves.jsonl": b"".join(leaf + b"\n" for leaf in leaves),
        "proof.bin": b"",
        "completeness.json": way,
    }
    return packed(parts)


LEAF = (
    b'{"actor_id":"p","actor_role":"r","calendar_digest":null,"causation_id":null,"channel":"c","charter_version":null,'
    b'"client_id":"c","command":{"data":{},"schema_v":1,"type":"t"},"command_id":"00000000-0000-0000-0000-000000000007",'
    b'"correlation_id":null,"decided_at":"2026-03-01T08:30:00Z","effective_at":"2026-03-01T08:30:00Z",'
    b'"event_id":"00000000-0000-0000-0000-000000000007.0","log":"log","mandate_id":null,"on_behalf_of":null,"pd":[],'
    b'"prev_stream_leaf":null,"public_data":{},"read_index":0,"reason_code":null,"recorded_at":"2026-03-01T08:30:00Z",'
    b'"rule_digest":null,"rule_id":null,"schema_v":1,"stream":"case/1","stream_seq":1,"type":"case-collected","v":1}'
)
MADE_UP: Mapping[str, tuple[tuple[bytes, ...], str]] = {
    "no leaf": ((b"{}",), "leaf-unreadable"),
    "no object": ((b"[]",), "leaf-unreadable"),
    "no text": ((b"\xff",), "leaf-unreadable"),
    "another form": ((LEAF.replace(b'"v":1', b'"v": 1'),), "leaf-unreadable"),
    "another format": ((LEAF.replace(b'"v":1', b'"v":2'),), "leaf-foreign"),
    "another log": ((LEAF.replace(b'"log":"log"', b'"log":"lag"'),), "leaf-foreign"),
    "two logs": (
        (
            LEAF,
            LEAF.replace(b'"log":"log"', b'"log":"lag"').replace(b"case/1", b"log"),
        ),
        "leaf-foreign",
    ),
    "no seal": ((LEAF,), "seal-false"),
    "a later event only": ((LEAF.replace(b'_seq":1', b'_seq":2'),), "stream-broken"),
    "rests on later ones": ((LEAF.replace(b'index":0', b'index":1'),), "command-broken"),
    "another command": ((LEAF.replace(b'7.0"', b'8.0"'),), "command-broken"),
    "another number": ((LEAF.replace(b'7.0"', b'7.1"'),), "command-broken"),
    "no number": ((LEAF.replace(b'7.0"', b'7.x"'),), "command-broken"),
}
"""Leaves that nobody ever recorded, and what is told."""


@pytest.mark.parametrize("leaves", MADE_UP)
@pytest.mark.parametrize("read", READERS, ids=["ours", "Python's"])
def test_whatever_is_proved_must_be_an_event(leaves: str, read: ReadLeaf) -> None:
    """Given a bundle made up with true proofs of things that are no events of one log, when it is verified, then that is told."""
    made, kind = MADE_UP[leaves]

    with pytest.raises(Damage) as caught:
        verify_bundle(made_up(*made), read)
    assert caught.value.kind == kind


SEALED = Last(1, leaf_hash(LEAF))
ROOT, _ = updated(dict[str, Knot]().get, {"case/1": SEALED})
WAY = written({"beside": [], "last": {"leaf_hash": SEALED.leaf_hash.hex(), "seq": 1}})


def seal_over(size: object, root: str) -> bytes:
    """Give the leaf of a seal that says so, made up as well."""
    said = b'"public_data":' + written({"map_root": root, "size": size})
    other = LEAF.replace(b'"public_data":{}', said).replace(b"case-collected", b"log-sealed")
    return other.replace(b"case/1", b"log").replace(b'7"', b'8"').replace(b"7.0", b"8.0")


@pytest.mark.parametrize("read", READERS, ids=["ours", "Python's"])
def test_a_seal_reaches_over_what_stands_before_it(read: ReadLeaf) -> None:
    """Given a seal that is true, then the case is complete up to where it reaches."""
    assert verify_bundle(made_up(LEAF, seal_over(1, ROOT.hex()), seal=2, way=WAY), read).upto == 1


@pytest.mark.parametrize("read", READERS, ids=["ours", "Python's"])
@pytest.mark.parametrize("size", [2, 3, 10**9, 0, -1, True, "1", None])
def test_a_seal_that_claims_what_comes_after_it_is_false(size: object, read: ReadLeaf) -> None:
    """Given a seal over itself, over what does not exist yet, over nothing, or over no number, then it is false."""
    with pytest.raises(Damage) as caught:
        verify_bundle(made_up(LEAF, seal_over(size, ROOT.hex()), seal=2, way=WAY), read)
    assert (caught.value.kind, "over" in caught.value.detail) == ("seal-false", True)


@pytest.mark.parametrize("read", READERS, ids=["ours", "Python's"])
def test_the_root_of_a_seal_has_one_form(read: ReadLeaf) -> None:
    """Given a seal whose root is written in capitals, then it is false."""
    with pytest.raises(Damage, match="small letters"):
        verify_bundle(made_up(LEAF, seal_over(1, ROOT.hex().upper()), seal=2, way=WAY), read)


def test_every_flipped_byte_is_found_or_changes_no_answer(proved: Proved) -> None:
    """Given a bundle, when any of its bytes is flipped, then it does not verify, or shows what it showed before."""
    data = proved.bundle(proved.case)
    before = verify_bundle(data)
    found = 0
    for offset in range(0, len(data), 37):
        flipped = bytearray(data)
        flipped[offset] ^= 1 << offset % 8
        shown = [outcome(bytes(flipped), read) for read in READERS]
        assert shown[0] == shown[1], f"byte {offset}"
        assert shown[0] in {None, before}, f"byte {offset}"
        found += shown[0] is None
    assert found


def outcome(data: bytes, read: ReadLeaf) -> Verified | None:
    """Give what a bundle shows, None if that is damage or it is none."""
    try:
        return verify_bundle(data, read)
    except (Damage, BundleUnreadable):
        return None
