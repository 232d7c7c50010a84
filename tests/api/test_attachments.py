"""Files of a case, over a real server: brought, recorded, read again, and kept from who may not know."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from casesys.api import attachments
from casesys.attachments import Attachments, Upload
from casesys.domain.cases.state import case_stream
from tests.api.plain import PLAIN
from tests.api.town import FILE_LIMIT, Town, newcomer, served
from tests.attachments.samples import NEVER, PNG, SAMPLES

WORKER = "grid_worker"
PICTURE = PNG + bytes(range(256)) * 700


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the town keeps everything."""
    return tmp_path_factory.mktemp("town")


@pytest.fixture(scope="module")
def town(folder: Path) -> Iterator[Town]:
    """A community, served."""
    with served(folder) as town:
        newcomer(town, "worker-1", "grid_worker", "grid-1")
        yield town


@pytest.fixture
def case_id(town: Town) -> str:
    """A new case in grid-3."""
    return town.community.collect()


def bring(  # noqa: PLR0913 - what an upload may say, by name
    town: Town,
    case_id: str,
    content: Any = PICTURE,  # noqa: ANN401 - whatever httpx sends
    media_type: str = "image/png",
    *,
    by: str = WORKER,
    query: str = "",
    **headers: str,
) -> httpx.Response:
    """Bring a file as somebody; `headers` are named with underscores."""
    given = {"Content-Type": media_type, "If-Match": "*"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    address = f"{town.address}/v1/cases/{case_id}/attachments{query}"
    return httpx.post(address, content=content, headers=town.headers(by) | given, verify=PLAIN)


def kept(folder: Path) -> set[Path]:
    """Every file that is kept."""
    return {each for each in (folder / "files").rglob("*") if each.is_file()}


def digest_of(content: bytes) -> str:
    """Give the digest that names a content."""
    return sha256(content).hexdigest()


def test_a_file_is_recorded_and_read_again(town: Town, case_id: str) -> None:
    """Given a picture with a name, when it is brought, it is evidence of the case; read again it is the same and harmless."""
    name = "3号楼 路灯.png"
    answer = bring(
        town,
        case_id,
        query="?channel=patrol",
        Content_Disposition=f"attachment; filename*=UTF-8''{quote(name)}",
        Content_Digest=f"sha-256=:{b64encode(sha256(PICTURE).digest()).decode()}:",
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["events"] == ["evidence-attached.v1"]
    assert answer.headers["etag"]
    assert digest_of(PICTURE) in town.community.case(case_id).evidence
    stored = town.community.log.read_stream(case_stream(case_id))[-1]
    assert stored.leaf.channel == "patrol"
    assert name.encode() not in stored.leaf_bytes

    read = town.get(f"/v1/cases/{case_id}/attachments/{digest_of(PICTURE)}", "secretary")
    assert read.content == PICTURE
    assert read.headers["content-type"] == "image/png"
    assert read.headers["content-disposition"].startswith("attachment;")
    assert "路灯" not in str(read.headers)
    assert read.headers["x-content-type-options"] == "nosniff"
    assert read.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("media_type", SAMPLES)
def test_every_kind_of_file_that_is_taken_can_be_brought(
    town: Town, case_id: str, media_type: str
) -> None:
    """Given a file of each kind that is taken, when it is brought in pieces of unknown number, it is kept."""
    content = SAMPLES[media_type] * 3
    pieces = (content[begin : begin + 20] for begin in range(0, len(content), 20))
    assert bring(town, case_id, pieces, f"{media_type}; charset=utf-8").status_code == 200
    read = town.get(f"/v1/cases/{case_id}/attachments/{digest_of(content)}", WORKER)
    assert (read.content, read.headers["content-type"].partition(";")[0]) == (content, media_type)


WRONG = f"sha-256=:{b64encode(bytes(32)).decode()}:"


@pytest.mark.parametrize(
    ("content", "media_type", "headers", "status", "code"),
    [
        (NEVER["a page"], "text/html", {}, 415, "file-type-not-taken"),
        (NEVER["a drawing that runs"], "image/svg+xml", {}, 415, "file-type-not-taken"),
        (NEVER["a program"], "image/png", {}, 422, "file-not-as-declared"),
        (NEVER["a page"], "image/png", {}, 422, "file-not-as-declared"),
        (NEVER["an archive"], "application/pdf", {}, 422, "file-not-as-declared"),
        (NEVER["text in another encoding"], "text/plain", {}, 422, "file-not-as-declared"),
        (PNG + bytes(FILE_LIMIT), "image/png", {}, 413, "file-too-large"),
        (b"", "image/png", {}, 422, "file-empty"),
        (PICTURE, "", {}, 415, "file-type-not-taken"),
        (PICTURE, "image/png", {"Content_Encoding": "gzip"}, 415, "media-type-unsupported"),
        (PICTURE, "image/png", {"Content_Digest": WRONG}, 422, "file-digest-not-as-declared"),
        (PICTURE, "image/png", {"Content_Digest": "md5"}, 422, "file-digest-not-as-declared"),
        (PICTURE, "image/png", {"Content_Digest": "sha-256"}, 422, "file-digest-not-as-declared"),
        (PICTURE, "image/png", {"Content_Digest": '(("'}, 422, "file-digest-not-as-declared"),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_lies_is_refused_and_not_kept(  # noqa: PLR0913 - what is brought, what comes of it
    *,
    town: Town,
    folder: Path,
    case_id: str,
    content: bytes,
    media_type: str,
    headers: dict[str, str],
    status: int,
    code: str,
    chunked: bool,
) -> None:
    """Given a file that is not what is said of it, when it is brought, it is refused, nothing is kept, the case is as it was."""
    before, version = kept(folder), town.community.case(case_id).version
    body = iter((content[:100], content[100:])) if chunked and content else content
    problem = town.problem(bring(town, case_id, body, media_type, **headers), status, code)
    assert "{" not in problem["detail"]
    assert kept(folder) == before
    assert town.community.case(case_id).version == version


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "CON", "x" * 5_000, "."],
)
def test_no_name_reaches_the_file_system(town: Town, folder: Path, case_id: str, name: str) -> None:
    """Given a file with a name that is a trick, when it is brought, it lies where all files lie, under digests only."""
    before = kept(folder)
    said = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    assert bring(town, case_id, Content_Disposition=said).status_code == 200
    (new,) = kept(folder) - before
    assert new.relative_to(folder / "files").parts[0] == digest_of(PICTURE)
    assert not {"passwd", "boot", "CON"} & {part.partition(".")[0] for part in new.parts}


def test_a_name_with_a_control_character_is_refused(town: Town, folder: Path, case_id: str) -> None:
    """Given a file whose name holds NUL, when it is brought, it is refused as the text that it would be, and nothing is kept."""
    before = kept(folder)
    said = f"attachment; filename*=UTF-8''{quote('a' + chr(0) + 'b.png', safe='')}"
    town.problem(bring(town, case_id, Content_Disposition=said), 422, "invalid-command")
    assert kept(folder) == before


@pytest.mark.parametrize(
    "path",
    [
        "case-01/attachments/..%2F..%2Fviews",
        "..%2Fcase-01/attachments/x",
        "case-01/attachments/%2Fetc%2Fpasswd",
        f"case-01/attachments/{'0' * 64}",
        "case-01/attachments/%00",
        "nothing/attachments/x",
    ],
)
def test_no_address_reaches_the_file_system(town: Town, path: str) -> None:
    """Given an address that is a trick, when it is asked for, there is nothing."""
    answer = town.get(f"/v1/cases/{path}", "secretary")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_refused_command_keeps_no_file(town: Town, folder: Path, case_id: str) -> None:
    """Given a file that is fine, when the command is refused for another reason, nothing of the file is kept."""
    before = kept(folder)
    town.problem(bring(town, case_id, by="teller"), 403, "not-authorised")
    town.problem(bring(town, case_id, If_Match='"1-000000000000"'), 412, "case-changed")
    town.problem(bring(town, case_id, query="?channel=nowhere%20"), 422, "invalid-command")
    town.problem(bring(town, case_id, query="?nmae=x"), 400, "invalid-query")
    assert kept(folder) == before
    assert bring(town, case_id).status_code == 200
    problem = bring(town, case_id)
    town.problem(problem, 409, "already-exists")
    assert len(kept(folder)) == len(before) + 1


def test_the_version_is_asked_for_before_the_file(town: Town, case_id: str) -> None:
    """Given an upload that does not say which version it rests on, it is refused."""
    address = f"{town.address}/v1/cases/{case_id}/attachments"
    headers = town.headers(WORKER) | {"Content-Type": "image/png"}
    town.problem(
        httpx.post(address, content=PICTURE, headers=headers, verify=PLAIN), 428, "version-missing"
    )


def test_an_upload_sent_twice_has_one_effect(town: Town, folder: Path, case_id: str) -> None:
    """Given an upload with an idempotency key, when it is sent again, it gets the first answer and the file is there once."""
    before = kept(folder)
    first, again = (bring(town, case_id, Idempotency_Key='"photo-1"') for _ in range(2))
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json() | {"repeated": True}
    assert len(kept(folder)) == len(before) + 1
    other = bring(town, case_id, PICTURE + b"x", Idempotency_Key='"photo-1"')
    town.problem(other, 422, "command-id-reused")
    assert len(kept(folder)) == len(before) + 1


@pytest.mark.parametrize(
    ("keyed", "statuses"),
    [
        ((True, True), [{200}, {200}]),
        ((False, False), [{200}, {409}]),
        ((True, False), [{200}, {200, 409}]),
    ],
)
def test_a_lost_file_that_two_bring_again_at_once_is_kept(  # noqa: PLR0913 - what is brought, what comes of it
    *,
    town: Town,
    folder: Path,
    case_id: str,
    monkeypatch: pytest.MonkeyPatch,
    keyed: tuple[bool, bool],
    statuses: list[set[int]],
) -> None:
    """Given evidence whose file was lost, when it is brought twice, both there before either is answered, then it is kept once."""
    before = kept(folder)
    once = {"Idempotency_Key": f'"{case_id}"'}
    assert bring(town, case_id, **once).status_code == 200
    (lost,) = kept(folder) - before
    lost.unlink()
    monkeypatch.setattr(Attachments, "take", _both_before_either(Attachments.take))

    with ThreadPoolExecutor(2) as at_once:
        said = [once if has_key else {} for has_key in keyed]
        answers = list(at_once.map(lambda each: bring(town, case_id, **each), said))

    got = sorted(answer.status_code for answer in answers)
    assert all(each in expected for each, expected in zip(got, statuses, strict=True)), got
    assert len(kept(folder)) == len(before) + 1
    read = town.get(f"/v1/cases/{case_id}/attachments/{digest_of(PICTURE)}", WORKER)
    assert read.content == PICTURE


Taking = Callable[..., Awaitable[Upload]]


def _both_before_either(take: Taking) -> Taking:
    """Give a way to take files in that waits until two have been taken."""
    both = asyncio.Barrier(2)

    async def taking(*given: Any) -> Upload:  # noqa: ANN401 - as it is
        upload = await take(*given)
        async with asyncio.timeout(5):
            await both.wait()
        return upload

    return taking


def test_who_may_not_know_of_a_case_learns_nothing_of_its_files(town: Town, case_id: str) -> None:
    """Given a file in another grid, when a worker asks for it or brings one, it is as if there were no such case."""
    assert bring(town, case_id).status_code == 200
    digest = digest_of(PICTURE)
    there = town.get(f"/v1/cases/{case_id}/attachments/{digest}", "worker-1")
    nowhere = town.get(f"/v1/cases/no-such-case/attachments/{digest}", "worker-1")
    for answer in (there, nowhere, bring(town, case_id, by="worker-1")):
        town.problem(answer, 404, "unknown-case")
    assert there.json()["detail"] == nowhere.json()["detail"].replace("no-such-case", case_id)


def test_a_file_is_of_its_case_alone(town: Town, case_id: str) -> None:
    """Given a file of one case, when it is asked for in another, it is not there."""
    assert bring(town, case_id).status_code == 200
    other = town.community.collect()
    answer = town.get(f"/v1/cases/{other}/attachments/{digest_of(PICTURE)}", WORKER)
    town.problem(answer, 404, "unknown-file")


def test_evidence_that_is_kept_elsewhere_is_not_here(town: Town, case_id: str) -> None:
    """Given evidence that was recorded by its digest alone, when its file is asked for, it is not here."""
    digest = digest_of(b"paper")
    fields = {"digest": digest, "media_type": "image/png", "size": 5}
    town.community.do(case_id, "attach-evidence", WORKER, **fields)
    answer = town.get(f"/v1/cases/{case_id}/attachments/{digest}", WORKER)
    town.problem(answer, 404, "unknown-file")


def test_a_file_of_evidence_that_is_kept_elsewhere_can_be_brought(
    town: Town, folder: Path, case_id: str
) -> None:
    """Given evidence that was recorded by its digest alone, when just that file is brought, it is kept, and nothing is recorded."""
    fields = {"digest": digest_of(PICTURE), "media_type": "image/png", "size": len(PICTURE)}
    recorded = town.community.do(case_id, "attach-evidence", WORKER, **fields)
    before, head = kept(folder), town.community.log.head()
    address = f"/v1/cases/{case_id}/attachments/{digest_of(PICTURE)}"

    town.problem(bring(town, case_id, by="teller"), 403, "not-authorised")
    assert kept(folder) == before
    answer = bring(town, case_id)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["repeated"], answer.json()["first"]) == (True, recorded.first)
    assert town.community.log.head() == head
    read = town.get(address, WORKER)
    assert read.content == PICTURE
    assert read.headers["casesys-position"] == str(head.size)
    town.problem(bring(town, case_id), 409, "already-exists")
    assert len(kept(folder)) == len(before) + 1


@pytest.mark.parametrize(
    "said", [{"media_type": "text/html", "size": len(PICTURE)}, {"media_type": "image/png"}]
)
def test_a_file_that_is_not_what_was_recorded_is_not_taken(
    town: Town, folder: Path, case_id: str, said: dict[str, Any]
) -> None:
    """Given evidence recorded with another size or type than the file of its digest has, when the file is brought, it is not kept."""
    fields = {"digest": digest_of(PICTURE), "size": 5} | said
    town.community.do(case_id, "attach-evidence", WORKER, **fields)
    before = kept(folder)

    town.problem(bring(town, case_id), 409, "already-exists")

    assert kept(folder) == before


def test_a_record_that_is_repeated_as_an_upload_has_its_file(
    town: Town, folder: Path, case_id: str
) -> None:
    """Given evidence recorded by its digest under a key, when the same is brought as a file under that key, the file is kept."""
    before, once = kept(folder), {"idempotency-key": '"kept elsewhere"'}
    fields = {"digest": digest_of(PICTURE), "media_type": "image/png", "size": len(PICTURE)}
    first = httpx.post(
        f"{town.address}/v1/cases/{case_id}/attach-evidence",
        json=fields,
        headers=town.headers(WORKER) | once | {"if-match": "*"},
        verify=PLAIN,
    )

    again = bring(town, case_id, Idempotency_Key=once["idempotency-key"])

    assert again.json() == first.json() | {"repeated": True}
    assert len(kept(folder)) == len(before) + 1


@pytest.mark.parametrize(
    ("by", "if_match", "query", "status"),
    [
        ("teller", "*", "", b" 403 "),
        (WORKER, '"9-000000000000"', "", b" 412 "),
        (WORKER, "1", "", b" 400 "),
        (WORKER, "*", "?mandate_id=nobodys", b" 403 "),
        (WORKER, "*", "?channel=%20", b" 422 "),
        (WORKER, "*", "?effective_at=2999-01-01T00:00:00Z", b" 422 "),
    ],
)
def test_what_is_refused_anyway_is_refused_before_the_file_comes(  # noqa: PLR0913 - who brings what, how
    *, town: Town, case_id: str, by: str, if_match: str, query: str, status: bytes
) -> None:
    """Given an upload that would be refused whatever the file holds, then it is refused before anything of the file was sent."""
    head = (
        f"POST /v1/cases/{case_id}/attachments{query} HTTP/1.1\r\nHost: x\r\nIf-Match: {if_match}\r\n"
        f"Content-Type: image/png\r\nContent-Length: {len(PICTURE)}\r\nConnection: close\r\n"
        f"Authorization: {town.headers(by)['Authorization']}\r\n\r\n"
    )
    began, counted = monotonic(), commands_counted(town)
    answer = raw(town, head.encode())
    assert status in answer.partition(b"\r\n")[0], answer
    assert monotonic() - began < attachments.IDLE_SECONDS / 2
    assert commands_counted(town) == counted + 1


def test_who_was_forgotten_has_no_files(town: Town, case_id: str) -> None:
    """Given a file of a case whose initiator is forgotten, it cannot be read any more; the record of it stays."""
    assert bring(town, case_id).status_code == 200
    town.community.vault.forget(town.community.case(case_id).initiator)
    answer = town.get(f"/v1/cases/{case_id}/attachments/{digest_of(PICTURE)}", WORKER)
    town.problem(answer, 404, "unknown-file")
    assert digest_of(PICTURE) in town.community.case(case_id).evidence


def test_a_file_that_is_not_as_it_was_is_not_given_out(
    town: Town, folder: Path, case_id: str
) -> None:
    """Given a file that somebody has altered on the disk, when it is read, its reader does not get it as whole."""
    before = kept(folder)
    assert bring(town, case_id).status_code == 200
    (file,) = kept(folder) - before
    content = bytearray(file.read_bytes())
    content[-1_000] ^= 1
    file.write_bytes(content)
    with pytest.raises(httpx.RemoteProtocolError):
        town.get(f"/v1/cases/{case_id}/attachments/{digest_of(PICTURE)}", WORKER)


def raw(town: Town, request: bytes) -> bytes:
    """Send bytes as they are, and give what comes back until the connection ends."""
    where = urlsplit(town.address)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


def commands_counted(town: Town) -> float:
    """Give how many commands that attach evidence were given so far, whatever became of them."""
    lines = town.parts.meters.exposition(0, ()).decode().splitlines()
    name = 'casesys_commands_total{command="attach-evidence"'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))


def test_a_file_that_stops_coming_is_not_waited_for(
    town: Town, folder: Path, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an upload that promises more than it sends, when nothing more comes, it is refused and nothing of it is kept."""
    monkeypatch.setattr(attachments, "IDLE_SECONDS", 0.3)
    before = kept(folder)
    head = (
        f"POST /v1/cases/{case_id}/attachments HTTP/1.1\r\nHost: x\r\nIf-Match: *\r\nContent-Type: image/png\r\n"
        f"Authorization: Bearer {town.key(WORKER)}\r\nContent-Length: {len(PICTURE)}\r\n\r\n"
    )
    answer = raw(town, head.encode() + PICTURE[:70_000])
    assert b" 408 " in answer.partition(b"\r\n")[0]
    assert kept(folder) == before
