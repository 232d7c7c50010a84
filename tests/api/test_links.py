"""The links of the OpenAPI document: each leads where it says with what an answer holds, and what is met there is documented.

A walk follows every link of new cases, and every link of a case file while commands change the case. The bodies of commands are
schemathesis's, made from the document, and it checks all answers. Its own walks begin with any command, on cases that there are not,
and its chance names no grid to collect a case in: they follow no link.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from time import monotonic, sleep
from typing import Any, Final, NamedTuple

import pytest
from httpx import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests import Session
from schemathesis import GenerationMode, openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.core import NOT_SET

from casesys.api.commands import is_on_case
from casesys.domain.catalogue import people_commands
from tests.api.site import SECONDS, Site, collected
from tests.api.test_fuzz import EVERYBODY, SOAK, configured, served_to_everybody

WALKS: Final = 60 if SOAK else 2
MADE_ONE_IN: Final = 1 if SOAK else 4
"""Of so many commands, one gets a body that is made from the document: to learn how takes a fifth of a second each."""

FEW: Final = 15 if SOAK else 5
"""Of more commands than these some are carried out, though chance fills them in."""

COLLECT, CASE_FILE, BRING = "collect_case", "case_file", "bring_attachment"
START: Final = (COLLECT, CASE_FILE, "audit_events")
PROOFS: Final = {"case_completeness", "case_bundle", "event_proof"}
"""What is there once the log is sealed and signed, which is done as soon as there is something new."""

READING: Final = PROOFS | {"case_history", "audit_events", "event_leaf", "attachment"}
"""Where one can go on to from a case file, without changing anything."""


class Body(NamedTuple):
    """What is sent with a command."""

    media_type: str | None
    content: Any


NOTHING: Final = Body(None, NOT_SET)

FILE: Final = Body("text/plain", "路灯不亮".encode())
"""What is brought to a case: chance makes no file that is what it says it is."""


class Told(NamedTuple):
    """What an operation answered; the names of headers are in lower case."""

    operation: str
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def is_good(self) -> bool:
        """Say whether it was done."""
        return self.status < 300

    def value(self, expression: str) -> str:
        """Give what an expression of a link stands for."""
        source, _, name = expression.removeprefix("$response.").partition(".")
        if source == "header":
            return self.headers[name.lower()]
        found = self.body
        for step in expression.partition("#/")[2].split("/"):
            found = found[int(step) if isinstance(found, list) else step]
        return str(found)


class Walker:
    """Goes through a site by the links of its document, and remembers which it has followed."""

    def __init__(self, site: Site, client: Client, session: Session) -> None:
        """Read the document of a site; cases are collected by the client, and links followed over the session."""
        self.client, self.session = client, session
        document = self.client.get("/openapi.json").json()
        configuration = SchemathesisConfig.from_str(configured(site, examples=1))
        schema = openapi.from_dict(document, config=configuration)
        self.links = dict(_links(document))
        named = {name for leads in self.links.values() for name in leads}
        self.operations = {name: schema.find_operation_by_id(name) for name in named}
        self.followed: Counter[tuple[str, str]] = Counter()
        self.done: Counter[str] = Counter()

    @property
    def commands(self) -> list[str]:
        """Give the operations that change a case: they lead back to its file."""
        return [name for name in self.links[CASE_FILE] if CASE_FILE in self.links.get(name, ())]

    def bodies(self) -> st.SearchStrategy[dict[str, Body]]:
        """Give a body for each command on a case, one in so many made from the document, the others without fields."""
        made: dict[str, st.SearchStrategy[Body]] = {}
        for name in self.commands[::MADE_ONE_IN]:
            cases = self.operations[name].as_strategy(generation_mode=GenerationMode.POSITIVE)
            made[name] = cases.map(lambda case: Body(case.media_type, case.body))
        plain = dict.fromkeys(self.commands, st.just(Body("application/json", {})))
        return st.fixed_dictionaries(plain | made | {BRING: st.just(FILE)})

    def collect(self) -> Told:
        """Collect a new case."""
        answer = collected(self.client)
        return Told(COLLECT, answer.status_code, answer.headers, answer.json())

    def follow(self, told: Told, name: str, body: Body | None = None) -> Told:
        """Follow a link of an answer; its answer is as documented, and good if all that the link is for is to read."""
        until = monotonic() + SECONDS
        answer = self._asked(told, name, body)
        while not answer.is_good and name in PROOFS and monotonic() < until:
            sleep(0.1)
            answer = self._asked(told, name, body)
        assert answer.is_good or body, (told.operation, answer)
        self.followed[told.operation, name] += 1
        self.done[name] += answer.is_good
        return answer

    def _asked(self, told: Told, name: str, body: Body | None) -> Told:
        given: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
        for parameter, expression in self.links[told.operation][name].items():
            place, _, its_name = parameter.partition(".")
            given[place][its_name] = told.value(expression)
        media_type, content = body or NOTHING
        case = self.operations[name].Case(
            path_parameters=given["path"],
            query=given["query"],
            headers=given["header"],
            body=content,
            media_type=media_type,
        )
        answer = case.call_and_validate(session=self.session)
        headers = {each.lower(): values[0] for each, values in answer.headers.items()}
        is_json = headers["content-type"].endswith("json")
        return Told(name, answer.status_code, headers, answer.json() if is_json else None)

    def walk(self, bodies: Mapping[str, Body]) -> None:
        """Follow every link of new cases, then of the file of one that lives through all commands."""
        for name in self.links[COLLECT]:
            self._onward(self.follow(self.collect(), name, bodies.get(name)))
        file = self.follow(self.collect(), CASE_FILE)
        for name in self.links[CASE_FILE]:
            told = self.follow(file, name, bodies.get(name))
            file = self._onward(told) or file

    def _onward(self, told: Told) -> Told | None:
        """Follow the links of a good answer to a command or of a list; give the file of the case if it has changed."""
        if not told.is_good or told.operation == CASE_FILE:
            return None
        answers = [self.follow(told, name) for name in self.links.get(told.operation, ())]
        return next((each for each in answers if each.operation == CASE_FILE), None)


def _links(document: Any) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:  # noqa: ANN401 - JSON
    """Give the links of each operation that has some: where they lead, and with what."""
    known = document["components"]["links"]
    for operation in (each for path in document["paths"].values() for each in path.values()):
        for answer in operation["responses"].values():
            links = [
                known[link["$ref"].rpartition("/")[2]] for link in answer.get("links", {}).values()
            ]
            if links:
                yield operation["operationId"], {e["operationId"]: e["parameters"] for e in links}


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    """A walker through a community of its own, in which one person holds every role."""
    with (
        served_to_everybody(tmp_path_factory.mktemp("walked")) as site,
        site.client(EVERYBODY) as client,
        Session() as session,
    ):
        session.headers["Authorization"] = client.headers["Authorization"]
        yield Walker(site, client, session)


def test_every_link_leads_on_to_what_is_documented(walker: Walker) -> None:
    """Given new cases, when every link is followed to reading, proofs, files and commands, then all that is read is there."""

    @settings(
        max_examples=WALKS,
        derandomize=not SOAK,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(bodies=walker.bodies())
    def walks(bodies: dict[str, Body]) -> None:
        walker.walk(bodies)

    walks()

    acting = {name.replace("-", "_") for name, kind in people_commands() if is_on_case(kind)}
    assert set(walker.commands) == acting | {BRING}
    expected = {(source, name) for source in START for name in walker.links[source]}
    assert {name for _, name in expected} == {CASE_FILE, *walker.commands, *READING}
    assert min(walker.followed[each] for each in expected) >= WALKS
    assert min(walker.done[name] for name in READING) >= WALKS
    done = {name for name in walker.commands if walker.done[name]}
    assert all(walker.followed[name, CASE_FILE] == walker.done[name] for name in done)
    assert len(done) > FEW, f"only {done} were carried out"
