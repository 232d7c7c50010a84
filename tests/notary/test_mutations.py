"""Whatever is done to a store by hand is found, or changes no answer: by each kind of tampering, and by each byte of the file.

The gate flips a sample of the bytes; with CASESYS_SOAK set, each of them in turn. The table of docs/evidence.md is this one.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from casesys.cli.verifying import KINDS
from casesys.domain.sealing import LOG
from casesys.evidence.canonical import canonical
from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint
from casesys.evidence.merkle import leaf_hash
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.verifying import CheckpointForeign, origin_of, verify_log
from casesys.store import Draft, StoreError
from casesys.store.sqlite import open_log
from tests.store.units import START, Clock, draft, unit

STREAMS = 3
SAMPLE = 199
"""In the gate, one byte in so many is flipped; a prime, so that it falls everywhere in the pages."""


class Kept(NamedTuple):
    """A small store, and the checkpoint that somebody has kept of it."""

    path: Path
    checkpoint: Checkpoint


def build(path: Path, text: str = "as it was", log_id: str | None = None) -> Checkpoint:
    """Make a store of twenty events in three streams, some with sealed texts, sealed once; give its checkpoint."""
    clock = Clock()
    with open_log(path, create=True, clock=clock):
        pass
    if log_id is not None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("UPDATE casesys_log SET log_id = ?", (log_id,))
            db.commit()
    with open_log(path, clock=clock) as log:
        for n in range(19):
            clock.advance(60)
            sealed = (b"x" * 40 + bytes([n]), b"y" * 40 + bytes([n])) if n % 2 else ()
            log.append(
                [unit(draft(f"case/{n % STREAMS}", n // STREAMS + 1, f"{text} {n}", sealed))]
            )
            if n == 15:
                log.append([unit(_seal(Notary(log, Ledger.in_memory(log.log_id), "o", ())))])
        peaks = log.head().peaks
        return Checkpoint(origin_of("casesys", log.log_id), peaks.size, peaks.root())


def _seal(notary: Notary) -> Draft:
    mapped = notary.map_streams(16)
    told = canonical({"map_root": mapped.root.hex(), "size": mapped.size})
    return Draft(stream=LOG, stream_seq=1, type="log-sealed", schema_v=1, public_data=told)


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


def statements(*texts: str) -> Callable[[Kept], None]:
    """Tamper by SQL."""

    def tamper(kept: Kept) -> None:
        with closing(sqlite3.connect(kept.path)) as db:
            for text in texts:
                db.execute(text)
            db.commit()

    return tamper


def rehashed(kept: Kept) -> None:
    """Change an event in the middle, and its stored hash with it."""
    with closing(sqlite3.connect(kept.path)) as db:
        ((leaf,),) = db.execute("SELECT state FROM stored_events WHERE rowid = 4").fetchall()
        leaf = leaf.replace(b"as it was", b"as it is!")
        changed = (leaf, leaf_hash(leaf))
        db.execute("UPDATE stored_events SET state = ?, leaf_hash = ? WHERE rowid = 4", changed)
        db.commit()


def rehashed_tip(kept: Kept) -> None:
    """Change the last event, which nothing follows, and its stored hash with it."""
    with closing(sqlite3.connect(kept.path)) as db:
        ((leaf,),) = db.execute("SELECT state FROM stored_events WHERE rowid = 20").fetchall()
        leaf = leaf.replace(b"as it was", b"as it is!")
        changed = (leaf, leaf_hash(leaf))
        db.execute("UPDATE stored_events SET state = ?, leaf_hash = ? WHERE rowid = 20", changed)
        db.commit()


def written_anew(kept: Kept) -> None:
    """Write the whole log anew under the same id, with other texts: whole in itself."""
    log_id = kept.checkpoint.origin.rpartition("/")[2]
    kept.path.unlink()
    build(kept.path, "as it is!", log_id)


def cut_properly(kept: Kept) -> None:
    """Take the last event away and mend the head, as if it had never been."""
    with open_log(kept.path) as log:
        hashes = [stored.leaf_hash for stored in log.read(0, 19)]
        at = log.read(18, 1)[0].leaf.recorded_at
        peaks = type(log.head().peaks)().push(*hashes)
    with closing(sqlite3.connect(kept.path)) as db:
        db.execute("DELETE FROM stored_events WHERE rowid = 20")
        db.execute("DELETE FROM sealed_fields WHERE position = 20")
        head = (19, at.isoformat(), peaks.encode())
        db.execute("UPDATE casesys_log SET size = ?, recorded_at = ?, peaks = ?", head)
        db.commit()


def index_altered(kept: Kept) -> None:
    """Change the name of a stream in the index alone, so that the table is as it was and is found otherwise."""
    data = bytearray(kept.path.read_bytes())
    with closing(sqlite3.connect(kept.path)) as db:
        asked = "SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_stored_events_1'"
        ((page,),) = db.execute(asked).fetchall()
    place = data.index(b"case/1", (page - 1) * 4096)
    data[place : place + 6] = b"case/7"
    kept.path.write_bytes(data)


SWAP_TEXTS = (
    "UPDATE sealed_fields SET ciphertext = (SELECT ciphertext FROM sealed_fields WHERE position = 2 AND slot = 1) "
    "WHERE position = 2 AND slot = 0"
)
TAMPERING: Mapping[str, tuple[Callable[[Kept], None], str]] = {
    "edit an event": (
        statements("UPDATE stored_events SET state = replace(state, 'was', 'is!') WHERE rowid = 4"),
        "columns-altered",
    ),
    "edit an event and its hash": (rehashed, "stream-broken"),
    "edit the last event and its hash": (rehashed_tip, "checkpoint-contradicted"),
    "edit a hash": (
        statements("UPDATE stored_events SET leaf_hash = zeroblob(32) WHERE rowid = 4"),
        "leaf-altered",
    ),
    "delete an event": (statements("DELETE FROM stored_events WHERE rowid = 4"), "position-wrong"),
    "delete an event and close the gap": (
        statements(
            "DELETE FROM stored_events WHERE rowid = 4",
            "UPDATE stored_events SET rowid = rowid - 1 WHERE rowid > 4",
            "UPDATE casesys_log SET size = size",
        ),
        "head-altered",
    ),
    "swap two events": (
        statements(
            "UPDATE stored_events SET rowid = 99 WHERE rowid = 4",
            "UPDATE stored_events SET rowid = 4 WHERE rowid = 7",
            "UPDATE stored_events SET rowid = 7 WHERE rowid = 99",
        ),
        "stream-broken",
    ),
    "slip an event in behind the last": (
        statements(
            "INSERT INTO stored_events SELECT 21, 'case/9', 1, topic, state, leaf_hash, zeroblob(16), 0 "
            "FROM stored_events WHERE rowid = 4"
        ),
        "head-altered",
    ),
    "reuse the place of the last event": (
        statements(
            "DELETE FROM stored_events WHERE rowid = 20",
            "INSERT INTO stored_events SELECT 20, 'case/9', 1, topic, state, leaf_hash, zeroblob(16), 0 "
            "FROM stored_events WHERE rowid = 4",
        ),
        "stream-broken",
    ),
    "remove the last event": (
        statements("DELETE FROM stored_events WHERE rowid = 20"),
        "head-altered",
    ),
    "remove the last event and mend the head": (cut_properly, "log-shorter"),
    "write the whole log anew": (written_anew, "checkpoint-contradicted"),
    "move an event to another case": (
        statements("UPDATE stored_events SET originator_id = 'case/9' WHERE rowid = 20"),
        "columns-altered",
    ),
    "swap two sealed texts": (statements(SWAP_TEXTS), "ciphertext-altered"),
    "add a sealed text to an event": (
        statements("INSERT INTO sealed_fields VALUES (1, 0, x'00')"),
        "ciphertext-unknown",
    ),
    "add a sealed text to no event": (
        statements("INSERT INTO sealed_fields VALUES (99, 0, x'00')"),
        "ciphertext-unknown",
    ),
    "set the head back": (
        statements("UPDATE casesys_log SET recorded_at = '2020-01-01T00:00:00+00:00'"),
        "head-altered",
    ),
    "put another tree into the head": (
        statements("UPDATE casesys_log SET peaks = zeroblob(64)"),
        "head-altered",
    ),
    "add a trigger": (
        statements("CREATE TRIGGER t AFTER INSERT ON stored_events BEGIN SELECT 1; END"),
        "file-damaged",
    ),
    "alter the index alone": (index_altered, "file-damaged"),
}
"""What is done to a store, and the kind of damage that is told."""


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_and_named(kept: Kept, what: str) -> None:
    """Given a small store, when it is tampered with, then that is found, and told as the kind of damage it is."""
    tamper, kind = TAMPERING[what]
    assert verify_log(kept.path, kept.checkpoint).size == 20

    tamper(kept)

    with pytest.raises(Damage) as caught:
        verify_log(kept.path, kept.checkpoint)
    assert caught.value.kind == kind
    assert kind in KINDS


@pytest.mark.parametrize(
    "what", ["remove the last event and mend the head", "write the whole log anew"]
)
def test_only_a_checkpoint_finds_what_is_whole_in_itself(kept: Kept, what: str) -> None:
    """Given a log that was cut or written anew with care, when there is no checkpoint to hold it against, then nothing is found."""
    TAMPERING[what][0](kept)

    assert verify_log(kept.path).size in {19, 20}


def test_an_erased_text_is_withheld_not_damage(kept: Kept) -> None:
    """Given a sealed text that was erased, when the log is verified, then it is counted, and the log is whole."""
    statements("DELETE FROM sealed_fields WHERE position = 2")(kept)

    assert verify_log(kept.path, kept.checkpoint).withheld == 2


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
