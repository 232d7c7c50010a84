"""Bundles: what is made verifies, what is altered does not, and what is no bundle is told apart, however large it pretends to be."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.domain.messages import StreamId
from casesys.evidence import bundle as reading
from casesys.evidence.bundle import BundleUnreadable, verify_bundle
from casesys.evidence.chain import Damage
from casesys.notary.bundling import bundle
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import LogContradicts, Notary, Unproved
from casesys.notary.sealing import seal, seals_of
from tests.community import Community, founded

Parts = dict[str, bytes]


class Proved:
    """A community whose log has a notary."""

    def __init__(self) -> None:
        """Found it, and collect two cases."""
        self.community: Community = founded()
        self.case = self.community.collect()
        self.community.collect()
        self.community.do(self.case, "accept-case", "grid_lead")
        log = self.community.log
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        signer = CheckpointKey(f"casesys/{log.log_id}", private)
        self.ledger = Ledger.in_memory(log.log_id)
        self.notary = Notary(log, self.ledger, signer.verifier.name, [signer])

    def seal(self) -> bool:
        """Seal the log."""
        community = self.community
        return seal(self.notary, community.log, community.service.give, community.now)

    def bundle(self, case: str, note: str | None = None) -> bytes:
        """Give a bundle as of a checkpoint, the present one by default."""
        return bundle(self.community.log, self.notary, case, note or self.notary.checkpoint())


@pytest.fixture(scope="module")
def proved() -> Proved:
    """Give a community with a sealed log."""
    made = Proved()
    made.seal()
    return made


@pytest.fixture(scope="module")
def parts(proved: Proved) -> Parts:
    """Give the files of a bundle."""
    with zipfile.ZipFile(io.BytesIO(proved.bundle(proved.case))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """Put files into an archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_the_same_checkpoint_gives_the_same_bundle(proved: Proved) -> None:
    """Given a case and a checkpoint, when its bundle is made twice, then both are the same, and both verify."""
    first, second = proved.bundle(proved.case), proved.bundle(proved.case)

    assert first == second
    assert verify_bundle(first).events == 2


def test_a_case_of_which_the_seal_knows_nothing_is_not_said_to_be_complete() -> None:
    """Given a case that is younger than the seal, or a log without seals, then its bundle verifies and says up to nowhere."""
    proved = Proved()
    assert verify_bundle(proved.bundle(proved.case)).upto == 0
    proved.seal()
    young = proved.community.collect()

    assert verify_bundle(proved.bundle(young)).upto == 0
    assert verify_bundle(proved.bundle(proved.case)).upto == seals_of(proved.community.log)[0].size


def test_nothing_new_is_not_sealed_again() -> None:
    """Given a log that ends with a seal, when it is sealed, then nothing is added; and once something was, another seal is."""
    proved = Proved()
    assert proved.seal()
    assert not proved.seal()
    proved.community.collect()
    assert proved.seal()

    first, second = seals_of(proved.community.log)
    assert first.position == first.size + 1 < second.size


def test_a_case_that_the_checkpoint_does_not_cover_has_no_bundle(proved: Proved) -> None:
    """Given a case that is not there, or another log's checkpoint, when a bundle is asked for, then that is told."""
    other = Proved()
    with pytest.raises(Unproved):
        proved.bundle("nothing")
    with pytest.raises(LogContradicts):
        proved.bundle(proved.case, other.notary.checkpoint())


# -- altered --------------------------------------------------------------------------------------------------------------------


def _last(parts: Parts, folder: str) -> str:
    """Give the last of the case's files in a folder."""
    case = [
        name
        for name in parts
        if name.startswith("leaves/") and json.loads(parts[name])["stream"].startswith("case/")
    ]
    position = max(int(name[len("leaves/") : -len(".json")]) for name in case)
    return f"leaves/{position}.json" if folder == "leaves" else f"proofs/{position}.tlog-proof"


def _omit_last(parts: Parts) -> None:
    """Leave the last event of the case out."""
    leaf, proof = _last(parts, "leaves"), _last(parts, "proofs")
    del parts[leaf], parts[proof]


def _edit_last(parts: Parts) -> None:
    name = _last(parts, "leaves")
    parts[name] = parts[name].replace(b"grid_lead", b"grid_lord")


def _no_proof(parts: Parts) -> None:
    del parts[_last(parts, "proofs")]


def _other_proof(parts: Parts) -> None:
    others = [name for name in parts if name.startswith("proofs/")]
    parts[_last(parts, "proofs")] = parts[others[0]]


def _other_stream(parts: Parts) -> None:
    parts["manifest.json"] = parts["manifest.json"].replace(b'"case/', b'"cave/')


def _other_seal(parts: Parts) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["seal"] = int(_last(parts, "leaves")[len("leaves/") : -len(".json")])
    parts["manifest.json"] = json.dumps(manifest).encode()


def _other_last(parts: Parts) -> None:
    told = json.loads(parts["completeness.json"])
    told["last"]["seq"] -= 1
    parts["completeness.json"] = json.dumps(told).encode()


def _strange_way(parts: Parts) -> None:
    parts["completeness.json"] = b'{"last": {"seq": "x", "leaf_hash": 7}, "beside": 3}'


def _other_checkpoint(parts: Parts) -> None:
    lines = parts["checkpoint.txt"].split(b"\n")
    parts["checkpoint.txt"] = b"\n".join([*lines[:2], b"A" * 43 + b"=", *lines[3:]])


ALTERED: Mapping[Callable[[Parts], None], str] = {
    _omit_last: "stream-broken",
    _edit_last: "proof-false",
    _no_proof: "proof-false",
    _other_proof: "proof-false",
    _other_stream: "stream-broken",
    _other_seal: "seal-false",
    _other_last: "seal-false",
    _strange_way: "seal-false",
    _other_checkpoint: "proof-false",
}


@pytest.mark.parametrize("alter", ALTERED, ids=lambda alter: alter.__name__)
def test_an_altered_bundle_is_found(parts: Parts, alter: Callable[[Parts], None]) -> None:
    """Given a bundle, when a part of it is altered, left out or exchanged, then that is found, and told as what it is."""
    altered = dict(parts)
    assert verify_bundle(packed(altered)).stream.startswith("case/")
    alter(altered)

    with pytest.raises(Damage) as caught:
        verify_bundle(packed(altered))
    assert caught.value.kind == ALTERED[alter]


def test_every_flipped_byte_is_found_or_changes_no_answer(proved: Proved) -> None:
    """Given a bundle, when any of its bytes is flipped, then it does not verify, or shows what it showed before."""
    data = proved.bundle(proved.case)
    before = verify_bundle(data)
    found = 0
    for offset in range(0, len(data), 37):
        flipped = bytearray(data)
        flipped[offset] ^= 1 << offset % 8
        try:
            shown = verify_bundle(bytes(flipped))
        except (Damage, BundleUnreadable):
            found += 1
        else:
            assert shown == before, f"byte {offset}"
    assert found


# -- no bundle ------------------------------------------------------------------------------------------------------------------


def test_a_bundle_cut_short_is_unreadable(proved: Proved) -> None:
    """Given a bundle, when its end is missing, wherever it was cut, then it is unreadable."""
    data = proved.bundle(proved.case)
    for size in (0, 1, 4, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(BundleUnreadable):
            verify_bundle(data[:size])


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"mimetype": b"application/epub+zip"},
        {"manifest.json": b"{}"},
        {"manifest.json": b"[]"},
        {"manifest.json": b"[" * 100_000},
        {"../../etc/passwd": b"x"},
        {"leaves/0.json": b"{}"},
        {"manifest.json": b'{"format": "casesys-bundle.v2"}'},
    ],
    ids=str,
)
def test_a_foreign_archive_is_unreadable(foreign: Parts) -> None:
    """Given an archive of something else, when it is verified, then it is unreadable, not damaged."""
    with pytest.raises(BundleUnreadable):
        verify_bundle(packed(foreign))


def test_an_archive_that_unpacks_without_end_is_given_up(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an archive whose files unpack to far more than they take, when it is verified, then it is given up in time."""
    monkeypatch.setattr(reading, "BYTES_AT_MOST", 4 * 1024 * 1024)
    bomb = packed({**parts, "README.txt": bytes(64 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024

    with pytest.raises(BundleUnreadable, match="unpacks to more"):
        verify_bundle(bomb)


def test_a_stream_of_the_register_is_no_case(proved: Proved) -> None:
    """Given the name of another stream, when a bundle of it is asked for as a case, then there is none."""
    assert proved.community.log.read_stream(StreamId("register"))
    with pytest.raises(Unproved):
        proved.bundle("../register")
