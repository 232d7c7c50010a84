"""Notes, checkpoints and proofs as texts, held against the examples of their specification and against alteration."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from casesys.evidence.checkpoints import (
    Checkpoint,
    EventProof,
    open_checkpoint,
    read_proof,
    told_by,
)
from casesys.evidence.notes import (
    NoteInvalid,
    VerifierKey,
    open_note,
    read_verifier_key,
    sign,
    text_of,
)
from casesys.notary.keys import CheckpointKey

PUBLISHED_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
PUBLISHED_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
"""The example that the specification of signed notes publishes."""

SIGNER = CheckpointKey(
    "casesys.example/heyuan", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
)
OTHER = CheckpointKey("casesys.example/heyuan", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ROOT = bytes(range(100, 132))
CHECKPOINT = Checkpoint("casesys.example/heyuan", 20852163, ROOT)


def test_the_published_example_opens_with_its_published_key() -> None:
    """Given note and key from the specification, when the note is opened, then it gives its text."""
    assert (
        open_note(PUBLISHED_NOTE, [read_verifier_key(PUBLISHED_KEY)])
        == "This is an example message.\n"
    )


def test_a_verifier_key_is_written_as_it_is_read() -> None:
    """Given a key in the published form, when it is read and written, then it is the same text."""
    assert str(read_verifier_key(PUBLISHED_KEY)) == PUBLISHED_KEY
    assert read_verifier_key(str(SIGNER.verifier)) == SIGNER.verifier


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com/foo",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4",
        "example.com/foo+530d903a+???",
        " +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ],
)
def test_an_altered_verifier_key_is_refused(text: str) -> None:
    """Given a verifier key with anything changed, when it is read, then it is refused."""
    with pytest.raises(NoteInvalid):
        read_verifier_key(text)


def test_a_checkpoint_has_the_bytes_that_the_specification_asks_for() -> None:
    """Given a checkpoint, when it is signed, then line by line it is origin, size, root, an empty line and the signature."""
    note = CHECKPOINT.signed(SIGNER)
    origin, size, root, empty, signature, end = note.split("\n")
    assert (origin, size, root) == (
        SIGNER.verifier.name,
        "20852163",
        base64.b64encode(ROOT).decode(),
    )
    assert (empty, end) == ("", "")
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("\u2014", SIGNER.verifier.name)
    decoded = base64.b64decode(encoded)
    assert decoded[:4] == SIGNER.verifier.key_id
    Ed25519PublicKey.from_public_bytes(SIGNER.verifier.public).verify(
        decoded[4:], note.encode()[: note.encode().index(b"\n\n") + 1]
    )
    assert open_checkpoint(note, [SIGNER.verifier]) == told_by(note) == CHECKPOINT


def test_a_note_of_an_unknown_key_is_refused() -> None:
    """Given a note signed by another key of the same name, when it is opened, then it is refused, though it tells its text."""
    note = CHECKPOINT.signed(OTHER)
    with pytest.raises(NoteInvalid, match="none of the trusted"):
        open_checkpoint(note, [SIGNER.verifier])
    assert text_of(note) == CHECKPOINT.text


def test_a_rotated_key_signs_beside_the_old_one() -> None:
    """Given a note signed by an old and a new key, when either is trusted, then it opens."""
    note = CHECKPOINT.signed(OTHER, SIGNER)
    for signer in (OTHER, SIGNER):
        assert open_checkpoint(note, [signer.verifier]) == CHECKPOINT


def test_a_false_signature_spoils_a_note_that_is_otherwise_signed() -> None:
    """Given two trusted keys of which one signature is false, when the note is opened, then it is refused."""
    note = (
        CHECKPOINT.signed(SIGNER) + CHECKPOINT._replace(size=1).signed(OTHER).split("\n")[-2] + "\n"
    )
    with pytest.raises(NoteInvalid, match="false"):
        open_checkpoint(note, [SIGNER.verifier, OTHER.verifier])


@given(st.data())
def test_no_character_of_a_checkpoint_can_be_changed_unseen(data: st.DataObject) -> None:
    """Given a signed checkpoint, when any one character is another, then it no longer opens."""
    note = CHECKPOINT.signed(SIGNER)
    at = data.draw(st.integers(0, len(note) - 1))
    put = data.draw(st.characters(codec="utf-8").filter(lambda c: c != note[at]))
    with pytest.raises(NoteInvalid):
        open_checkpoint(note[:at] + put + note[at + 1 :], [SIGNER.verifier])


@pytest.mark.parametrize(
    "text",
    [
        "origin\n5\n",
        "origin\n05\n" + base64.b64encode(ROOT).decode() + "\n",
        "origin\n-5\n" + base64.b64encode(ROOT).decode() + "\n",
        "origin\n5\n" + base64.b64encode(ROOT[:31]).decode() + "\n",
        "\n5\n" + base64.b64encode(ROOT).decode() + "\n",
        "origin\n5 \n" + base64.b64encode(ROOT).decode() + "\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    """Given a note whose text is not that of a checkpoint, when it is opened as one, then it is refused."""
    with pytest.raises(NoteInvalid):
        open_checkpoint(sign(text, SIGNER), [SIGNER.verifier])


@pytest.mark.parametrize("text", ["no newline", "a tab\t\n", "half a character \ud800\n", "\r\n"])
def test_what_no_note_may_hold_is_not_signed(text: str) -> None:
    """Given a text that a note may not hold, when it is to be signed, then it is refused."""
    with pytest.raises(NoteInvalid):
        sign(text, SIGNER)


@given(st.integers(0, 2**40), st.lists(st.binary(min_size=32, max_size=32), max_size=41))
def test_a_proof_is_read_as_it_was_written(index: int, hashes: list[bytes]) -> None:
    """Given a proof of an event, when it is written as text and read, then it is the same proof."""
    proof = EventProof(index, tuple(hashes), CHECKPOINT.signed(SIGNER))
    assert read_proof(proof.text) == proof
    with_extra = proof.text.replace("@v1\n", "@v1\nextra AAAA\n", 1)
    assert read_proof(with_extra) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1",
        "c2sp.org/tlog-proof@v2\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra !!\nindex 1\n\nx",
        "c2sp.org/tlog-proof@v1\nextra AAAA\nextra AAAA\nindex 1\n\nx",
    ],
)
def test_a_text_that_is_no_proof_is_refused(text: str) -> None:
    """Given a text that is not in the form of a proof, when it is read as one, then it is refused."""
    with pytest.raises(NoteInvalid):
        read_proof(text)


def test_a_verifier_key_of_a_name_with_spaces_is_refused() -> None:
    """Given a key whose name no note could carry, when it is written and read, then it is refused."""
    with pytest.raises(NoteInvalid):
        read_verifier_key(str(VerifierKey("two words", SIGNER.verifier.public)))
