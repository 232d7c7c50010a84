"""Notes as the specification lets others write them, with signatures that we know nothing of, and those that it does not."""

from collections.abc import Mapping

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.evidence.checkpoints import Checkpoint, open_checkpoint
from casesys.evidence.notes import (
    NOTE_AT_MOST,
    SIGNATURES_AT_MOST,
    NoteInvalid,
    SignatureFalse,
    VerifierKey,
    in_base64,
    open_note,
    read_verifier_key,
    sign,
    signed_by,
)
from casesys.notary.keys import CheckpointKey

KEY = CheckpointKey("casesys/x", Ed25519PrivateKey.from_private_bytes(bytes(32)))
TEXT = Checkpoint("casesys/x", 7, bytes(32)).text
OURS = sign(TEXT, KEY).removeprefix(f"{TEXT}\n")


def line(name: str, size: int = 64, key_id: bytes = b"\xff\xfe\xfd\xfc") -> str:
    """Give the signature of a stranger, of so many bytes."""
    return f"— {name} {in_base64(key_id + bytes(size))}\n"


def opens(note: str) -> bool:
    """Say whether a note opens with our key."""
    try:
        return open_note(note, [KEY.verifier]) == TEXT
    except NoteInvalid:
        return False


UNSEEN = ("\u200b", "\ue000", "\u180e", "\ufeff", "\U000e0001", "\x7f", "\x80", "\u202e", "\u0378")
SPACES = (" ", "\u2028", "\u00a0", "\u0085", "\u3000", "\t", "\x1f")

TAKEN: Mapping[str, str] = {
    "ours alone": OURS,
    "ours twice": OURS * 2,
    **{f"a stranger named {c!a}": line(f"w{c}x") + OURS for c in (*UNSEEN, "é", "😀")},
    "sixteen strangers": "".join(line(f"w{n}") for n in range(15)) + OURS,
    "as many as there may be": line("w") * (SIGNATURES_AT_MOST - 1) + OURS,
    "long ones against machines of tomorrow": OURS
    + "".join(line(f"w{n}", 5_000) for n in range(15)),
    "our name with another id": line("casesys/x") + OURS,
    "our id with another name": line("other", key_id=KEY.verifier.key_id) + OURS,
    "one of a single byte": line("w", 1) + OURS,
}
"""Lines of signatures that a note may have."""

REFUSED: Mapping[str, str] = {
    **{f"a name with {c!a}": line(f"w{c}x") + OURS for c in (*SPACES, "+", "\x00", "\ud800")},
    "no name": line("") + OURS,
    "none": "",
    "only strangers": line("w"),
    "our id with another name alone": OURS.replace("casesys/x", "other"),
    "an id and no signature": line("w", 0) + OURS,
    "no base64": "— w !!!!\n" + OURS,
    "base64 of another kind": OURS.replace("+", "-").replace("=", ""),
    "bits behind the end": f"— w {in_base64(bytes(65))[:-2]}B=\n" + OURS,
    "no line end": OURS.removesuffix("\n"),
    "line ends of other systems": OURS.replace("\n", "\r\n"),
    "a hyphen": OURS.replace("—", "-"),
    "a shorter dash": OURS.replace("—", "–"),
    "two spaces": OURS.replace("— ", "—  "),
    "a space at the end": OURS.replace("\n", " \n"),
    "a third word": OURS.replace("\n", " x\n"),
    "an empty line behind": OURS + "\n",
    "more than there may be": line("w") * SIGNATURES_AT_MOST + OURS,
    "more than are read": OURS + line("w", NOTE_AT_MOST),
}
"""Lines that spoil a note, though ours may be among them."""


@pytest.mark.parametrize("lines", TAKEN)
def test_signatures_of_strangers_are_passed_over(lines: str) -> None:
    """Given a note with our signature and others as the specification lets them be, then it opens."""
    assert opens(f"{TEXT}\n{TAKEN[lines]}")


@pytest.mark.parametrize("lines", REFUSED)
def test_what_is_no_line_of_a_signature_spoils_a_note(lines: str) -> None:
    """Given a note with a line that no note may have, then it does not open."""
    assert not opens(f"{TEXT}\n{REFUSED[lines]}")


@pytest.mark.parametrize("lines", ["false alone", "false, then true", "true, then false"])
def test_a_false_signature_is_told_from_none(lines: str) -> None:
    """Given a signature that says it is by our key and is not, then that is told, whatever stands beside it."""
    false = line("casesys/x", key_id=KEY.verifier.key_id)
    given = {
        "false alone": false,
        "false, then true": false + OURS,
        "true, then false": OURS + false,
    }

    with pytest.raises(SignatureFalse):
        open_note(f"{TEXT}\n{given[lines]}", [KEY.verifier])


ROOT = in_base64(bytes(32))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (f"casesys/x\n0\n{ROOT}\n", True),
        (f"casesys/x\n9999999999999999999\n{ROOT}\n", True),
        (f"casesys/x\n7\n{ROOT}\nmore\n", True),
        (f"casesys/x\n7\n{ROOT}\n\n", False),
        (f"casesys/x\n7\n{ROOT}\n\nmore\n", False),
        (f"casesys/x\n+7\n{ROOT}\n", False),
        (f"casesys/x\n00\n{ROOT}\n", False),
        (f"casesys/x\n07\n{ROOT}\n", False),
        (f"casesys/x\n\u0667\n{ROOT}\n", False),
        (f"casesys/x\n99999999999999999999\n{ROOT}\n", False),
        (f"casesys/x\n7\n{ROOT[:-1]}\n", False),
        (f"casesys/x\n7\n{ROOT[:-2]}B=\n", False),
        (f"casesys/x\n7\n{in_base64(bytes(31))}\n", False),
        ("casesys/x\n7\n", False),
        (f"\n7\n{ROOT}\n", False),
    ],
)
def test_the_text_of_a_checkpoint_has_one_form(text: str, good: bool) -> None:  # noqa: FBT001 - a table
    """Given a text that our key has signed, then it is a checkpoint if the specification says so."""
    note = sign(text, KEY)
    if good:
        assert open_checkpoint(note, [KEY.verifier]).text == "".join(
            text.partition(f"{ROOT}\n")[:2]
        )
    else:
        with pytest.raises(NoteInvalid):
            open_checkpoint(note, [KEY.verifier])


def test_a_key_is_trusted_for_its_own_log_only() -> None:
    """Given a true signature by the key of another log, when a checkpoint is opened by it, then it is not; as a note it is."""
    note = sign(TEXT.replace("casesys/x", "casesys/y"), KEY)

    assert open_note(note, [KEY.verifier]).startswith("casesys/y\n")
    with pytest.raises(NoteInvalid, match="none of the trusted keys is one of casesys/y"):
        open_checkpoint(note, [KEY.verifier])
    assert signed_by(note) == {("casesys/x", KEY.verifier.key_id)}


@pytest.mark.parametrize("name", ["", "two words", "a\u2028b", "a\tb", "\udcff"])
def test_a_verifier_key_has_a_name_that_notes_can_carry(name: str) -> None:
    """Given a key whose name no note could carry, when it is read, then it is refused, and not as a fault of ours."""
    written = str(KEY.verifier).replace("casesys/x", name)
    with pytest.raises(NoteInvalid, match=r"name|whole characters|control"):
        read_verifier_key(written)
    assert read_verifier_key(str(VerifierKey("w\u200b", KEY.verifier.public))).name == "w\u200b"
