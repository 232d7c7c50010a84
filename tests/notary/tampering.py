"""What may be done to a store by hand, and what is told of it. The table of docs/evidence.md is the one in here."""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from casesys.domain.sealing import LOG
from casesys.evidence.canonical import canonical
from casesys.evidence.checkpoints import Checkpoint
from casesys.evidence.merkle import Peaks, leaf_hash
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.verifying import origin_of
from casesys.store import Draft
from casesys.store.sqlite import open_log
from tests.store.units import Clock, draft, unit

STREAMS = 3


class Kept(NamedTuple):
    """A small store, and the checkpoint that somebody has kept of it."""

    path: Path
    checkpoint: Checkpoint


def build(
    path: Path, text: str = "as it was", log_id: str | None = None, case: str = "case/1"
) -> Checkpoint:
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
            stream = case if n % STREAMS == 1 else f"case/{n % STREAMS}"
            log.append([unit(draft(stream, n // STREAMS + 1, f"{text} {n}", sealed))])
            if n == 15:
                log.append([unit(_seal(Notary(log, Ledger.in_memory(log.log_id))))])
        peaks = log.head().peaks
        return Checkpoint(origin_of("casesys", log.log_id), peaks.size, peaks.root())


def _seal(notary: Notary) -> Draft:
    mapped = notary.map_streams(16)
    told = canonical({"map_root": mapped.root.hex(), "size": mapped.size})
    return Draft(stream=LOG, stream_seq=1, type="log-sealed", schema_v=1, public_data=told)


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


def rewriting_tip(change: Callable[[bytes], bytes]) -> Callable[[Kept], None]:
    """Write the last event otherwise, and mend its hash and the head: whole in itself but for its form."""

    def tamper(kept: Kept) -> None:
        with closing(sqlite3.connect(kept.path)) as db:
            rows = db.execute("SELECT state, leaf_hash FROM stored_events ORDER BY rowid")
            *before, (leaf, _) = rows.fetchall()
            changed = change(leaf)
            assert changed != leaf
            digest = leaf_hash(changed)
            db.execute(
                "UPDATE stored_events SET state = ?, leaf_hash = ? WHERE rowid = 20",
                (changed, digest),
            )
            peaks = Peaks().push(*(each for _, each in before), digest)
            db.execute("UPDATE casesys_log SET peaks = ?", (peaks.encode(),))
            db.commit()

    return tamper


def taken_back_beside(kept: Kept) -> None:
    """Lay a journal beside the file, as a writer that did not end leaves one, which takes the last event away."""
    other = kept.path.with_name("other.sqlite")
    shutil.copy(kept.path, other)
    with closing(sqlite3.connect(other)) as reader:
        assert reader.execute("SELECT count(*) FROM stored_events").fetchall() == [(20,)]
        cut_properly(Kept(other, kept.checkpoint))
        shutil.copy(f"{other}-wal", f"{kept.path}-wal")


def read_as_the_same(kept: Kept) -> None:
    """Give a case a name of damaged text, which a careless reader takes for the sign that stands for such."""
    kept.path.unlink()
    log_id = kept.checkpoint.origin.rpartition("/")[2]
    build(kept.path, log_id=log_id, case="case/\ufffd")
    with closing(sqlite3.connect(kept.path)) as db:
        db.execute(
            "UPDATE stored_events SET originator_id = CAST(x'636173652fff' AS TEXT) WHERE originator_id = 'case/\ufffd'"
        )
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


def writing(beginning: bytes) -> Callable[[Kept], None]:
    """Write over the beginning of the file."""

    def tamper(kept: Kept) -> None:
        data = kept.path.read_bytes()
        kept.path.write_bytes(beginning + data[len(beginning) :])

    return tamper


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
    "remove a sealed text": (
        statements("DELETE FROM sealed_fields WHERE position = 2 AND slot = 1"),
        "ciphertext-missing",
    ),
    "remove all sealed texts": (statements("DELETE FROM sealed_fields"), "ciphertext-missing"),
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
    "slip an event in before the first": (
        statements(
            "INSERT INTO stored_events SELECT -5, 'case/9', 1, topic, state, leaf_hash, zeroblob(16), 0 "
            "FROM stored_events WHERE rowid = 4"
        ),
        "position-wrong",
    ),
    "claim a quintillion events": (
        statements(
            "UPDATE stored_events SET rowid = 1 << 60 WHERE rowid = 20",
            "UPDATE casesys_log SET size = 1 << 60, peaks = zeroblob(32)",
        ),
        "position-wrong",
    ),
    "date an event before the one before it": (
        rewriting_tip(
            lambda leaf: leaf.replace(b'_at":"2026-03-01T08:19', b'_at":"2026-03-01T08:09')
        ),
        "time-reversed",
    ),
    "give an event another number among its command's": (
        rewriting_tip(lambda leaf: leaf.replace(b'.0","log"', b'.1","log"')),
        "command-broken",
    ),
    "let an event rest on what came after it": (
        rewriting_tip(lambda leaf: leaf.replace(b'"read_index":19', b'"read_index":20')),
        "command-broken",
    ),
    "write an event in another form": (
        rewriting_tip(lambda leaf: leaf.replace(b'"v":1', b'"v":2,"v":1')),
        "leaf-unreadable",
    ),
    "store the id of a command as text": (
        statements("UPDATE stored_events SET command_id = CAST(command_id AS TEXT)"),
        "columns-altered",
    ),
    "name a case by bytes that are no text": (read_as_the_same, "columns-altered"),
    "add a sealed text between two events": (
        statements("INSERT INTO sealed_fields VALUES (4.5, 0, x'00')"),
        "ciphertext-unknown",
    ),
    "put a second head before the head": (
        statements(
            "PRAGMA ignore_check_constraints = ON",
            "INSERT INTO casesys_log SELECT 0, log_id, size, recorded_at, peaks FROM casesys_log",
        ),
        "head-altered",
    ),
    "give the log another name": (
        statements("UPDATE casesys_log SET log_id = 'another'"),
        "leaf-foreign",
    ),
    "take the log's name away": (
        statements("UPDATE casesys_log SET log_id = ''"),
        "leaf-foreign",
    ),
    "add an index": (
        statements("CREATE UNIQUE INDEX i ON stored_events (originator_version, originator_id)"),
        "file-damaged",
    ),
    "add a view": (statements("CREATE VIEW v AS SELECT * FROM stored_events"), "file-damaged"),
    "put a view in the place of the events": (
        statements(
            "ALTER TABLE stored_events RENAME TO others",
            "CREATE VIEW stored_events AS SELECT * FROM others",
        ),
        "file-damaged",
    ),
    "add a column": (statements("ALTER TABLE stored_events ADD COLUMN more"), "file-damaged"),
    "lay a journal beside the file that takes the last event back": (
        taken_back_beside,
        "log-shorter",
    ),
    "damage the first bytes of the file": (writing(b"SQLite farmat 3"), "file-damaged"),
    "mark the file as another program's": (
        statements("PRAGMA application_id = 1"),
        "file-damaged",
    ),
}
"""What is done to a store, and the kind of damage that is told."""


OTHER_FORMS: Mapping[str, tuple[bytes, bytes]] = {
    "white space": (b'"v":1', b'"v": 1'),
    "a key twice": (b'"text":', b'"text":"first","text":'),
    "no number": (b'"text":', b'"n":NaN,"text":'),
    "a fraction": (b'"text":', b'"n":1.0,"text":'),
    "an exponent": (b'"text":', b'"n":1e3,"text":'),
    "minus nothing": (b'"text":', b'"n":-0,"text":'),
    "too large a number": (b'"text":', b'"n":9007199254740993,"text":'),
    "far too large a number": (b'"text":', b'"n":1' + b"0" * 5000 + b',"text":'),
    "half a character": (b'"text":', b'"n":"\\ud800","text":'),
    "bytes that are no text": (b'"text":', b'"n":"\xff","text":'),
    "a key that is not ASCII": (b'},"read_index"', b',"\xe5\x90\x8d":1},"read_index"'),
    "an escape where none is needed": (b'"text":"as', b'"text":"\\u0061s'),
    "keys in another order": (b'"schema_v":1,"stream":', b'"stream":'),
    "a field too many": (b'"v":1', b'"v":1,"w":1'),
    "no stream": (b'"stream":', b'"stroom":'),
    "true for one": (b'"v":1', b'"v":true'),
    "an instant elsewhere": (
        b'"recorded_at":"2026-03-01T08:19:00Z"',
        b'"recorded_at":"2026-03-01T16:19:00+08:00"',
    ),
    "another object": (b'"public_data":{', b'"public_data":[],"public_data":{'),
    "nested without end": (b'"text":', b'"n":' + b"[" * 100_000 + b"]" * 100_000 + b',"text":'),
}
"""What is written for what in a leaf."""
