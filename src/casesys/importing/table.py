"""The CSV file: looked through once for what would break it off in the middle, then read row by row, never held whole.

A row is a row of the file whatever is in it; only what makes the rows themselves doubtful (encoding, quotes, ragged rows) stops the
whole file, and before anything was written.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

from casesys.importing.mapping import FileForm
from casesys.importing.problems import fail
from casesys.importing.values import Row

LONGEST_LINE = 1 << 20
"""Characters. A longer line is a quote that never closes, or no CSV at all."""

UTF8 = frozenset({"utf-8", "utf8", "utf_8"})


class Table(NamedTuple):
    """A file that was looked through: where it is, its columns, and how many rows it has."""

    path: Path
    form: FileForm
    columns: tuple[str, ...]
    size: int

    def rows(self) -> Iterator[Row]:
        """Give the rows in the order of the file; blank lines are none. Raises ImportFailed as `look_through` does."""
        empty, columns = frozenset(self.form.empty), self.columns
        with _opened(self.path, self.form) as lines:
            records = _records(lines, self.form)
            next(records, None)
            for line, record in records:
                cells = [cell.strip() for cell in record]
                if empty:
                    cells = ["" if cell in empty else cell for cell in cells]
                yield Row(line, dict(zip(columns, cells, strict=True)))


def look_through(path: Path, form: FileForm, needed: frozenset[str]) -> Table:
    """Read a whole file without keeping it.

    Raises ImportFailed: `file-unreadable`, `file-empty`, `file-encoding`, `file-nul`, `file-line-too-long`, `file-quoting`,
    `file-ragged`, `file-column-missing`, `file-column-twice`.
    """
    if path.exists() and not path.is_file():
        fail("file-unreadable", path=path, detail="it can be read only once, or not at all")
    with _opened(path, form) as lines:
        records = _records(lines, form)
        header = next(records, None)
        if header is None:
            fail("file-empty")
        columns = tuple(name.strip() for name in header[1])
        _check_columns(columns, needed, form)
        size = sum(1 for _ in records)
    return Table(path, form, columns, size)


def _check_columns(columns: tuple[str, ...], needed: frozenset[str], form: FileForm) -> None:
    for name in columns:
        if columns.count(name) > 1:
            fail("file-column-twice", name=name)
    missing = sorted(needed - set(columns))
    if missing:
        fail(
            "file-column-missing",
            names=", ".join(missing),
            found=", ".join(columns)[:500],
            delimiter=form.delimiter,
            accepted=columns,
        )


@contextmanager
def _opened(path: Path, form: FileForm) -> Iterator["_Lines"]:
    encoding = "utf-8-sig" if form.encoding.lower() in UTF8 else form.encoding
    try:
        with path.open(encoding=encoding, newline="") as stream:
            yield _Lines(stream, form)
    except OSError as error:
        fail("file-unreadable", path=path, detail=error.strerror)


class _Lines:
    """The lines of a file, each of a bearable length; `read` counts them."""

    def __init__(self, stream: TextIO, form: FileForm) -> None:
        self._stream = stream
        self._form = form
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        try:
            while line := self._stream.readline(LONGEST_LINE + 1):
                self.read += 1
                if len(line) > LONGEST_LINE:
                    fail("file-line-too-long", line=self.read, most=LONGEST_LINE)
                if "\0" in line:
                    fail("file-nul", line=self.read)
                yield line
        except UnicodeError:
            fail("file-encoding", line=self.read, encoding=self._form.encoding)


def _records(lines: _Lines, form: FileForm) -> Iterator[tuple[int, list[str]]]:
    """Give each record with the line it begins on; all are as wide as the first, the header."""
    reader = csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote, strict=True)
    width: int | None = None
    begins = 1
    while True:
        begins = lines.read + 1
        try:
            record = next(reader, None)
        except csv.Error as error:
            fail("file-quoting", line=begins, detail=error)
        if record is None:
            return
        if not record:
            continue
        width = width or len(record)
        if len(record) != width:
            fail("file-ragged", line=begins, found=len(record), expected=width)
        yield begins, record
