"""The keys of a log: made once, replaced side by side, retired; and what lies there that is no key."""

import stat
from pathlib import Path

import pytest

from casesys.evidence.checkpoints import Checkpoint, open_checkpoint
from casesys.evidence.notes import NoteInvalid
from casesys.notary.failures import CheckpointKeyInvalid, KeyThere, KeyUnknown
from casesys.notary.keyring import KeyRing

NAME = "casesys/0197"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """Give the ring of a folder that is not there yet."""
    return KeyRing(tmp_path / "log.keys")


def test_the_first_key_is_made_once_and_only_its_owner_may_read_it(
    ring: KeyRing, tmp_path: Path
) -> None:
    """Given no keys, when one is made, then it signs, is private, and no second first key is made."""
    made = ring.generate(NAME)

    (file,) = (tmp_path / "log.keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [key.verifier for key in ring.signers()] == [made]
    with pytest.raises(KeyThere):
        ring.generate(NAME)


def test_while_a_key_is_replaced_both_sign(ring: KeyRing) -> None:
    """Given a key and its successor, when a checkpoint is signed, then who trusts either can open it, and only the new one later."""
    old = ring.generate(NAME)
    new = ring.rotate()

    both = Checkpoint(NAME, 1, bytes(32)).signed(*ring.signers())
    ring.retire(old.key_id.hex())
    later = Checkpoint(NAME, 2, bytes(32)).signed(*ring.signers())

    assert open_checkpoint(both, [old]).size == open_checkpoint(both, [new]).size == 1
    assert open_checkpoint(later, [new]).size == 2
    with pytest.raises(NoteInvalid):
        open_checkpoint(later, [old])


def test_a_number_is_never_given_twice(ring: KeyRing, tmp_path: Path) -> None:
    """Given a retired key, when others are made, then its public half stays as it was."""
    old = ring.generate(NAME)
    ring.rotate()
    ring.retire(old.key_id.hex())
    ring.rotate()

    assert (tmp_path / "log.keys" / "0001.retired").read_text() == f"{old}\n"
    assert len(ring.signers()) == 2


def test_the_only_key_is_not_retired_and_nothing_is_not_replaced(ring: KeyRing) -> None:
    """Given one key, or none, when it is retired or replaced, then that is refused: the log would have no signature."""
    with pytest.raises(KeyUnknown):
        ring.rotate()
    only = ring.generate(NAME)
    with pytest.raises(KeyUnknown):
        ring.retire(only.key_id.hex())
    with pytest.raises(KeyUnknown):
        ring.retire("00000000")


def test_a_file_that_is_no_key_is_told(ring: KeyRing, tmp_path: Path) -> None:
    """Given a key that was cut short, when the keys are read, then it is named, and no checkpoint goes out without it."""
    ring.generate(NAME)
    file = tmp_path / "log.keys" / "0001.checkpoint-key"
    for broken in ("", "casesys-checkpoint-key", file.read_text()[:-9], "x" * 200):
        file.write_text(broken)
        with pytest.raises(CheckpointKeyInvalid, match="0001"):
            ring.signers()
