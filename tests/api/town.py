"""A community behind a real web server, for tests of what is read through it: they may change anything in it, and see it at once.

`served` gives one. Commands are given as in `tests.community`, in this process; requests go over a socket, with the key of whoever
asks. Time stands still, as the community's does, and the read models follow the log.
"""

import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from casesys.api.app import create_app
from casesys.api.logs import open_log
from casesys.api.looking import CurrentByTurns
from casesys.api.meters import Meters
from casesys.api.paging import Cursors
from casesys.api.parts import Parts
from casesys.api.positions import Progress
from casesys.api.protocol import LimitedProtocol
from casesys.application.assigning import key_hash
from casesys.attachments import open_attachments
from casesys.domain.register import commands as r
from casesys.evidence.notes import VerifierKey
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seal
from casesys.notary.verifying import NAME, origin_of
from casesys.projections.database import Views, open_views
from casesys.projections.reader import Reader
from casesys.projections.registry import all_of
from casesys.projections.running import Runner
from casesys.projections.standing import standings
from casesys.settings import SiteSettings, StoreSettings
from casesys.worker import Worker
from tests.api.plain import PLAIN
from tests.community import COMMUNITY, OPERATOR, Community, founded, hire

SOON_SECONDS = 10.0
FILE_LIMIT = 300_000


class Town:
    """A community and its server."""

    def __init__(  # noqa: PLR0913 - its parts
        self,
        community: Community,
        parts: Parts,
        views: Views,
        *,
        logged: BytesIO,
        address: str,
        verifier: VerifierKey,
    ) -> None:
        """Know the parts of both, the read models, and the public half of the key that signs."""
        self.community = community
        self.parts = parts
        self.views = views
        self.logged = logged
        self.address = address
        self.verifier = verifier
        self._keys: dict[str, str] = {}

    def key(self, person: str) -> str:
        """Give the key of somebody, issued when it is first asked for."""
        if person not in self._keys:
            self._keys[person] = f"ck_{person}"
            self.community.register(
                r.IssueApiKey(
                    key_hash=key_hash(self._keys[person]),
                    person_id=person,
                    client_id="tests",
                    label="a test",
                )
            )
        return self._keys[person]

    def headers(self, person: str | None) -> dict[str, str]:
        """Give the headers by which somebody, or nobody, asks."""
        return {} if person is None else {"Authorization": f"Bearer {self.key(person)}"}

    def get(self, path: str, by: str | None = OPERATOR, **parameters: object) -> httpx.Response:
        """Ask for something as somebody."""
        given: dict[str, Any] | None = parameters or None  # an empty one would empty the query
        return httpx.get(self.address + path, headers=self.headers(by), params=given, verify=PLAIN)

    def told(self, path: str, by: str | None = OPERATOR, **parameters: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for something as somebody, once everything is in the read models, and give the answer."""
        self.settle()
        answer = self.get(path, by, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str, by: str | None = OPERATOR, **parameters: object) -> list[Any]:
        """Give all items of a list, page by page."""
        return [item for page in self.pages(path, by, **parameters) for item in page]

    def pages(
        self, path: str, by: str | None = OPERATOR, **parameters: object
    ) -> Iterator[list[Any]]:
        """Give the items of each page of a list, as it is asked for."""
        self.settle()
        answer = self.get(path, by, **parameters)
        while True:
            assert answer.status_code == 200, answer.text
            yield answer.json()["items"]
            following = answer.json()["next"]
            if following is None:
                return
            answer = self.get(following, by)

    def settle(self) -> None:
        """Wait until the read models have taken in all there is."""
        until = monotonic() + SOON_SECONDS
        end = self.community.log.head().size
        with closing(self.views.reader()) as db:
            while any(each.position < end for each in standings(db)):
                assert monotonic() < until, [(s.name, s.position, s.parked) for s in standings(db)]
                sleep(0.005)

    def sign(self, *, sealing: bool = True) -> str:
        """Sign a checkpoint over all there is, sealed before, as the worker would; give it."""
        community, notary = self.community, self.parts.notary
        if sealing:
            seal(notary, community.log, community.service.give, community.now)
        return notary.checkpoint()

    def problem(self, answer: httpx.Response, status: int, code: str) -> Mapping[str, Any]:
        """Check that an answer is a problem of a kind, and give it."""
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        ), answer.text
        told: Mapping[str, Any] = answer.json()
        assert (told["code"], told["status"]) == (code, status)
        return told


@contextmanager
def served(folder: Path, *, send_buffer: int | None = None) -> Iterator[Town]:
    """Serve a new community, with its files in a folder. So many bytes of an answer wait in the kernel, if that is said."""
    community = founded()
    log, vault = community.log, community.vault
    signer = CheckpointKey(origin_of(NAME, log.log_id), Ed25519PrivateKey.generate())
    with (
        open_views(folder / "views") as views,
        closing(Reader(views)) as reader,
        closing(Ledger.in_memory(log.log_id)) as ledger,
    ):
        progress = Progress(reader)
        runner = Runner(log, views, all_of(log, vault), clock=lambda: community.now)
        worker = Worker(
            community.service, views, runner, lambda: community.now, ask_due=lambda *_: ()
        )
        worker.start()
        try:
            _until_it_leads(worker)
            parts = Parts(
                service=community.service,
                current=CurrentByTurns(log),
                reader=reader,
                progress=progress,
                cursors=Cursors(vault),
                attachments=open_attachments(folder / "files", vault, limit=FILE_LIMIT),
                notary=Notary(log, ledger, lambda: [signer]),
                meters=Meters(),
                settings=SiteSettings(StoreSettings(None, None)),
                clock=lambda: community.now,
                troubles=lambda: worker.troubles,
            )
            logged = BytesIO()
            app = create_app(parts, open_log(logged))
            with _listening(app, progress, send_buffer) as address:
                signed_by = signer.verifier
                yield Town(
                    community, parts, views, logged=logged, address=address, verifier=signed_by
                )
        finally:
            worker.stop()


def newcomer(town: Town, person: str, role: str, grid: str = COMMUNITY) -> None:
    """Register somebody with a role in a grid."""
    community = town.community
    if grid == COMMUNITY:
        hire(community, person, person, role)
        return
    community.register(r.RegisterPerson.model_validate({"person_id": person, "name": person}))
    community.register(
        r.GiveMandate(person_id=person, mandate_id=f"mandate-{person}", role=role, grid_id=grid)
    )


def _until_it_leads(worker: Worker) -> None:
    until = monotonic() + SOON_SECONDS
    while not worker.leads:
        assert monotonic() < until, worker.troubles
        sleep(0.005)


@contextmanager
def _listening(app: FastAPI, progress: Progress, send_buffer: int | None) -> Iterator[str]:
    """Run a web server over an application, on a free port, in a thread."""
    listener = socket.create_server(("127.0.0.1", 0))
    if send_buffer is not None:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
    config = uvicorn.Config(
        app, http=LimitedProtocol, loop="uvloop", ws="none", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="web server")
    thread.start()
    until = monotonic() + SOON_SECONDS
    while not server.started:
        assert thread.is_alive()
        assert monotonic() < until
        sleep(0.005)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        progress.end()
        server.should_exit = True
        thread.join()
        listener.close()
