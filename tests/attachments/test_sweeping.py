"""What a crash left is taken away; nothing else is."""

import asyncio
import os
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from casesys.attachments import Attachments, Declared, Upload, open_attachments, sweep
from casesys.attachments.files import INCOMING, mark_of
from casesys.attachments.sweeping import SWEPT, UNDERWAY
from casesys.bootstrap import create_service
from casesys.bootstrap.sites import open_site
from casesys.settings import SiteSettings, store_settings
from casesys.store.contract import utc_now
from tests.attachments.samples import PNG, pieces
from tests.community import Community, founded


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where files are kept."""
    return tmp_path / "files"


def bring(files: Attachments, community: Community, case_id: str, content: bytes = PNG) -> Upload:
    """Bring a file to a case, as far as keeping it."""
    subject = community.case(case_id).initiator
    return asyncio.run(files.take(case_id, subject, Declared("image/png"), pieces(content, 50_000)))


def record(community: Community, case_id: str, upload: Upload) -> None:
    """Record a file that was brought."""
    fields = {"digest": upload.digest, "media_type": "image/png", "size": upload.size}
    community.do(case_id, "attach-evidence", "grid_worker", **fields)


def aged(folder: Path, upload: Upload, age: timedelta, now: datetime) -> None:
    """Let a file be as old as that."""
    at = (now - age).timestamp()
    os.utime(folder / upload.place, (at, at))


def test_a_file_that_no_case_recorded_is_taken_away(folder: Path) -> None:
    """Given a file kept just before a crash, one recorded and one of no case there is, when a folder is swept, one is left."""
    community, now = founded(), utc_now()
    files = open_attachments(folder, community.vault)
    case_id = community.collect()
    recorded, lost = (bring(files, community, case_id, PNG + each) for each in (b"1", b"2"))
    record(community, case_id, recorded)
    declared = Declared("image/png")
    nobodys = asyncio.run(files.take("case-77", "somebody", declared, pieces(PNG, 50_000)))
    for upload in (recorded, lost, nobodys):
        aged(folder, upload, 2 * UNDERWAY, now)

    assert sweep(folder, community.log, now) == 2

    assert (folder / recorded.place).exists()
    assert not (folder / lost.place).exists()
    assert not (folder / nobodys.place).exists()


def test_what_may_still_be_under_way_is_left_for_the_next_time(folder: Path) -> None:
    """Given a file that came a moment ago, when a folder is swept, it stays; an hour later it is taken away if nobody recorded it."""
    community, now = founded(), utc_now()
    files = open_attachments(folder, community.vault)
    upload = bring(files, community, community.collect())
    (folder / INCOMING).mkdir(exist_ok=True)
    (folder / INCOMING / "half").write_bytes(b"half")

    assert sweep(folder, community.log, now) == 0
    assert sweep(folder, community.log, now + 2 * UNDERWAY) == 1

    assert not (folder / upload.place).exists()
    assert (folder / INCOMING / "half").exists()


def test_what_is_not_ours_is_left_alone(folder: Path) -> None:
    """Given folders and files of others among ours, however old, when a folder is swept, they stay."""
    community, now = founded(), utc_now()
    ours = folder / ("a" * 64)
    others = [
        folder / "backup-2025" / "photo.enc",
        ours / "notes.txt",
        folder / "lost+found" / "#1",
    ]
    for other in others:
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_bytes(b"kept")
    (ours / f"{mark_of('case-77')}-folder").mkdir()

    assert sweep(folder, community.log, now + 2 * UNDERWAY) == 0

    assert all(other.exists() for other in others)


def test_of_a_file_brought_twice_the_first_stays(folder: Path) -> None:
    """Given a recorded file that was brought again before a crash, when a folder is swept, the first stays and can be read."""
    community, now = founded(), utc_now()
    files = open_attachments(folder, community.vault)
    case_id = community.collect()
    first = bring(files, community, case_id)
    record(community, case_id, first)
    again = bring(files, community, case_id)
    aged(folder, first, 4 * UNDERWAY, now)
    aged(folder, again, 2 * UNDERWAY, now)

    assert sweep(folder, community.log, now) == 1

    assert [each.name for each in (folder / first.digest).iterdir()] == [first.place.split("/")[1]]
    assert first.digest == sha256(PNG).hexdigest()


def test_whoever_begins_to_serve_a_folder_sweeps_it(tmp_path: Path) -> None:
    """Given a store with a file that no case recorded, when it is served again, then the file is gone."""
    settings = SiteSettings(store_settings(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    create_service(settings.store).close()
    assert settings.attachments is not None
    lost = settings.attachments / ("a" * 64) / f"{mark_of('case-77')}-1"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"sealed")
    at = (utc_now() - 2 * UNDERWAY).timestamp()
    os.utime(lost, (at, at))

    with open_site(settings):
        assert not lost.exists()


def test_a_folder_that_cannot_be_swept_is_served_all_the_same(tmp_path: Path) -> None:
    """Given a folder whose mark cannot be set, when its store is served, then it is."""
    settings = SiteSettings(store_settings(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    create_service(settings.store).close()
    assert settings.attachments is not None
    settings.attachments.mkdir(exist_ok=True)
    (settings.attachments / SWEPT).symlink_to(settings.attachments / SWEPT)

    with open_site(settings) as parts:
        assert parts.log.head().size == 0


def test_what_was_looked_at_is_not_looked_at_again(folder: Path) -> None:
    """Given a folder that was swept, when it is swept again, only what came since is looked at."""
    community, now = founded(), utc_now()
    files = open_attachments(folder, community.vault)
    case_id = community.collect()
    sweep(folder, community.log, now)
    older, newer = (bring(files, community, case_id, PNG + each) for each in (b"1", b"2"))
    aged(folder, older, 2 * UNDERWAY, now)
    aged(folder, newer, UNDERWAY / 2, now)

    assert sweep(folder, community.log, now + UNDERWAY) == 1

    assert (folder / older.place).exists()
    assert not (folder / newer.place).exists()
