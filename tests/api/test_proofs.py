"""Proofs over HTTP: they hold, by our verifier and another's, for whoever may know; for all others there is nothing to prove."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO

import httpx
import pytest
from scitt_cose import merkle as other

from casesys.domain.cases.state import case_stream
from casesys.domain.messages import Personal
from casesys.domain.register import commands as r
from casesys.domain.vocabulary import Stage
from casesys.evidence.bundle import Verified, open_bundle, verify_bundle
from casesys.evidence.checkpoints import Checkpoint, EventProof, open_checkpoint, read_proof
from casesys.evidence.merkle import leaf_hash
from casesys.evidence.proofs import verify_inclusion
from casesys.evidence.streams_map import Entry, Last, StreamProof, key_of, verify_stream
from casesys.notary.bundling import bundle
from casesys.store import Stored
from tests.api.matrix import EVERYBODY, NOBODY, case_in, populate
from tests.api.plain import PLAIN
from tests.api.town import Town, served
from tests.community import OPERATOR

UNKNOWN = "case-00"
KNOWING, STRANGER = "grid_lead-grid-1", "grid_lead-grid-2"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Two communities in one store, with somebody of each role in each place."""
    with served(tmp_path_factory.mktemp("town")) as town:
        populate(town)
        for person in (OPERATOR, NOBODY, "supervisor", *(each.person for each in EVERYBODY)):
            town.key(person)
        yield town


@pytest.fixture(scope="module")
def case(town: Town) -> str:
    """A case of the grid here that is closed, sealed and signed."""
    case_id = case_in(town.community, Stage.CLOSED)
    town.sign()
    return case_id


def events_of(town: Town, case_id: str) -> list[Stored]:
    """Give the events of a case as they are stored."""
    return town.community.log.read_stream(case_stream(case_id))


def proved(town: Town, answer: httpx.Response) -> tuple[EventProof, Checkpoint]:
    """Read a proof and the checkpoint that it leads to, by the key of the log."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    proof = read_proof(answer.text)
    return proof, open_checkpoint(proof.checkpoint, [town.verifier])


def told(answer: httpx.Response, case_id: str) -> tuple[int, str, Mapping[str, str]]:
    """Give all that an answer tells, but for the case that was asked for, the id of the request and the second of the day."""
    headers = {k: v for k, v in answer.headers.items() if k not in {"date", "x-request-id"}}
    body = re.sub(r"urn:uuid:\w+", "REQUEST", answer.text.replace(case_id, "CASE"))
    return answer.status_code, body, headers


def test_every_event_of_a_case_is_proved_by_id_and_by_position(town: Town, case: str) -> None:
    """Given a case, when the leaf and proof of each event are fetched, then both verifiers find it where it is said to be."""
    for stored in events_of(town, case):
        by_position = town.get(f"/v1/audit/events/{stored.position}/proof", KNOWING)
        by_id = town.get(f"/v1/audit/events/{stored.leaf.event_id}/proof", KNOWING)
        leaf = town.get(f"/v1/audit/events/{stored.leaf.event_id}/leaf", KNOWING)
        assert by_position.text == by_id.text
        proof, checkpoint = proved(town, by_id)
        assert (proof.index, leaf.content) == (stored.position - 1, stored.leaf_bytes)
        verify_inclusion(
            leaf_hash(leaf.content), proof.index, checkpoint.size, proof.hashes, checkpoint.root
        )
        assert other.verify_inclusion(
            leaf.content.hex(),
            proof.index,
            checkpoint.size,
            [each.hex() for each in proof.hashes],
            checkpoint.root.hex(),
        )


def test_a_proof_leads_to_the_checkpoint_that_somebody_kept(town: Town, case: str) -> None:
    """Given a checkpoint that was kept, when a proof for it is asked for, then it leads there, also after others were signed."""
    kept = town.get("/v1/bulletin/checkpoint", None).text
    size = open_checkpoint(kept, [town.verifier]).size
    later = town.community.collect(grid="grid-1")
    beyond = events_of(town, later)[0].position
    town.sign()
    first = events_of(town, case)[0]

    proof, _ = proved(
        town, town.get(f"/v1/audit/events/{first.position}/proof", KNOWING, size=size)
    )

    assert proof.checkpoint == kept
    of_later = f"/v1/audit/events/{beyond}/proof"
    town.problem(town.get(of_later, KNOWING, size=size), 404, "not-proved-yet")
    town.problem(town.get(of_later, KNOWING, size=size + 1), 404, "unknown-checkpoint")


def test_what_no_checkpoint_covers_is_not_proved_yet(town: Town, case: str) -> None:
    """Given an event behind the newest checkpoint, when its proof is asked for, then it is not there yet, but its leaf is."""
    del case
    young = town.community.collect(grid="grid-1")
    stored = events_of(town, young)[0]

    address = f"/v1/audit/events/{stored.position}"
    town.problem(town.get(f"{address}/proof", KNOWING), 404, "not-proved-yet")
    assert town.get(f"{address}/leaf", KNOWING).content == stored.leaf_bytes
    town.problem(town.get(f"/v1/cases/{young}/bundle", KNOWING), 404, "not-proved-yet")
    town.problem(town.get(f"/v1/cases/{young}/completeness", KNOWING), 404, "not-sealed-yet")
    town.sign()
    proved(town, town.get(f"{address}/proof", KNOWING))


IDS_OF_OTHER_SORTS = (
    *("0", "-1", "1.0", "01", "999999999", "9" * 15, "9" * 400, "case-01", "%00", "x y"),
    *("00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000.0"),
)


@pytest.mark.parametrize("named", IDS_OF_OTHER_SORTS)
@pytest.mark.parametrize("what", ["proof", "leaf"])
def test_there_is_no_event_of_another_name(town: Town, case: str, named: str, what: str) -> None:
    """Given anything else than the position or id of an event, when its proof or leaf is asked for, then there is no such event."""
    del case
    answer = town.get(f"/v1/audit/events/{named}/{what}", KNOWING)

    town.problem(answer, 404, "unknown-event")


def test_an_id_is_that_of_one_event(town: Town, case: str) -> None:
    """Given the id of an event, when its number or its writing is another, then there is no such event."""
    named = events_of(town, case)[0].leaf.event_id
    command = named.partition(".")[0]
    for another in (f"{command}.99", f"{command}.00", command, named.upper(), f"{named}.0"):
        if another != named:
            town.problem(
                town.get(f"/v1/audit/events/{another}/proof", KNOWING), 404, "unknown-event"
            )


def test_evidence_is_for_who_may_know(town: Town, case: str) -> None:
    """Given a case, when anybody asks for its evidence, then they get it if they may know; else the answer is that of no case."""
    known, stored = town.community.case(case), events_of(town, case)[0]
    asked = {
        f"/v1/audit/events/{stored.position}/proof": "/v1/audit/events/999999999/proof",
        f"/v1/audit/events/{stored.leaf.event_id}/proof": "/v1/audit/events/999999999/proof",
        f"/v1/audit/events/{stored.position}/leaf": "/v1/audit/events/999999999/leaf",
        f"/v1/cases/{case}/completeness": f"/v1/cases/{UNKNOWN}/completeness",
        f"/v1/cases/{case}/bundle": f"/v1/cases/{UNKNOWN}/bundle",
    }
    knowing = {each.person for each in EVERYBODY if each.may_know(known)}
    assert KNOWING in knowing
    assert STRANGER not in knowing
    with httpx.Client(base_url=town.address, timeout=60, verify=PLAIN) as client:
        for person in (NOBODY, OPERATOR, *(each.person for each in EVERYBODY)):
            headers = town.headers(person)
            for address, of_none in asked.items():
                answer = client.get(address, headers=headers)
                if person in knowing:
                    assert answer.status_code == 200, (person, address, answer.text)
                else:
                    assert answer.status_code == 404, (person, address)
                    assert told(answer, case) == told(client.get(of_none, headers=headers), UNKNOWN)


def test_events_of_the_register_are_for_who_reads_its_trail(town: Town, case: str) -> None:
    """Given an event of the register, when it is asked for, then operator and supervisor get its proof and leaf, others neither."""
    del case
    town.settle()
    log = town.community.log
    events = {stored.leaf.type: stored for stored in log.read(0, 10**6)}
    for kind in ("mandate-given", "person-registered", "document-deposited", "charter-installed"):
        stored = events[kind]
        address = f"/v1/audit/events/{stored.position}"
        for person in (OPERATOR, "supervisor"):
            proof, _ = proved(town, town.get(f"{address}/proof", person))
            assert proof.index == stored.position - 1
            assert town.get(f"{address}/leaf", person).content == stored.leaf_bytes
        for what in ("proof", "leaf"):
            town.problem(town.get(f"{address}/{what}", KNOWING), 404, "unknown-event")


def test_the_hash_of_a_key_is_told_to_operators_alone(town: Town, case: str) -> None:
    """Given the founding and a key, when their leaves are asked for, then operators get them; a supervisor the proofs alone."""
    del case
    town.settle()
    keys = [s for s in town.community.log.read(0, 10**6) if s.leaf.type == "api-key-issued"]
    for position in (1, keys[0].position, keys[-1].position):
        (stored,) = town.community.log.read(position - 1, 1)
        address = f"/v1/audit/events/{position}"
        assert town.get(f"{address}/leaf", OPERATOR).content == stored.leaf_bytes
        proved(town, town.get(f"{address}/proof", "supervisor"))
        town.problem(town.get(f"{address}/leaf", "supervisor"), 404, "unknown-event")


def test_personal_fields_of_the_register_are_sealed_in_its_leaves(town: Town, case: str) -> None:
    """Given all events of the register, then no name that somebody was registered by stands in the leaf of any."""
    del case
    community = town.community
    community.register(
        r.RegisterPerson(person_id="named", name=Personal("李建国"), phone=Personal("13800000000")),
    )
    for stored in community.log.read(0, 10**6):
        for text in ("李建国", "13800000000"):
            assert text.encode() not in stored.leaf_bytes


def complete(town: Town, answer: httpx.Response) -> tuple[int, int]:
    """Verify the answer that tells that a case is complete, from the key of the log; give the version, and up to where it is so."""
    assert answer.status_code == 200, answer.text
    given = answer.json()
    leaf = given["seal"]["leaf"].encode()
    proof = read_proof(given["seal"]["proof"])
    checkpoint = open_checkpoint(proof.checkpoint, [town.verifier])
    assert proof.index + 1 == given["seal"]["position"]
    verify_inclusion(leaf_hash(leaf), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    sealed = town.community.log.read(proof.index, 1)[0].leaf
    assert (sealed.type, leaf) == (
        "log-sealed",
        town.community.log.read(proof.index, 1)[0].leaf_bytes,
    )
    stream = given["stream"]
    last = Last(given["last"]["seq"], bytes.fromhex(given["last"]["leaf_hash"]))
    beside = tuple(bytes.fromhex(each) for each in given["beside"])
    root = bytes.fromhex(re.findall(r'"map_root":"([0-9a-f]{64})"', leaf.decode())[0])
    found = verify_stream(stream, StreamProof(beside, Entry(key_of(stream), last)), root)
    assert found == last
    assert f'"size":{given["complete_up_to"]}}}' in leaf.decode()
    return last.seq, given["complete_up_to"]


def test_a_case_is_shown_to_be_complete_up_to_the_last_seal(town: Town, case: str) -> None:
    """Given a case, when its completeness is asked for, then it shows the last event below the seal, then and now."""
    kept = open_checkpoint(town.sign(), [town.verifier]).size
    address = f"/v1/cases/{case}/completeness"
    version = len(events_of(town, case))
    seq, upto = complete(town, town.get(address, KNOWING))
    assert seq == version
    assert upto < kept

    town.community.do(case, "add-note", "grid_lead", note="回访")
    unsealed = town.sign(sealing=False)
    assert complete(town, town.get(address, KNOWING)) == (version, upto)
    assert open_checkpoint(unsealed, [town.verifier]).size > kept
    town.sign()
    assert complete(town, town.get(address, KNOWING))[0] == len(events_of(town, case)) > version
    assert complete(town, town.get(address, KNOWING, size=kept)) == (version, upto)


def unpacked(town: Town, answer: httpx.Response) -> Verified:
    """Verify a bundle in itself, and its checkpoint by the key of the log."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    verified = verify_bundle(answer.content)
    open_checkpoint(verified.note, [town.verifier])
    assert verified.log == town.community.log.log_id
    return verified


def test_a_bundle_is_the_one_that_the_command_line_makes(town: Town, case: str) -> None:
    """Given a case, when its bundle is fetched, then it verifies, is complete, and is byte by byte what is made from the store."""
    note = town.sign()

    answer = town.get(f"/v1/cases/{case}/bundle", KNOWING)

    verified = unpacked(town, answer)
    assert (verified.stream, verified.events) == (case_stream(case), len(events_of(town, case)))
    assert verified.upto > 0
    log, notary = town.community.log, town.parts.notary
    assert answer.content == b"".join(bundle(log, notary, case, note))
    assert answer.headers["content-disposition"] == f'attachment; filename="{case}.zip"'


def test_a_bundle_is_made_for_the_checkpoint_somebody_kept(town: Town, case: str) -> None:
    """Given a checkpoint that was kept, when a bundle for it is asked for later, then it shows the case as of then."""
    kept = open_checkpoint(town.sign(), [town.verifier])
    before = len(events_of(town, case))
    town.community.do(case, "add-note", "grid_lead", note="后来")
    town.sign()

    verified = unpacked(town, town.get(f"/v1/cases/{case}/bundle", KNOWING, size=kept.size))

    assert (verified.checkpoint, verified.events) == (kept, before)
    assert unpacked(town, town.get(f"/v1/cases/{case}/bundle", KNOWING)).events == before + 1
    for path in ("bundle", "completeness"):
        answer = town.get(f"/v1/cases/{case}/{path}", KNOWING, size=kept.size + 1)
        town.problem(answer, 404, "unknown-checkpoint")


def test_a_bundle_has_the_proof_of_each_event_in_it(town: Town, case: str) -> None:
    """Given a bundle, when the proof of each event is taken from it, then it is what the server gives for its checkpoint."""
    bundle = open_bundle(town.get(f"/v1/cases/{case}/bundle", KNOWING).content)
    taken = dict(zip(bundle.positions, bundle.single_proofs(), strict=True))

    for stored in events_of(town, case):
        address = f"/v1/audit/events/{stored.position}/proof"
        asked = town.get(address, KNOWING, size=bundle.checkpoint.size)
        assert taken[stored.position].text.encode() == asked.content
    assert len(taken) > len(events_of(town, case))


def test_no_personal_text_is_in_what_is_proved(town: Town, case: str) -> None:
    """Given a note about somebody, when bundle and leaves are fetched, then the text is in neither."""
    town.community.do(case, "add-note", "grid_lead", note="住户李建国来过")
    town.sign()

    answer = town.get(f"/v1/cases/{case}/bundle", KNOWING)

    with zipfile.ZipFile(BytesIO(answer.content)) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"note-added" in content
    assert "李建国".encode() not in content


def test_a_large_bundle_comes_in_pieces(town: Town) -> None:
    """Given a case of hundreds of events, when its bundle is fetched, then it comes as it is made, and is whole."""
    case = town.community.collect(grid="grid-1")
    for number in range(150):
        town.community.do(case, "add-note", "grid_lead", note=f"第{number}次")
    town.sign()

    with httpx.stream(
        "GET", f"{town.address}/v1/cases/{case}/bundle", headers=town.headers(KNOWING), verify=PLAIN
    ) as answer:
        assert "content-length" not in answer.headers
        content = b"".join(answer.iter_bytes())

    assert verify_bundle(content).events == 151


@pytest.mark.parametrize("query", ["size=0", "size=-1", "size=x", "size=1&size=2", "other=1"])
@pytest.mark.parametrize(
    "path", ["/v1/cases/{}/bundle", "/v1/cases/{}/completeness", "/v1/audit/events/1/proof"]
)
def test_what_is_no_checkpoint_is_refused(town: Town, case: str, path: str, query: str) -> None:
    """Given a size that no checkpoint has, or another parameter, when evidence is asked for, then the query is refused."""
    address = f"{town.address}{path.format(case)}?{query}"

    town.problem(
        httpx.get(address, headers=town.headers(KNOWING), verify=PLAIN), 400, "invalid-query"
    )
