"""Whatever is done to a store by hand is found, or changes no answer: by each kind of tampering, and by each byte of the file.

The gate flips a sample of the bytes; with CASESYS_SOAK set, each of them in turn.
"""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from casesys.evidence.chain import Damage
from casesys.evidence.leaf import read_leaf
from casesys.evidence.leaf_form import read_leaf as read_leaf_by_python
from casesys.evidence.telling import KINDS
from casesys.notary.verifying import CheckpointForeign, verify_log
from casesys.store import StoreError
from casesys.store.sqlite import open_log
from tests.notary.tampering import OTHER_FORMS, TAMPERING, Kept, build, rewriting_tip
from tests.store.units import START, draft, unit

SAMPLE = 199
"""In the gate, one byte in so many is flipped; a prime, so that it falls everywhere in the pages."""

HEADER_BYTES = 100
"""At the beginning of every SQLite file."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The store as it was."""
    path = tmp_path_factory.mktemp("original") / "log.sqlite"
    return Kept(path, build(path))


@pytest.fixture
def kept(original: Kept, tmp_path: Path) -> Kept:
    """A copy that a test may do anything to."""
    path = tmp_path / "log.sqlite"
    shutil.copy(original.path, path)
    return Kept(path, original.checkpoint)


# -- tampering by kind ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_and_named(kept: Kept, what: str) -> None:
    """Given a small store, when it is tampered with, then that is found, and told as the kind of damage it is."""
    tamper, kind = TAMPERING[what]
    assert verify_log(kept.path, kept.checkpoint).size == 20

    tamper(kept)

    places = set()
    for read in (read_leaf, read_leaf_by_python):
        with pytest.raises(Damage) as caught:
            verify_log(kept.path, kept.checkpoint, read)
        assert caught.value.kind == kind
        places.add(caught.value.position)
    assert len(places) == 1
    assert kind in KINDS


@pytest.mark.parametrize("form", OTHER_FORMS)
def test_an_event_in_another_form_is_found_without_a_checkpoint(kept: Kept, form: str) -> None:
    """Given a log in which all agrees but that an event could be read in two ways, when it is verified, then that is found."""
    before, after = OTHER_FORMS[form]
    rewriting_tip(lambda leaf: leaf.replace(before, after))(kept)

    for read in (read_leaf, read_leaf_by_python):
        with pytest.raises(Damage) as caught:
            verify_log(kept.path, read=read)
        assert (caught.value.position, caught.value.kind) == (20, "leaf-unreadable")


def test_a_link_to_a_store_is_verified_with_what_lies_beside_the_store(kept: Kept) -> None:
    """Given a store that somebody has open, when a link to it elsewhere is verified, then up to its very last event."""
    link = kept.path.parent / "folder" / "link.sqlite"
    link.parent.mkdir()
    link.symlink_to(kept.path)
    with open_log(kept.path) as log:
        log.append([unit(draft("case/9", 1))])

        assert verify_log(link, kept.checkpoint).size == 21


@pytest.mark.parametrize(
    "what", ["remove the last event and mend the head", "write the whole log anew"]
)
def test_only_a_checkpoint_finds_what_is_whole_in_itself(kept: Kept, what: str) -> None:
    """Given a log that was cut or written anew with care, when there is no checkpoint to hold it against, then nothing is found."""
    TAMPERING[what][0](kept)

    assert verify_log(kept.path).size in {19, 20}


def test_the_documents_table_is_this_one() -> None:
    """Given the page for auditors, then its table names every kind of tampering here with the damage that is told."""
    page = Path("docs/evidence.md").read_text(encoding="utf-8")

    for what, (_, kind) in TAMPERING.items():
        assert f"| {what} | `{kind}` |" in page


# -- byte by byte ---------------------------------------------------------------------------------------------------------------


def answers(path: Path) -> object:
    """Everything that the store answers, however it is asked."""
    with open_log(path) as log:
        events = log.read(0, 1_000)
        streams = log.stream_ids("", "", 1_000)
        return (
            log.log_id,
            log.head(),
            [(each.position, sha256(each.leaf_bytes).digest()) for each in events],
            streams,
            log.read_streams(streams),
            [log.read_stream(stream, upto_version=3) for stream in streams],
            [log.find_command(each.leaf.command_id) for each in events],
            log.ciphertexts(range(30)),
            [log.position_at(each.leaf.recorded_at) for each in events],
            log.position_at(START),
        )


def test_every_flipped_byte_is_found_or_changes_no_answer(original: Kept, tmp_path: Path) -> None:
    """Given a small store, when any one byte of it is flipped, then that is found, or all answers are as they were."""
    data, before = original.path.read_bytes(), answers(original.path)
    path = tmp_path / "flipped.sqlite"
    step = 1 if "CASESYS_SOAK" in os.environ else SAMPLE
    found = 0
    for offset in range(0, len(data), step):
        flipped = bytearray(data)
        flipped[offset] ^= 0xFF if offset % 2 else 1 << offset % 8
        path.write_bytes(flipped)
        try:
            verify_log(path, original.checkpoint)
        except (Damage, StoreError, CheckpointForeign):
            found += 1
        else:
            assert answers(path) == before, f"byte {offset}"
    assert found > len(data) // step // 3


def test_a_flipped_byte_of_the_header_does_not_make_a_store_something_else(
    original: Kept, tmp_path: Path
) -> None:
    """Given a store, when any byte of its file's header is flipped, then it is damaged or as it was; or of a later format."""
    data, before = original.path.read_bytes(), answers(original.path)
    path = tmp_path / "flipped.sqlite"
    told = set()
    for offset in range(HEADER_BYTES):
        flipped = bytearray(data)
        flipped[offset] ^= 0x11
        path.write_bytes(flipped)
        try:
            verify_log(path, original.checkpoint)
        except Damage as damage:
            told.add(damage.kind)
        except StoreError as error:
            told.add(error.code)
        else:
            assert answers(path) == before, f"byte {offset}"
    assert told == {"file-damaged", "store-newer"}
