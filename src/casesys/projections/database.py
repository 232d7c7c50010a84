"""The database of read models: a file beside the store, which can be thrown away at any time and is made anew from the log.

Its tables belong to the projections (`tables`); here are the file, its connections, and the lock by which one process at a time
runs the projections. It is written without waiting for the disk, so that it never slows a commit of the log: after a power cut it may
be a little behind, never damaged. See docs/adr/0012.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from time import monotonic, sleep
from typing import IO, Literal, Self

from casesys.projections import standing
from casesys.projections.failures import ViewsError, of_the_machine, told
from casesys.store.found import Found
from casesys.store.opening import write_ahead

APPLICATION_ID = 0x43415356
"""`CASV` in ASCII, in the header of the file."""

FORMAT_VERSION = 2
"""`user_version` of the file; a file of any other is thrown away."""

BUSY_SECONDS = 5.0
"""How long another writer is waited for."""

PREPARED_STATEMENTS = 256

_HEADER_BYTES = 72
_MAGIC = b"SQLite format 3\0"
_SELECT_TABLES = "SELECT sql FROM sqlite_schema WHERE type = 'table'"

_log = logging.getLogger(__name__)

Kind = Literal["absent", "ours", "outdated", "foreign"]


class Views:
    """The read models of one store. May be used by several threads, and by several processes over the same file."""

    def __init__(self, path: Path, folder: TemporaryDirectory[str] | None = None) -> None:
        """Use a file that is laid out, in a folder that goes when it is closed, if one is given; `open_views` is for callers."""
        self.path = path
        self._folder = folder
        self._held: IO[bytes] | None = None
        self._writing = Lock()
        self._found = Found(path)
        self._db: sqlite3.Connection | None = _connected(path)
        self._found.see_companions()

    @property
    def db(self) -> sqlite3.Connection:
        """The connection that writes; it belongs to whoever is in a transaction."""
        if self._db is None:
            raise ViewsError("views-closed", "the read models are closed", "open them again")
        return self._db

    def reader(self) -> sqlite3.Connection:
        """Open a connection that can only read, each statement as of the moment it begins. The caller closes it."""
        with _telling():
            connection = sqlite3.connect(
                f"{self.path.resolve().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=PREPARED_STATEMENTS,
                timeout=BUSY_SECONDS,
            )
            try:
                connection.execute("SELECT 1 FROM projections").fetchone()
            except sqlite3.Error:
                connection.close()
                raise
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of it, or after an exception nothing. Raises ViewsError."""
        with self._writing, _telling():
            db = self.db
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def wishes(self) -> list[standing.Wish]:
        """Give what was asked for and not done yet, the oldest first."""
        with self._writing, _telling():
            return standing.wishes(self.db)

    def wish(self, name: str, deed: standing.Deed) -> None:
        """Ask whoever runs the projections to do something with one of them."""
        with self.transaction() as db:
            standing.wish(db, name, deed)

    def renew(self) -> bool:
        """Go over to the file that stands at the path, made if none of use does, where it is not the one that is open; say whether.

        For whoever holds the read models, and does not any more then: what was held may have been deleted, too. Raises ViewsError or
        OSError, and is to be called again then.
        """
        if self._found.is_there():
            return False
        with self._writing, _telling():
            former = self.db
            _own_kind_of(self.path)  # or nothing is touched
            self._found.clear_away()
            self.let_go()
            _make_usable(self.path)
            found = Found(self.path)
            self._db, self._found = _connected(self.path), found
            found.see_companions()
            former.close()
        _log.warning("%s was deleted or replaced: it is opened anew", self.path.name)
        return True

    def hold(self) -> bool:
        """Become the one that runs the projections, if nobody is. Ends with `let_go` or the process."""
        if self._held is None:
            self._held = _locked(self.path)
        return self._held is not None

    def let_go(self) -> None:
        """Let others run the projections."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def close(self) -> None:
        """Let go of the file; of one in memory nothing stays."""
        with self._writing:
            if self._db is not None:
                self._db.close()
                self._db = None
        self.let_go()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        """Use the read models for the length of a block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close them."""
        self.close()


def open_views(path: Path | None) -> Views:
    """Open the read models in a file, made empty if it has none; without a path, for this process only.

    A file of another format, or a damaged one, is thrown away, which the log of the program tells. Raises ViewsError: `views-foreign`
    for another program's file, which is not touched; `views-in-use` if what should be thrown away is being used; and what SQLite
    may meet.
    """
    folder = TemporaryDirectory(prefix="casesys-views-") if path is None else None
    file = path if folder is None else Path(folder.name) / "views"
    assert file is not None
    try:
        with _telling():
            _make_usable(file)
            return Views(file, folder)
    except BaseException:
        if folder is not None:
            folder.cleanup()
        raise


def kind_of(path: Path) -> Kind:
    """Tell by the first bytes of a file whose it is, changing nothing."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
    except FileNotFoundError:
        return "absent"
    except OSError as error:
        raise unreadable(path, error) from error
    if not header:
        return "absent"
    version, application = header[60:64], header[68:72]
    if not header.startswith(_MAGIC) or int.from_bytes(application) != APPLICATION_ID:
        return "foreign"
    return "ours" if int.from_bytes(version) == FORMAT_VERSION else "outdated"


def unreadable(path: Path, error: OSError) -> ViewsError:
    """Give what it means that the system does not let a file be looked at."""
    return ViewsError(
        "views-unreadable",
        f"{path} cannot be read ({error.strerror})",
        "check the path and this user's rights to the file and its folder",
    )


def _make_usable(path: Path) -> None:
    """Have a file that can be used at a path."""
    if not _is_sound(path):
        _make(path)


def _own_kind_of(path: Path) -> Kind:
    """Tell the kind of a file, but raise ViewsError for another program's."""
    kind = kind_of(path)
    if kind == "foreign":
        raise ViewsError(
            "views-foreign",
            f"{path} belongs to another program",
            "move it away: casesys keeps its read models there",
        )
    return kind


def _is_sound(path: Path) -> bool:
    """Say whether a file can be used as it is. Raises ViewsError for another program's."""
    if _own_kind_of(path) != "ours":
        return False
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        made = {text for (text,) in connection.execute(_SELECT_TABLES)}
        standing.standings(connection)
        standing.wishes(connection)
        return made.issuperset(standing.TABLES)
    except (sqlite3.Error, ValueError) as error:
        trouble = of_the_machine(error) if isinstance(error, sqlite3.Error) else None
        if trouble is not None and trouble.code != "views-corrupt":
            raise
        return False
    finally:
        connection.close()


def _make(path: Path) -> None:
    """Lay out an empty file, in place of one that cannot be used, unless somebody else has just done so."""
    until = monotonic() + BUSY_SECONDS
    while (lock := _locked(path)) is None:
        if _is_sound(path):
            return
        if monotonic() > until:
            raise ViewsError(
                "views-in-use",
                f"{path} is of another format or damaged, and a running casesys uses it",
                "stop that one first",
            )
        sleep(0.02)
    with lock:
        if not _is_sound(path):
            if kind_of(path) != "absent":
                _log.warning("%s is of another format or damaged; it is made anew", path.name)
            # Under another name first, or a power cut could leave half of a first page.
            made = path.with_name(f"{path.name}.new")
            for each in (path, made):
                _remove(each)
            _lay_out(made)
            made.replace(path)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _lay_out(path: Path) -> None:
    # All of it in the first transaction and before WAL, so that the first bytes always say whose the file is.
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORMAT_VERSION}")
        for statement in standing.TABLES:
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=PREPARED_STATEMENTS,
        timeout=BUSY_SECONDS,
    )
    try:
        write_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        # By now at the latest SQLite has made what it keeps beside.
        connection.execute("SELECT 1 FROM projections").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _locked(path: Path) -> IO[bytes] | None:
    """Lock the file that stands for running the projections; None if somebody else has."""
    try:
        lock = path.with_name(f"{path.name}.lock").open("ab")
    except OSError as error:
        raise ViewsError(
            "views-unreadable",
            f"the lock beside {path} cannot be opened ({error.strerror})",
            "check the path and this user's rights to the folder",
        ) from error
    with suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    lock.close()
    return None


@contextmanager
def _telling() -> Iterator[None]:
    """Tell what SQLite runs into as ViewsError."""
    try:
        yield
    except sqlite3.Error as error:
        raise told(error) from error
