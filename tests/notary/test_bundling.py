"""Making bundles: what is made verifies, and how much is in memory for it does not grow with the case."""

import tracemalloc
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.domain.messages import StreamId
from casesys.evidence.bundle import open_bundle, verify_bundle
from casesys.notary.bundling import PIECE_BYTES, bundle
from casesys.notary.failures import LogContradicts, Unproved
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seals_of
from casesys.store.sqlite import open_log
from tests.notary.bundles import Proved
from tests.store.units import draft, unit


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


def test_making_a_bundle_takes_memory_by_positions_not_by_leaves(tmp_path: Path) -> None:
    """Given two cases, one three times as long, when their bundles are made, then in little more memory."""
    short, long = (peak_of_making(tmp_path / f"{n}.sqlite", n) for n in (1_000, 3_000))

    assert long < 1.5 * short


def peak_of_making(path: Path, events: int) -> int:
    """Make a case of so many large events; give the bytes that making its bundle takes at most."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with open_log(path, create=True) as log:
        log.append([unit(draft("case/1", n, "x" * 3_000)) for n in range(1, events + 1)])
        signer = CheckpointKey(f"casesys/{log.log_id}", private)
        notary = Notary(log, Ledger.in_memory(log.log_id), lambda: [signer])
        note = notary.checkpoint()
        made = open_bundle(b"".join(bundle(log, notary, "1", note)))
        assert len(made.leaves) == events
        del made
        tracemalloc.start()
        try:
            for piece in bundle(log, notary, "1", note):
                assert len(piece) < 4 * PIECE_BYTES
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_a_stream_of_the_register_is_no_case(proved: Proved) -> None:
    """Given the name of another stream, when a bundle of it is asked for as a case, then there is none."""
    assert proved.community.log.read_stream(StreamId("register"))
    with pytest.raises(Unproved):
        proved.bundle("../register")
