"""What casesys is held against, in the same process and at the same durability: raw SQLite, and stock `eventsourcing`.

Both take ten steps a case with a note of 130 characters, each step loaded from the file, checked, and committed before the next
(WAL, `synchronous=FULL`). Raw SQLite is the floor under any event store: read the stream, decode it, check the state, insert, commit.
"""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

STEPS = 10
Lifecycle = Callable[[], None]


def raw(file: Path, note: str) -> Lifecycle:
    """Give one life of a case on plain SQLite."""
    db = sqlite3.connect(file, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute(
        "CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER,"
        " type TEXT, data TEXT, UNIQUE (stream, version))"
    )
    read = "SELECT type, data FROM events WHERE stream = ? ORDER BY version"
    insert = "INSERT INTO events (stream, version, type, data) VALUES (?, ?, ?, ?)"

    def lifecycle() -> None:
        stream = str(uuid4())
        for step in range(STEPS):
            db.execute("BEGIN IMMEDIATE")
            history = [(kind, json.loads(data)) for kind, data in db.execute(read, (stream,))]
            assert len(history) == step
            data = json.dumps({"step": step, "actor": "clerk", "note": note})
            db.execute(insert, (stream, step + 1, f"step-{step}", data))
            db.execute("COMMIT")

    return lifecycle


class _Case(Aggregate):
    @event("Opened")
    def __init__(self, note: str) -> None:
        self.step = 0
        self.notes = [note]

    @event("StepTaken")
    def take(self, step: int, note: str) -> None:
        if self.step != step - 1:
            raise ValueError(f"step {step} does not follow {self.step}")
        self.step = step
        self.notes.append(note)


def stock(file: Path, note: str) -> Lifecycle:
    """Give one life of a case on `eventsourcing` as it comes: its application, aggregate and SQLite recorder."""
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(file)}
    application: Application[UUID] = Application(env=env)

    def lifecycle() -> None:
        case = _Case(note)
        application.save(case)
        for step in range(1, STEPS):
            case = application.repository.get(case.id)
            case.take(step, note)
            application.save(case)

    return lifecycle
