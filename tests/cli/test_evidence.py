"""Keys, checkpoints, verification and bundles from the command line, and every bad thing they may be given."""

import base64
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from scitt_cose import merkle as other

from casesys.evidence.checkpoints import read_proof, told_by
from casesys.evidence.notes import sign
from casesys.evidence.proofs import verify_consistency
from casesys.evidence.standalone import verifier
from casesys.notary.keys import CheckpointKey
from casesys.store.sqlite import open_log
from tests.cli.shell import COLLECT, Ended, Store, casesys
from tests.notary.bundles import packed
from tests.store.units import draft, unit

WHOLE, DAMAGED, UNREADABLE, SELF_CONSISTENT_ONLY, NOT_SHOWN_COMPLETE = range(5)


@pytest.fixture
def signed(store: Store) -> Store:
    """A store that has a key for checkpoints."""
    assert store.run("keys", "generate").status == 0
    return store


def checkpoint(store: Store, file: Path, *options: str) -> Path:
    """Make a checkpoint of a store in a file."""
    ended = store.run("checkpoint", "--out", str(file), *options)
    assert ended.status == 0, ended
    return file


def grow(store: Store, case: str) -> None:
    """Add a case."""
    named = ("--case-id", case, "--title", "路灯不亮", "--grid", "grid-1")
    store.done("collect-case", *COLLECT, *named, by="worker")


def verify(source: Path, *options: object) -> Ended:
    """Verify a file."""
    return casesys("verify", str(source), *map(str, options))


def test_a_store_is_whole_up_to_a_checkpoint_that_was_kept(signed: Store, tmp_path: Path) -> None:
    """Given a checkpoint, when the log has grown since, then it is whole up to there, also by the key that signed; without, not."""
    key = signed.run("keys", "export").out.strip()
    kept = checkpoint(signed, tmp_path / "kept.txt")
    grow(signed, "later")

    assert verify(signed.path, "--checkpoint", kept).status == WHOLE
    assert verify(signed.path, "--checkpoint", kept, "--key", key).status == WHOLE
    alone = verify(signed.path, "--json")
    assert alone.status == SELF_CONSISTENT_ONLY
    assert alone.json["status"] == "self-consistent-only"
    assert alone.json["sealed_up_to"] < alone.json["size"]


def test_verifying_writes_nothing_near_a_copy(signed: Store, tmp_path: Path) -> None:
    """Given a copy of a store, with or without what SQLite keeps beside it, when it is verified, then no file is made or changed."""
    for companions in ((), ("-wal",), ("-wal", "-shm")):
        folder = tmp_path / f"copy{len(companions)}"
        folder.mkdir()
        shutil.copy(signed.path, folder)
        for end in companions:
            (folder / f"{signed.path.name}{end}").touch()
        before = {each.name: each.read_bytes() for each in folder.iterdir()}

        assert verify(folder / signed.path.name).status == SELF_CONSISTENT_ONLY
        after = {each.name: each.read_bytes() for each in folder.iterdir()}
        assert after == before


def test_a_live_store_and_a_copy_of_one_are_verified_with_their_wal(
    signed: Store, tmp_path: Path
) -> None:
    """Given a store that a process writes to, when it or a copy of file and WAL is verified, then its last events are, too."""
    folder = tmp_path / "copy"
    folder.mkdir()
    size = len(signed.leaves())
    with open_log(signed.path) as log:
        log.append([unit(draft("case/x", 1))])
        for end in ("", "-wal"):
            shutil.copy(f"{signed.path}{end}", folder)
        live = verify(signed.path, "--json")
        log.append([unit(draft("case/x", 2))])

    copied = verify(folder / signed.path.name, "--json")

    for ended in (live, copied):
        assert (ended.status, ended.json["size"]) == (SELF_CONSISTENT_ONLY, size + 1)
    assert sorted(each.suffix for each in folder.iterdir()) == [".db", ".db-wal"]


def test_verifying_what_a_killed_process_left_writes_nothing(signed: Store, tmp_path: Path) -> None:
    """Given a store whose writer was killed, when it is verified, then its last events are, too, and no byte beside it changes."""
    size = len(signed.leaves())
    killed = (
        "import os, sys; from pathlib import Path; from tests.store.units import draft, unit;"
        "from casesys.store.sqlite import open_log; log = open_log(Path(sys.argv[1])).__enter__();"
        "log.append([unit(draft('case/x', 1))]); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", killed, signed.path], check=False).returncode == 9
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.is_file()}
    assert before.keys() >= {f"{signed.path.name}-wal", f"{signed.path.name}-shm"}

    ended = verify(signed.path, "--json")

    assert (ended.status, ended.json["size"]) == (SELF_CONSISTENT_ONLY, size + 1)
    after = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.is_file()}
    assert after == before


def test_an_older_copy_is_shorter_than_the_checkpoint(signed: Store, tmp_path: Path) -> None:
    """Given last week's copy in place of the store, when it is held against a later checkpoint, then the first lost event is named."""
    older = tmp_path / "older.db"
    shutil.copy(signed.path, older)
    size = len(signed.leaves())
    grow(signed, "lost")
    kept = checkpoint(signed, tmp_path / "kept.txt")

    ended = verify(older, "--checkpoint", kept, "--json")

    assert (ended.status, ended.json["kind"]) == (DAMAGED, "log-shorter")
    assert ended.json["position"] == size + 1
    assert verify(older).status == SELF_CONSISTENT_ONLY


def test_a_checkpoint_of_another_log_says_nothing(signed: Store, tmp_path: Path) -> None:
    """Given the checkpoint of another store, when one is held against it, then it is told apart, which is no damage."""
    other = Store(tmp_path / "other.db")
    assert other.run("init").status == 0
    assert other.run("keys", "generate", "--name", "elsewhere").status == 0
    kept = checkpoint(other, tmp_path / "other.txt")

    assert verify(signed.path, "--checkpoint", kept).status == UNREADABLE
    assert signed.run("checkpoint", "--out", "x", "--consistency-from", str(kept)).status == DAMAGED


def test_a_replaced_checkpoint_and_a_forged_signature_are_found(
    signed: Store, tmp_path: Path
) -> None:
    """Given a checkpoint whose root or signature was altered, when it is used with the key, then that is damage."""
    key = signed.run("keys", "export").out.strip()
    note = checkpoint(signed, tmp_path / "kept.txt").read_text()
    lines = note.split("\n")
    forged = tmp_path / "forged.txt"
    other_root = [*lines[:2], "A" * 43 + "=", *lines[3:]]
    other_signature = note.replace(
        lines[4][-12:-8], "AAAA" if lines[4][-12:-8] != "AAAA" else "BBBB"
    )
    for text in ("\n".join(other_root), other_signature):
        forged.write_text(text)
        ended = verify(signed.path, "--checkpoint", forged, "--key", key, "--json")
        assert (ended.status, ended.json["kind"]) == (DAMAGED, "checkpoint-contradicted")
    forged.write_text("\n".join(other_root))
    assert verify(signed.path, "--checkpoint", forged).status == DAMAGED


def test_a_rotated_key_signs_beside_the_old_one(signed: Store, tmp_path: Path) -> None:
    """Given a key that is being replaced, then who trusts either verifies; for the retired one alone nothing follows later."""
    old = signed.run("keys", "export").out.strip()
    new = signed.run("keys", "rotate").out.strip()
    both = checkpoint(signed, tmp_path / "both.txt")
    grow(signed, "later")
    assert signed.run("keys", "retire", old.split("+")[1]).status == 0
    later = checkpoint(signed, tmp_path / "later.txt", "--consistency-from", str(both))

    for key in (old, new):
        assert verify(signed.path, "--checkpoint", both, "--key", key).status == WHOLE
    assert verify(signed.path, "--checkpoint", later, "--key", new).status == WHOLE
    assert verify(signed.path, "--checkpoint", later, "--key", old).status == UNREADABLE


def test_a_new_key_signs_the_same_head_again(signed: Store, tmp_path: Path) -> None:
    """Given a log in which nothing happens, when a key is added or retired, then the next checkpoint is one of the keys of now."""
    old = signed.run("keys", "export").out.strip()
    checkpoint(signed, tmp_path / "old.txt")
    new = signed.run("keys", "rotate").out.strip()
    both = checkpoint(signed, tmp_path / "both.txt")
    assert signed.run("keys", "retire", old.split("+")[1]).status == 0
    alone = checkpoint(signed, tmp_path / "alone.txt")

    assert len({told_by(file.read_text()) for file in (tmp_path / "old.txt", both, alone)}) == 1
    for kept, key, status in (
        (both, old, WHOLE),
        (both, new, WHOLE),
        (alone, new, WHOLE),
        (alone, old, UNREADABLE),
    ):
        assert verify(signed.path, "--checkpoint", kept, "--key", key).status == status


def test_a_key_vouches_for_its_own_log_only(signed: Store, tmp_path: Path) -> None:
    """Given a checkpoint that the key of another log has signed, when that key is trusted, then nothing follows."""
    checkpoint(signed, tmp_path / "kept.txt")
    text = (tmp_path / "kept.txt").read_text().split("\n\n")[0] + "\n"
    other_key = CheckpointKey("casesys/another", Ed25519PrivateKey.generate())
    foreign = tmp_path / "foreign.txt"
    foreign.write_text(sign(text, other_key))

    ended = verify(signed.path, "--checkpoint", foreign, "--key", other_key.verifier)

    assert ended.status == UNREADABLE
    assert "none of the trusted keys is one of casesys/" in ended.out


@pytest.mark.parametrize("key", ["", "rubbish", None])
def test_a_key_is_never_passed_over(signed: Store, key: str | None) -> None:
    """Given a store and a key without a checkpoint, when it is verified, then it is told that the key says nothing of a store."""
    key = signed.run("keys", "export").out.strip() if key is None else key

    ended = verify(signed.path, "--key", key)

    assert ended.status == UNREADABLE
    assert "--checkpoint" in ended.out


def test_a_bundle_without_a_seal_is_not_called_whole(signed: Store, tmp_path: Path) -> None:
    """Given a bundle whose seal was taken off, or that never had one, then both programs say that it is not shown to be complete."""
    key = signed.run("keys", "export").out.strip()
    kept = checkpoint(signed, tmp_path / "kept.txt")
    grow(signed, "younger")
    later = checkpoint(signed, tmp_path / "later.txt", "--no-seal")
    off, never, parts = tmp_path / "off.zip", tmp_path / "never.zip", {}
    made = signed.run("bundle", "closed", "--out", str(off), "--checkpoint", str(kept))
    assert (made.status, verify(off, "--key", key).status) == (0, WHOLE)
    assert signed.run("bundle", "younger", "--out", str(never)).status == 0
    with zipfile.ZipFile(off) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["manifest.json"] = re.sub(rb'"seal":\d+', b'"seal":null', parts["manifest.json"])
    off.write_bytes(packed(parts))
    program = tmp_path / "verify.py"
    program.write_text(verifier())

    for file, checked in ((off, kept), (never, later)):
        for trust in (("--checkpoint", checked), ("--key", key)):
            ended = verify(file, *trust)
            assert ended.status == NOT_SHOWN_COMPLETE
            assert ended.out.startswith("not-shown-complete: ")
            bare = [sys.executable, "-I", program, file, *trust]
            assert subprocess.run(bare, check=False).returncode == NOT_SHOWN_COMPLETE
        assert verify(file).status == SELF_CONSISTENT_ONLY


@pytest.mark.parametrize(
    "name", ["", "/", "a//b", "a/", "/a", "https://a", "a b", "a+b", "a\u200b"]
)
def test_a_key_has_a_name_that_can_be_read(store: Store, name: str) -> None:
    """Given a name for a key that is empty, of another kind or not to be seen, then it is refused as that, and no key made."""
    ended = store.run("keys", "generate", "--name", name)

    assert (ended.code, ended.status) == ("checkpoint-key-name-invalid", 2)
    assert store.run("keys", "generate", "--name", "a.example/b").status == 0


def test_what_an_editor_makes_of_a_checkpoint_is_no_damage(signed: Store, tmp_path: Path) -> None:
    """Given a checkpoint with the line ends and the mark at its beginning that some editors leave, then it serves as before."""
    key = signed.run("keys", "export").out.strip()
    kept = checkpoint(signed, tmp_path / "kept.txt")
    file = tmp_path / "case.zip"
    assert signed.run("bundle", "closed", "--out", str(file)).status == 0
    kept.write_bytes(b"\xef\xbb\xbf" + kept.read_bytes().replace(b"\n", b"\r\n"))

    for source in (signed.path, file):
        assert verify(source, "--checkpoint", kept, "--key", key).status == WHOLE


def test_what_was_seen_is_told_though_it_is_no_text(signed: Store) -> None:
    """Given a file in which something has a name of bytes that are no text, when that is told, then as text all the same."""
    with closing(sqlite3.connect(signed.path)) as db:
        db.execute("PRAGMA writable_schema = ON")
        name, view = "CAST(x'76ff' AS TEXT)", "CAST(x'4352454154452056494557' AS TEXT)"
        row = f"('view', {name}, {name}, 0, {view} || ' ' || {name} || ' AS SELECT 1')"
        db.execute(f"INSERT INTO sqlite_schema VALUES {row}")  # noqa: S608 - of this test's own
        db.commit()

    ended = verify(signed.path, "--json")

    assert (ended.status, ended.json["kind"]) == (DAMAGED, "file-damaged")
    assert "\\udcff" in ended.json["says"]


def test_a_checkpoint_over_nothing_shows_nothing(signed: Store, tmp_path: Path) -> None:
    """Given a checkpoint of the log over no events, when it is held against the log, then it is whole only in itself."""
    lines = checkpoint(signed, tmp_path / "kept.txt").read_text().split("\n")
    kept = tmp_path / "empty.txt"
    kept.write_text("\n".join([lines[0], "0", *lines[2:]]))

    assert verify(signed.path, "--checkpoint", kept).status == SELF_CONSISTENT_ONLY


def test_one_key_that_signs_twice_signs_truly_both_times(signed: Store, tmp_path: Path) -> None:
    """Given a checkpoint that bears a key's signature twice, then it is as good as one; if either is false, it is worth nothing."""
    key = signed.run("keys", "export").out.strip()
    kept = checkpoint(signed, tmp_path / "kept.txt")
    note = kept.read_text()
    line = note.split("\n")[-2]
    other = line[:-8] + ("AAAA" if line[-8:-4] != "AAAA" else "BBBB") + line[-4:]
    for added, status in ((line, WHOLE), (other, DAMAGED)):
        kept.write_text(f"{note}{added}\n")

        assert verify(signed.path, "--checkpoint", kept, "--key", key).status == status


def test_a_proof_that_a_checkpoint_continues_an_older_one_is_given(
    signed: Store, tmp_path: Path
) -> None:
    """Given an older checkpoint, when a new one is made from it, then what is given proves that the log has only grown."""
    older = told_by(checkpoint(signed, tmp_path / "older.txt").read_text())
    grow(signed, "later")
    file = tmp_path / "newer.txt"

    ended = signed.run(
        *("checkpoint", "--out", str(file), "--json"),
        *("--consistency-from", str(tmp_path / "older.txt")),
    )

    newer = told_by(file.read_text())
    hashes = [base64.b64decode(each) for each in ended.json["consistency"]]
    assert (ended.status, ended.json["size"]) == (0, newer.size)
    assert newer.size > older.size
    verify_consistency(older.size, newer.size, older.root, newer.root, hashes)


@pytest.mark.usefixtures("unchanged")
def test_a_store_without_a_key_signs_nothing(store: Store, tmp_path: Path) -> None:
    """Given no key, when a checkpoint is asked for, then that is told, and neither log nor file is written."""
    ended = store.run("checkpoint", "--out", str(tmp_path / "kept.txt"))

    assert (ended.code, ended.status) == ("checkpoint-key-missing", 4)
    assert not (tmp_path / "kept.txt").exists()


@pytest.mark.parametrize("text", [b"", b"PK", b"PK\x03\x04", b"no store", bytes(5000)])
def test_what_is_no_log_and_no_bundle_is_unreadable(tmp_path: Path, text: bytes) -> None:
    """Given any other file, or none, when it is verified, then it is unreadable, not damaged."""
    file = tmp_path / "file"
    file.write_bytes(text)

    assert verify(file).status == UNREADABLE
    assert verify(tmp_path / "nothing").status == UNREADABLE
    assert verify(tmp_path).status == UNREADABLE


def test_a_pipe_is_not_waited_for(signed: Store, tmp_path: Path) -> None:
    """Given a pipe that nobody writes to, when it is verified, then it is unreadable at once; a checkpoint may come by one."""
    pipe, program = tmp_path / "pipe.zip", tmp_path / "verify.py"
    os.mkfifo(pipe)
    program.write_text(verifier())

    assert verify(pipe).status == UNREADABLE
    bare = [sys.executable, "-I", str(program), str(pipe)]
    assert subprocess.run(bare, check=False, timeout=30).returncode == UNREADABLE
    note = checkpoint(signed, tmp_path / "kept.txt").read_text()
    giving = Thread(target=pipe.write_text, args=(note,))
    giving.start()
    assert verify(signed.path, "--checkpoint", pipe).status == WHOLE
    giving.join()


def test_the_name_of_a_file_decides_nothing(signed: Store, tmp_path: Path) -> None:
    """Given a store that is called a zip file, and a bundle that is called a store, then each is verified as what it is."""
    kept = checkpoint(signed, tmp_path / "kept.txt")
    store, bundle = tmp_path / "store.zip", tmp_path / "bundle.db"
    assert signed.run("bundle", "closed", "--out", str(bundle)).status == 0
    shutil.copy(signed.path, store)

    assert verify(store, "--checkpoint", kept).status == WHOLE
    assert verify(bundle, "--checkpoint", kept).status == WHOLE


def test_files_without_end_are_not_read(signed: Store, tmp_path: Path) -> None:
    """Given a bundle or a checkpoint of many gigabytes, when it is verified, then it is unreadable at once."""
    large = tmp_path / "large.zip"
    with large.open("wb") as handle:
        handle.truncate(50 * 1024**3)  # it takes no room

    assert verify(large).status == UNREADABLE
    assert verify(signed.path, "--checkpoint", large).status == UNREADABLE


def test_a_bundle_is_verified_here_and_by_bare_python(signed: Store, tmp_path: Path) -> None:
    """Given a case's bundle, then it verifies against key or checkpoint by the command and by the program inside it."""
    key = signed.run("keys", "export").out.strip()
    kept = checkpoint(signed, tmp_path / "kept.txt")
    file = tmp_path / "case.zip"
    assert signed.run("bundle", "closed", "--out", str(file)).status == 0
    with zipfile.ZipFile(file) as archive:
        archive.extract("verify.py", tmp_path)

    told = verify(file, "--checkpoint", kept, "--key", key, "--json")
    assert told.status == WHOLE
    assert (told.json["stream"], told.json["events"]) == ("case/closed", 2)
    assert told.json["complete_up_to"] == told.json["size"] - 1
    assert len(told.json["charters"]) >= 1
    program = [sys.executable, "-I", str(tmp_path / "verify.py"), str(file)]
    for options, status in (
        (["--checkpoint", str(kept)], WHOLE),
        (["--key", key], WHOLE),
        ([], SELF_CONSISTENT_ONLY),
    ):
        assert subprocess.run([*program, *options], check=False).returncode == status


def test_bare_python_gives_each_leaf_its_own_proof(signed: Store, tmp_path: Path) -> None:
    """Given a bundle, when proofs are asked for, then each holds by another's verifier; given a damaged one, nothing is written."""
    kept = told_by(checkpoint(signed, tmp_path / "kept.txt").read_text())
    file, folder = tmp_path / "case.zip", tmp_path / "a" / "b"
    assert signed.run("bundle", "closed", "--out", str(file)).status == 0
    (tmp_path / "verify.py").write_text(verifier())
    program = [sys.executable, "-I", str(tmp_path / "verify.py"), "--proofs", str(folder)]

    ended = subprocess.run([*program, str(file)], check=False)

    assert ended.returncode == SELF_CONSISTENT_ONLY
    leaves = sorted(folder.glob("*.json"))
    assert sorted(folder.iterdir()) == sorted(
        [*leaves, *(each.with_suffix(".tlog-proof") for each in leaves)]
    )
    assert len(leaves) > 2
    for leaf in leaves:
        proof = read_proof(leaf.with_suffix(".tlog-proof").read_bytes().decode())
        assert (proof.index + 1, told_by(proof.checkpoint)) == (int(leaf.stem), kept)
        hashes = [each.hex() for each in proof.hashes]
        assert other.verify_inclusion(
            leaf.read_bytes().hex(), proof.index, kept.size, hashes, kept.root.hex()
        )

    file.write_bytes(file.read_bytes().replace(b"manifest", b"manifesT"))
    nowhere = tmp_path / "nowhere"
    program[-1] = str(nowhere)
    assert subprocess.run([*program, str(file)], check=False).returncode == UNREADABLE
    assert not nowhere.exists()


def test_a_bundle_is_made_for_the_checkpoint_somebody_kept(signed: Store, tmp_path: Path) -> None:
    """Given a log that has grown since a checkpoint, when a bundle is made for it, then it shows the case as of then."""
    kept = checkpoint(signed, tmp_path / "kept.txt")
    signed.done("withdraw-case", "--case-id", "open", by="worker")
    checkpoint(signed, tmp_path / "later.txt")
    file = tmp_path / "case.zip"

    assert signed.run("bundle", "open", "--out", str(file), "--checkpoint", str(kept)).status == 0
    told = verify(file, "--checkpoint", kept, "--json")
    assert (told.status, told.json["events"]) == (WHOLE, 1)
    assert verify(file, "--checkpoint", tmp_path / "later.txt").status == UNREADABLE


def test_what_no_checkpoint_covers_is_in_no_bundle(signed: Store, tmp_path: Path) -> None:
    """Given no checkpoint, one before the case, or a text that is none, when a bundle is asked for, then that is told."""
    file = str(tmp_path / "case.zip")
    assert signed.run("bundle", "open", "--out", file).code == "not-proved-yet"
    kept = checkpoint(signed, tmp_path / "kept.txt")
    grow(signed, "later")
    assert signed.run("bundle", "later", "--out", file).code == "not-proved-yet"
    kept.write_text("no checkpoint")
    given = signed.run("bundle", "open", "--out", file, "--checkpoint", str(kept))
    assert given.code == "checkpoint-invalid"
    assert not Path(file).exists()


def test_a_lost_notary_file_is_made_again_and_a_damaged_one_is_told(
    signed: Store, tmp_path: Path
) -> None:
    """Given the notary's file, when it is gone it is derived again; when it is something else, then that is told."""
    kept = checkpoint(signed, tmp_path / "kept.txt")
    notary = signed.path.with_name(f"{signed.path.name}.notary")
    notary.unlink()
    file = str(tmp_path / "case.zip")
    assert signed.run("bundle", "open", "--out", file, "--checkpoint", str(kept)).status == 0
    for each in signed.path.parent.glob("*.notary*"):
        each.unlink()
    notary.write_bytes(b"something else" * 400)
    assert signed.run("bundle", "open", "--out", file).code == "notary-foreign"
    notary.unlink()
    notary.mkdir()
    assert signed.run("bundle", "open", "--out", file).code == "notary-unavailable"
