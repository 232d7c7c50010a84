"""What is no bundle is told apart from a damaged one, however large it pretends to be, and whatever it does to its reader."""

import io
import struct
import tracemalloc
import zipfile
import zlib

import pytest

from casesys.evidence import archive as reading
from casesys.evidence import bundle as verifying
from casesys.evidence.archive import BundleUnreadable
from casesys.evidence.bundle import verify_bundle
from casesys.evidence.chain import Damage
from tests.notary.bundles import Parts, Proved, packed


def test_a_bundle_cut_short_is_unreadable(proved: Proved) -> None:
    """Given a bundle, when its end is missing, wherever it was cut, then it is unreadable."""
    data = proved.bundle(proved.case)
    for size in (0, 1, 4, 100, len(data) // 2, len(data) - 1):
        with pytest.raises(BundleUnreadable):
            verify_bundle(data[:size])


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        {"mimetype": b"application/epub+zip"},
        {"manifest.json": b"{}"},
        {"manifest.json": b"[]"},
        {"manifest.json": b"[" * 100_000},
        {"../../etc/passwd": b"x"},
        {"manifest.json": b'{"format": "casesys-bundle.v2"}'},
        {"manifest.json": b'{"format": "casesys-bundle.v3"}'},
        {"manifest.json": b'{"format": ["casesys-bundle.v2"]}'},
    ],
    ids=str,
)
def test_a_foreign_archive_is_unreadable(foreign: Parts) -> None:
    """Given an archive of something else, when it is verified, then it is unreadable, not damaged."""
    with pytest.raises(BundleUnreadable):
        verify_bundle(packed(foreign))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'","', b'", "'),
        (b'","', b'",\n"'),
        (b'"seal":', b'"seal":null,"seal":'),
        (b'"seal":', b'"Seal":null,"seal":'),
        (b'"seal":', b'"sealed":'),
        (b'"log"', b'"\\u006cog"'),
        (b'"positions":[', b'"positions":[0'),
        (b"}", b"}\n"),
    ],
)
def test_a_manifest_has_one_form(parts: Parts, was: bytes, becomes: bytes) -> None:
    """Given a bundle whose manifest says the same otherwise, twice, or more, when it is verified, then it is unreadable."""
    manifest = parts["manifest.json"].replace(was, becomes, 1)
    assert manifest != parts["manifest.json"]

    with pytest.raises(BundleUnreadable, match=r"canonical|not JSON"):
        verify_bundle(packed({**parts, "manifest.json": manifest}))


@pytest.mark.parametrize("leaves", [1, 2_000])
def test_a_bundle_of_the_first_format_is_told_apart(leaves: int) -> None:
    """Given a bundle of the format before this one, when it is verified, then both formats are named, and what can be done."""
    before = {f"leaves/{n}.json": b"{}" for n in range(1, leaves + 1)}
    before |= {f"proofs/{n}.tlog-proof": b"" for n in range(1, leaves + 1)}
    manifest = b'{"format": "casesys-bundle.v1", "stream": "case/1", "seal": null}'

    with pytest.raises(BundleUnreadable, match=r"v1, and this reads casesys-bundle\.v2: have it"):
        verify_bundle(packed({"manifest.json": manifest, **before}))


def test_an_archive_that_points_beyond_all_files_is_unreadable() -> None:
    """Given an archive that says its first file begins at a place that no file has, when it is verified, then it is unreadable."""
    name, data = b"manifest.json", b"{}"
    sizes = (zlib.crc32(data), len(data), len(data))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, *sizes, len(name), 0) + name + data
    extra = struct.pack("<HHQ", 1, 8, 2**63)
    lengths = (len(name), len(extra), 0, 0, 0)
    entry = struct.pack(
        "<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 0, *sizes, *lengths, 0, 2**32 - 1
    )
    entry += name + extra
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(local), 0)

    with pytest.raises(BundleUnreadable, match="no archive that can be read"):
        verify_bundle(local + entry + end)


def test_a_proof_of_far_too_many_hashes_is_not_looked_at(parts: Parts) -> None:
    """Given a bundle with a proof of millions of hashes, when it is verified, then it is false, and takes no memory for each."""
    large = packed({**parts, "proof.bin": bytes(32 * 2_000_000)})

    tracemalloc.start()
    try:
        with pytest.raises(Damage, match="left over"):
            verify_bundle(large)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 32 * 2_000_000


def test_an_archive_of_very_many_files_is_not_opened() -> None:
    """Given an archive of more files than anybody needs, when it is verified, then it is given up before they are looked at."""
    many = packed({f"{n}": b"" for n in range(reading.ENTRIES_AT_MOST + 1)})

    with pytest.raises(BundleUnreadable, match="more than"):
        verify_bundle(many)


@pytest.mark.parametrize("name", ["manifest.json", "checkpoint.txt", "completeness.json"])
def test_a_part_of_many_megabytes_is_not_read(parts: Parts, name: str) -> None:
    """Given a bundle with a part that is far larger than it can be, when it is verified, then it is given up, and not parsed."""
    large = b'{"format": "casesys-bundle.v2", "x": [' + b"[]," * 3_000_000 + b"[]]}"

    with pytest.raises(BundleUnreadable, match="unpacks to more"):
        verify_bundle(packed({**parts, name: large}))


def test_more_leaves_than_are_read_are_given_up(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a bundle of very many lines, each of which would become an object, when it is verified, then it is given up."""
    monkeypatch.setattr(verifying, "LEAVES_AT_MOST", 1_000)

    with pytest.raises(BundleUnreadable, match="more than 1000 leaves"):
        verify_bundle(packed({**parts, "leaves.jsonl": b"\n" * 1_001}))


def test_an_archive_with_a_file_twice_is_unreadable(parts: Parts) -> None:
    """Given a bundle with two files of one name, of which each reader may take another, then it is unreadable."""
    buffer = io.BytesIO(packed(parts))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", parts["manifest.json"])

    with pytest.raises(BundleUnreadable, match="twice"):
        verify_bundle(buffer.getvalue())


@pytest.mark.parametrize(
    "name", ["leaves" + "1" * 60_000 + ".jsonl", "Leaves.jsonl", "leaves.jsonl/", "leaves/1.json"]
)
def test_an_archive_with_odd_names_is_unreadable(parts: Parts, name: str) -> None:
    """Given a bundle with a file of a name that only looks like one of a bundle's, then it is unreadable."""
    with pytest.raises(BundleUnreadable, match="no bundle has"):
        verify_bundle(packed({**parts, name: b"{}"}))


def test_an_archive_packed_in_another_way_is_unreadable(parts: Parts) -> None:
    """Given a bundle packed by a method that not every Python has, then it is unreadable, whatever is in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest.json", parts["manifest.json"])

    with pytest.raises(BundleUnreadable, match="packed"):
        verify_bundle(buffer.getvalue())


def test_an_archive_that_unpacks_without_end_is_given_up(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an archive whose files unpack to far more than they take, when it is verified, then it is given up in time."""
    monkeypatch.setattr(reading, "BYTES_AT_MOST", 4 * 1024 * 1024)
    bomb = packed({**parts, "README.txt": bytes(64 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024

    with pytest.raises(BundleUnreadable, match="unpacks to more"):
        verify_bundle(bomb)
