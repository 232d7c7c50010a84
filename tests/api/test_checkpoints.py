"""Checkpoints over HTTP: to be kept by anybody, and each continued by the next as far as another implementation can tell."""

from collections.abc import Iterator
from itertools import combinations_with_replacement

import httpx
import pytest
from scitt_cose import merkle as other

from casesys.evidence.checkpoints import Checkpoint, open_checkpoint
from casesys.evidence.notes import from_base64
from casesys.evidence.proofs import verify_consistency
from casesys.notary.failures import LedgerUnavailable
from casesys.notary.ledger import Ledger
from tests.api.plain import PLAIN
from tests.api.town import Town, served


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A community whose log nobody has signed yet."""
    with served(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture(scope="module")
def kept(town: Town) -> list[Checkpoint]:
    """Checkpoints as somebody without a key has fetched them, while the log grew."""
    for path in ("/v1/bulletin/checkpoint", "/v1/bulletin/consistency?from=1"):
        town.problem(town.get(path, None), 404, "no-checkpoint-yet")
    found = []
    for _ in range(5):
        town.community.collect()
        town.sign()
        note = town.get("/v1/bulletin/checkpoint", None).text
        found.append(open_checkpoint(note, [town.verifier]))
    return found


def asked_again(town: Town, tag: str) -> httpx.Response:
    """Ask for the newest checkpoint unless it is the one of a tag."""
    address = f"{town.address}/v1/bulletin/checkpoint"
    return httpx.get(address, headers={"If-None-Match": tag}, verify=PLAIN)


def test_the_newest_checkpoint_is_a_signed_note_over_the_log(
    town: Town, kept: list[Checkpoint]
) -> None:
    """Given a log that was signed, when anybody asks, then they get the note as text, over all there is, by the log's key."""
    answer = town.get("/v1/bulletin/checkpoint", None)

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    peaks = town.community.log.head().peaks
    assert kept[-1] == Checkpoint(town.verifier.name, peaks.size, peaks.root())
    assert answer.headers["casesys-position"] == str(peaks.size)


def test_whoever_has_the_newest_is_not_sent_it_again(town: Town, kept: list[Checkpoint]) -> None:
    """Given the tag of a checkpoint, when it is still the newest, then the answer is 304 without a body; otherwise the newer one."""
    del kept
    tag = town.get("/v1/bulletin/checkpoint", None).headers["etag"]
    for same in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = asked_again(town, same)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    for another in ('"x"', "x", "", ",,"):
        assert asked_again(town, another).status_code == 200

    town.community.collect()
    assert asked_again(town, tag).status_code == 304
    town.sign()
    assert asked_again(town, tag).status_code == 200


def test_every_checkpoint_is_continued_by_the_later_ones(
    town: Town, kept: list[Checkpoint]
) -> None:
    """Given any two checkpoints, when consistency is asked for, then another implementation makes the same, and it holds."""
    leaves = [stored.leaf_bytes.hex() for stored in town.community.log.read(0, 10**6)]
    for old, new in combinations_with_replacement(kept, 2):
        told = town.get(
            "/v1/bulletin/consistency", None, **{"from": old.size, "to": new.size}
        ).json()

        assert (told["from"], told["to"]) == (old.size, new.size)
        hashes = [from_base64(each) or b"" for each in told["hashes"]]
        verify_consistency(old.size, new.size, old.root, new.root, hashes)
        assert [each.hex() for each in hashes] == other.consistency_proof(
            leaves, old.size, new.size
        )


@pytest.mark.parametrize("path", ["checkpoint", "consistency?from=1"])
def test_auditors_find_the_same_among_what_they_ask(
    town: Town, kept: list[Checkpoint], path: str
) -> None:
    """Given the key of somebody, when they ask below /v1/audit, then it is what the bulletin tells; without a key, 401."""
    del kept
    town.problem(town.get(f"/v1/audit/{path}", None), 401, "key-missing")

    audited, published = town.get(f"/v1/audit/{path}"), town.get(f"/v1/bulletin/{path}", None)

    assert audited.status_code == 200
    assert audited.content == published.content
    assert audited.headers["casesys-position"] == published.headers["casesys-position"]


def test_by_default_consistency_is_with_the_newest(town: Town, kept: list[Checkpoint]) -> None:
    """Given a checkpoint that somebody kept, when only it is named, then the proof leads to the newest one."""
    newest = open_checkpoint(town.get("/v1/bulletin/checkpoint", None).text, [town.verifier])

    told = town.get("/v1/bulletin/consistency", None, **{"from": kept[0].size}).json()

    assert told["to"] == newest.size
    hashes = [from_base64(each) or b"" for each in told["hashes"]]
    verify_consistency(kept[0].size, newest.size, kept[0].root, newest.root, hashes)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("", ""),
        ("to=3", ""),
        ("from=0", "from"),
        ("from=-1", "from"),
        ("from=x", "from"),
        ("from=1&from=2", "from"),
        ("from=3&to=2", "from"),
        ("from=1&to=0", "to"),
        ("from=1&to=999999999", "to"),
        ("from=999999999", "from"),
        ("from=99999999999999999999", "from"),
        ("from=1&old=1", "old"),
    ],
)
def test_sizes_that_there_are_not_are_refused(
    town: Town, kept: list[Checkpoint], query: str, where: str
) -> None:
    """Given sizes that are missing, the wrong way round, none or beyond the newest checkpoint, then it is said which."""
    del kept
    answer = httpx.get(f"{town.address}/v1/bulletin/consistency?{query}", verify=PLAIN)

    told = town.problem(answer, 400, "invalid-query")
    assert [each["where"] for each in told["problems"]] == [where]


def test_what_is_not_signed_is_not_told(town: Town, kept: list[Checkpoint]) -> None:
    """Given events behind the newest checkpoint, when consistency up to them is asked for, then it is refused."""
    del kept
    town.community.collect()
    beyond = town.community.log.head().size

    answer = town.get("/v1/bulletin/consistency", None, **{"from": 1, "to": beyond})

    town.problem(answer, 400, "invalid-query")


def test_trouble_of_the_notary_is_told_without_a_word_of_it(
    town: Town, kept: list[Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file of the notary that cannot be read, when evidence is asked for, then it is not available, and all else goes on."""
    del kept

    def fails(_: Ledger) -> None:
        raise LedgerUnavailable("/a/secret/path: the disk is gone")

    monkeypatch.setattr(Ledger, "latest", fails)
    for path in ("/v1/bulletin/checkpoint", "/v1/bulletin/consistency?from=1"):
        answer = town.get(path, None)
        town.problem(answer, 503, "evidence-unavailable")
        assert "secret" not in answer.text
    ready = town.get("/readyz", None)
    assert (ready.status_code, ready.json()["checkpoint"]) == (200, None)
    assert "casesys_checkpoint_position NaN" in town.get("/metrics").text


def test_the_server_tells_how_far_checkpoints_reach(town: Town, kept: list[Checkpoint]) -> None:
    """Given events behind the newest checkpoint, then readiness and meters tell how many there are and how long they have waited."""
    del kept
    town.sign()
    signed = town.community.log.head().size
    assert town.get("/readyz", None).json()["checkpoint"] == {
        "covered": signed,
        "uncovered": 0,
        "since": None,
    }
    town.community.collect()
    since = town.community.now
    town.community.wait(minutes=5)
    told = town.get("/readyz", None).json()["checkpoint"]

    assert (told["covered"], told["uncovered"]) == (signed, town.community.log.head().size - signed)
    assert told["since"] == since.isoformat().replace("+00:00", "Z")
    meters = town.get("/metrics").text
    assert f"casesys_checkpoint_position {float(signed)}" in meters
    assert "casesys_checkpoint_waiting_seconds 300.0" in meters
