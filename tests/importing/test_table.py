"""A file is looked through before anything is written: what makes its rows doubtful stops it."""

from pathlib import Path

import pytest

from casesys.importing.mapping import FileForm
from casesys.importing.problems import ImportFailed
from casesys.importing.table import LONGEST_LINE, Table, look_through

FORM = FileForm(number="no", time_format="iso", zone="UTC", empty=("NULL",))


def looked_through(folder: Path, content: bytes, form: FileForm = FORM) -> Table:
    """A file of these bytes, looked through for two columns."""
    path = folder / "file.csv"
    path.write_bytes(content)
    return look_through(path, form, frozenset({"no", "kind"}))


def test_rows_know_their_lines(tmp_path: Path) -> None:
    """Given quotes over line ends, blank lines and a mark at the beginning, then each row has its cells and its first line."""
    table = looked_through(
        tmp_path, '\ufeffno, kind ,more\r\n1,"a\nb",x\r\n\r\n2, NULL ,"say ""y"""\r\n'.encode()
    )

    assert table.columns == ("no", "kind", "more")
    assert table.size == 2
    assert [(row.line, dict(row.cells)) for row in table.rows()] == [
        (2, {"no": "1", "kind": "a\nb", "more": "x"}),
        (5, {"no": "2", "kind": "", "more": 'say "y"'}),
    ]


def test_a_header_alone_is_a_file_without_rows(tmp_path: Path) -> None:
    """Given a header and nothing else, then there are no rows."""
    assert list(looked_through(tmp_path, b"no,kind\n").rows()) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b"\n\n", "file-empty"),
        (b"no;kind\n1;a\n", "file-column-missing"),
        (b"no,type\n1,a\n", "file-column-missing"),
        (b"no,kind,no\n1,a,1\n", "file-column-twice"),
        ("no,kind\n1,caf\xe9\n".encode("latin-1"), "file-encoding"),
        ("no,kind\n1,a\n".encode("utf-16"), "file-encoding"),
        ("no,kind\n1,a\n".encode("utf-16-le"), "file-nul"),
        (b"no,kind\n1,a\0b\n", "file-nul"),
        (b'no,kind\n1,"a\n', "file-quoting"),
        (b'no,kind\n1,"a"b\n', "file-quoting"),
        (b"no,kind\n1,a,x\n", "file-ragged"),
        (b"no,kind\n1\n", "file-ragged"),
        (b"no,kind\n1," + b"a" * 200_000 + b"\n", "file-quoting"),
        (b"no,kind\n1," + b"a" * LONGEST_LINE + b"\n", "file-line-too-long"),
    ],
    ids=[
        "empty",
        "blank",
        "another delimiter",
        "missing column",
        "column twice",
        "latin-1",
        "utf-16 with a mark",
        "utf-16 without",
        "nul",
        "quote never closed",
        "text after a quote",
        "too many fields",
        "too few fields",
        "huge field",
        "huge line",
    ],
)
def test_what_makes_rows_doubtful_stops_the_file(tmp_path: Path, content: bytes, code: str) -> None:
    """Given a file that cannot be trusted row by row, when it is looked through, then it is refused by a stable code."""
    with pytest.raises(ImportFailed) as failed:
        looked_through(tmp_path, content)
    assert failed.value.code == code


def test_trouble_is_told_with_its_line(tmp_path: Path) -> None:
    """Given a broken row behind a quoted line end, then the line on which it begins is told."""
    with pytest.raises(ImportFailed) as failed:
        looked_through(tmp_path, b'no,kind\n1,"a\nb"\n2,c,d\n')
    assert failed.value.says.en == "line 4 has 3 fields, the header 2"


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """Given a folder, when it is looked through, then that is told."""
    with pytest.raises(ImportFailed) as failed:
        look_through(tmp_path, FORM, frozenset())
    assert failed.value.code == "file-unreadable"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """Given a path without a file, when it is looked through, then that is told."""
    with pytest.raises(ImportFailed) as failed:
        look_through(tmp_path / "none.csv", FORM, frozenset())
    assert failed.value.code == "file-unreadable"
