"""Evidence the whole way: a real server seals and signs by itself; people outside keep what it hands out, and verify it elsewhere."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy
from time import monotonic, sleep
from uuid import uuid4

import httpx
import msgspec
import pytest
from scitt_cose import merkle as other

from casesys.application.assigning import new_secret
from casesys.bootstrap import create_service, founding
from casesys.demo import heyuan
from casesys.domain.messages import Text
from casesys.domain.register.commands import EstablishGrid
from casesys.evidence.checkpoints import Checkpoint, open_checkpoint, read_proof
from casesys.evidence.notes import VerifierKey, from_base64
from casesys.evidence.proofs import ProofInvalid, verify_consistency
from casesys.evidence.standalone import verifier
from casesys.notary.keyring import KeyRing
from casesys.notary.sealing import reach, seals_of
from casesys.notary.verifying import NAME, origin_of
from casesys.settings import store_settings
from casesys.store.contract import EventLog
from casesys.store.sqlite import open_log
from tests.api.plain import PLAIN
from tests.api.site import SECONDS, Site, collected, played, served
from tests.cli.shell import casesys

WHOLE, DAMAGED = 0, 1
CHECKPOINT_EVENTS, SEAL_EVENTS = 3, 5
FEW = ("--checkpoint-events", str(CHECKPOINT_EVENTS), "--seal-events", str(SEAL_EVENTS))
CASE = "heyuan-001"


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo's community, whose server signs after every three events."""
    with served(*played(tmp_path_factory.mktemp("proved")), *FEW) as site:
        yield site


@pytest.fixture(scope="module")
def key(proved: Site) -> VerifierKey:
    """The public half of the key that signs, as it was handed out."""
    (signer,) = ring_of(proved.store).signers()
    return signer.verifier


def ring_of(store: Path) -> KeyRing:
    """Give the keys beside a store."""
    return KeyRing(store.with_name(f"{store.name}.keys"))


def signed(site: Site, over: int = 1) -> str:
    """Wait for a checkpoint over so many events at the least, as an outsider would; give it."""
    until = monotonic() + SECONDS
    with site.as_nobody() as outsider:
        while True:
            answer = outsider.get("/v1/bulletin/checkpoint")
            if answer.is_success and int(answer.headers["casesys-position"]) >= over:
                return answer.text
            assert answer.status_code in {200, 404}, answer.text
            assert monotonic() < until, answer.text
            sleep(0.05)


def settled(site: Site) -> str:
    """Wait until the server has sealed and signed all but the few events that it lets wait; give the newest checkpoint."""
    with site.as_nobody() as outsider, open_log(site.store) as log:
        while not is_settled(log, outsider.get("/readyz").json()["checkpoint"]):
            sleep(0.05)
    return signed(site)


def is_settled(log: EventLog, told: Mapping[str, int] | None) -> bool:
    """Say whether neither a checkpoint nor a seal is due, and the last seal is signed, too."""
    seals = seals_of(log)
    if told is None or not seals or reach(log, seals[-1]).uncovered >= SEAL_EVENTS:
        return False
    return told["covered"] >= seals[-1].position and told["uncovered"] < CHECKPOINT_EVENTS


def continues(site: Site, old: Checkpoint, new: Checkpoint) -> None:
    """Check by both verifiers that one checkpoint continues another. Raises ProofInvalid."""
    with site.as_nobody() as outsider:
        asked = {"from": old.size, "to": new.size}
        told = outsider.get("/v1/bulletin/consistency", params=asked).json()
    hashes = [from_base64(each) or b"" for each in told["hashes"]]
    holds = other.verify_consistency(
        old.root.hex(), new.root.hex(), old.size, new.size, [each.hex() for each in hashes]
    )
    assert holds is _holds(old, new, hashes)
    if not holds:
        raise ProofInvalid("another implementation says so, too")


def _holds(old: Checkpoint, new: Checkpoint, hashes: list[bytes]) -> bool:
    try:
        verify_consistency(old.size, new.size, old.root, new.root, hashes)
    except ProofInvalid:
        return False
    return True


def test_a_server_signs_by_itself_and_only_adds(proved: Site, key: VerifierKey) -> None:
    """Given a server, when the log grows, then checkpoints and seals follow by themselves, and each continues the one before."""
    kept = [open_checkpoint(settled(proved), [key])]
    with proved.client("grid-worker-1") as worker:
        for _ in range(3):
            for _ in range(4):
                collected(worker)
            found = open_checkpoint(signed(proved, kept[-1].size + 3), [key])
            continues(proved, kept[-1], found)
            kept.append(found)
    continues(proved, kept[0], kept[-1])
    with open_log(proved.store) as log:
        seals = [s for s in log.read(0, 10**6) if s.leaf.type == "log-sealed"]
    assert len(seals) >= 2


def test_every_event_of_a_case_is_proved_to_somebody_elses_verifier(
    proved: Site, key: VerifierKey
) -> None:
    """Given a case of the demo, when its history is read and leaf and proof fetched for each event, then each is accepted."""
    settled(proved)
    with proved.client("secretary") as secretary:
        entries = secretary.get(f"/v1/cases/{CASE}/history?limit=200").json()["entries"]
        assert len(entries) > 5
        for entry in entries:
            address = f"/v1/audit/events/{entry['position']}"
            leaf = secretary.get(f"{address}/leaf").content
            proof = read_proof(secretary.get(f"{address}/proof").text)
            checkpoint = open_checkpoint(proof.checkpoint, [key])
            hashes = [each.hex() for each in proof.hashes]
            assert proof.index == entry["position"] - 1
            assert other.verify_inclusion(
                leaf.hex(), proof.index, checkpoint.size, hashes, checkpoint.root.hex()
            )


def test_a_bundle_is_verified_by_bare_python(
    proved: Site, key: VerifierKey, tmp_path: Path
) -> None:
    """Given a checkpoint that was kept and a bundle for it, when Python alone verifies it, then it is whole; altered, not."""
    (tmp_path / "kept.txt").write_text(settled(proved))
    kept = open_checkpoint((tmp_path / "kept.txt").read_text(), [key])
    with proved.client("secretary") as secretary:
        answer = secretary.get(f"/v1/cases/{CASE}/bundle", params={"size": kept.size})
        assert answer.status_code == 200, answer.text
        assert secretary.get(f"/v1/cases/{CASE}/completeness").status_code == 200
    (tmp_path / "case.zip").write_bytes(answer.content)
    (tmp_path / "altered.zip").write_bytes(answer.content.replace(b"manifest", b"manifesT"))
    (tmp_path / "verify.py").write_text(verifier())
    program = [sys.executable, "-I", str(tmp_path / "verify.py")]
    trusted = ["--checkpoint", str(tmp_path / "kept.txt"), "--key", str(key)]

    ended = subprocess.run(
        [*program, str(tmp_path / "case.zip"), *trusted],
        check=False,
        capture_output=True,
        text=True,
    )
    altered = subprocess.run([*program, str(tmp_path / "altered.zip"), *trusted], check=False)

    assert (ended.returncode, ended.stdout[:6]) == (WHOLE, "whole:")
    assert "all there are up to position" in ended.stdout
    assert altered.returncode not in {WHOLE, 3}


def test_a_live_store_is_whole_up_to_what_was_fetched(
    proved: Site, key: VerifierKey, tmp_path: Path
) -> None:
    """Given a checkpoint that was fetched, when the store that is being served is verified against it, then it is whole."""
    kept = tmp_path / "kept.txt"
    kept.write_text(settled(proved))

    ended = casesys("verify", str(proved.store), "--checkpoint", str(kept), "--key", str(key))

    assert ended.status == WHOLE, ended


def test_only_who_may_know_gets_evidence(proved: Site) -> None:
    """Given a case, when somebody from another grid or without a key asks for its evidence, then it is as if there were none."""
    settled(proved)
    with proved.client("grid-worker-1") as worker, proved.client("grid-worker-3") as stranger:
        case = collected(worker).json()["case_id"]
        position = worker.get(f"/v1/cases/{case}/history").json()["entries"][0]["position"]
        of_event = [f"/v1/audit/events/{position}/{what}" for what in ("proof", "leaf")]
        of_case = [f"/v1/cases/{case}/{what}" for what in ("completeness", "bundle")]
        for address in (*of_event, *of_case):
            answer = stranger.get(address)
            code = "unknown-case" if "cases" in address else "unknown-event"
            assert (answer.status_code, answer.json()["code"]) == (404, code)
            with proved.as_nobody() as nobody:
                assert nobody.get(address).status_code == 401


# -- a store that is not what it was --------------------------------------------------------------------------------------------


def history(store: Path, log_id: str | None, grids: int) -> str:
    """Make a store with so many grids, under a log's id if one is given; give the id."""
    settings = store_settings(f"sqlite:///{store}")
    store.parent.mkdir()
    with open_log(store, create=True) as log:
        made = log.log_id
    if log_id is not None:
        with closing(sqlite3.connect(store)) as db, db:
            db.execute("UPDATE casesys_log SET log_id = ?", (log_id,))
    name = Text("和苑", "Heyuan")
    with create_service(settings) as service:
        founded = founding(
            new_secret(),
            grid_id=heyuan.COMMUNITY,
            grid_name=name,
            person_id=heyuan.OPERATOR,
            person_name="何卓",
            at=datetime.now(UTC),
        )
        service.give(*founded)
        for number in range(grids):
            grid = EstablishGrid(grid_id=f"grid-{number}", parent=heyuan.COMMUNITY, name=name)
            envelope = msgspec.structs.replace(founded[1], command_id=uuid4())
            service.give(grid, envelope)
    return log_id or made


def test_whoever_kept_a_checkpoint_finds_another_history(tmp_path: Path) -> None:
    """Given a log written anew, longer, and signed by the same key, when it is served, then last week's checkpoint contradicts it."""
    store, forged = tmp_path / "was" / "log.sqlite", tmp_path / "is" / "log.sqlite"
    log_id = history(store, None, grids=3)
    history(forged, log_id, grids=9)
    key = ring_of(store).generate(origin_of(NAME, log_id))
    file = Path("log.sqlite.keys", "0001.checkpoint-key")
    copy(store.parent / file, forged.parent / file)
    with served(store, {}, *FEW) as site:
        kept = settled(site)
    with served(forged, {}, *FEW) as site:
        newest = settled(site)
        old, new = (open_checkpoint(note, [key]) for note in (kept, newest))
        assert new.size > old.size
        with pytest.raises(ProofInvalid):
            continues(site, old, new)

    (tmp_path / "kept.txt").write_text(kept)
    ended = casesys("verify", str(forged), "--checkpoint", str(tmp_path / "kept.txt"))
    assert ended.status == DAMAGED


def test_a_server_does_not_sign_what_contradicts_what_it_signed(tmp_path: Path) -> None:
    """Given a store put in the place of the one that was signed, when it is served, then nothing is signed, it says so, and serves."""
    store, restored = tmp_path / "was" / "log.sqlite", tmp_path / "is" / "log.sqlite"
    log_id = history(store, None, grids=5)
    history(restored, log_id, grids=2)
    ring_of(store).generate(origin_of(NAME, log_id))
    with served(store, {}, *FEW) as site:
        kept = settled(site)
    for each in store.parent.glob("log.sqlite*"):
        if each.is_file() and "notary" not in each.name:
            each.unlink()
    copy(restored, store)
    with served(store, {}, *FEW) as site, site.as_nobody() as outsider:
        errors = store.with_name("errors.log")
        until = monotonic() + SECONDS
        while " events, and had " not in errors.read_text():
            assert monotonic() < until
            sleep(0.05)
        assert outsider.get("/v1/bulletin/checkpoint").text == kept
        assert outsider.get("/readyz").status_code == 200


def test_the_notarys_file_may_be_deleted_while_it_serves(tmp_path: Path) -> None:
    """Given a server that has signed, when the notary's file is deleted, then it says so, and soon gives the same checkpoint again."""
    store = tmp_path / "site" / "log.sqlite"
    log_id = history(store, None, grids=5)
    ring_of(store).generate(origin_of(NAME, log_id))
    with served(store, {}, *FEW) as site:
        first = settled(site)
        for each in store.parent.glob("log.sqlite.notary*"):
            each.unlink()

        assert settled(site) == first
        with site.as_nobody() as outsider:
            assert outsider.get("/v1/bulletin/consistency?from=1").is_success
        assert "was deleted or replaced" in store.with_name("errors.log").read_text()


def test_a_key_that_is_made_while_it_serves_signs_at_once(tmp_path: Path) -> None:
    """Given a server without keys, then it says so once and has no checkpoint; when a key is made beside it, it signs."""
    store = tmp_path / "site" / "log.sqlite"
    log_id = history(store, None, grids=3)
    with served(store, {}, *FEW) as site, site.as_nobody() as outsider:
        for path in ("/v1/bulletin/checkpoint", "/v1/bulletin/consistency?from=1"):
            answer = outsider.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "no-checkpoint-yet")
        ready = outsider.get("/readyz").json()
        assert (ready["status"], ready["checkpoint"]["covered"]) == ("ready", 0)
        errors, missing = store.with_name("errors.log"), "no key to sign checkpoints with"
        until = monotonic() + SECONDS
        while missing not in errors.read_text():
            assert monotonic() < until
            sleep(0.05)
        sleep(2)
        assert errors.read_text().count(missing) == 1

        key = ring_of(store).generate(origin_of(NAME, log_id))

        assert open_checkpoint(signed(site), [key]).size >= 4


def test_a_damaged_file_of_the_notary_keeps_nobody_from_working(tmp_path: Path) -> None:
    """Given something else in the place of the notary's file, when the store is served, then all but evidence is available."""
    store = tmp_path / "site" / "log.sqlite"
    history(store, None, grids=1)
    store.with_name(f"{store.name}.notary").write_bytes(b"something else" * 400)
    with served(store, {}, *FEW) as site, site.as_nobody() as outsider:
        answer = outsider.get("/v1/bulletin/checkpoint")
        assert (answer.status_code, answer.json()["code"]) == (503, "evidence-unavailable")
        assert "notary" not in answer.text
        ready = outsider.get("/readyz").json()
        assert (ready["status"], ready["checkpoint"]) == ("ready", None)
        assert isinstance(httpx.get(f"{site.address}/openapi.json", verify=PLAIN).json(), dict)
