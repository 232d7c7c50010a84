"""Sweeping: files that no case refers to, because a process ended between keeping one and recording it, are taken away.

Whoever begins to serve a folder sweeps it. What may still be under way is left for the next time; what was looked at once is not
looked at again, however many files there are.
"""

import os
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casesys.attachments.files import mark_of
from casesys.domain.cases.state import Case, case_stream
from casesys.domain.messages import StreamId
from casesys.store.contract import EventLog
from casesys.store.reading import state_of

UNDERWAY = timedelta(hours=1)
"""How old a file is of which nobody can be about to record it any more: requests last seconds."""

SWEPT = "swept"
"""The file whose time of change says until when everything has been looked at."""

PAGE = 10_000

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEPT = re.compile(r"[0-9a-f]{64}-.+")


def sweep(folder: Path, log: EventLog, now: datetime) -> int:
    """Take away the files of a folder that came before the last hour and are of no case; give how many.

    Raises OSError or StoreError; what was looked at so far is looked at again the next time.
    """
    since, until = _swept(folder), now - UNDERWAY
    fresh = [file for file in _files(folder) if since <= _changed(file) < until]
    recorded = _recorded({_mark(file) for file in fresh}, log)
    count = 0
    for file in fresh:
        if file.parent.name not in recorded.get(_mark(file), ()) or _is_a_copy(file):
            file.unlink()
            count += 1
    marker = folder / SWEPT
    marker.touch(mode=0o600)
    os.utime(marker, (until.timestamp(), until.timestamp()))
    return count


def _files(folder: Path) -> Iterator[Path]:
    """Give what was kept here. Whatever else lies in the folder is not ours."""
    for of_a_digest in folder.iterdir():
        if _DIGEST.fullmatch(of_a_digest.name) and of_a_digest.is_dir():
            for file in of_a_digest.iterdir():
                if _KEPT.fullmatch(file.name) and file.is_file():
                    yield file


def _swept(folder: Path) -> datetime:
    marker = folder / SWEPT
    return _changed(marker) if marker.exists() else datetime.min.replace(tzinfo=UTC)


def _changed(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _cases(log: EventLog) -> Mapping[str, StreamId]:
    """Give the streams of all cases, each by what stands for it in the names of files."""
    prefix = case_stream("")
    found: dict[str, StreamId] = {}
    page = log.stream_ids(prefix, "", PAGE)
    while page:
        found |= {mark_of(stream.removeprefix(prefix)): stream for stream in page}
        page = log.stream_ids(prefix, page[-1], PAGE)
    return found


def _recorded(marks: set[str], log: EventLog) -> Mapping[str, Collection[str]]:
    """Give the digests that cases refer to, by what stands for each case; those alone that are asked for are read."""
    found: dict[str, Collection[str]] = {}
    for mark, stream in _cases(log).items() if marks else ():
        if mark in marks:
            case = state_of(log.read_stream(stream)).state
            found[mark] = case.evidence if isinstance(case, Case) else ()
    return found


def _is_a_copy(file: Path) -> bool:
    """Say whether the same file was there before, for the same case: one brought again, or by two at once."""
    copies = file.parent.glob(f"{_mark(file)}-*")
    return file != min(copies, key=lambda each: (_changed(each), each.name))


def _mark(file: Path) -> str:
    return file.name.partition("-")[0]
