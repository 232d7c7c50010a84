"""Everything that the OpenAPI document allows, and much that it does not: no 5xx, and no answer but those it documents.

Schemathesis reads the document and makes the requests. The gate asks every query and one command in eight (all commands go through the
same two routes, and differ in their fields); with CASESYS_SOAK everything is asked, and at random, too. `test_links` walks along
the links of the document.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from casesys import charters
from casesys.demo import heyuan
from casesys.domain.catalogue import people_commands
from casesys.domain.charter.parse import parse_charter
from tests.api.site import Site, collected, played, served

SOAK = "CASESYS_SOAK" in os.environ
ONE_IN = 1 if SOAK else 8
EVERYBODY = "everybody"

CONFIGURATION = """
base-url = "{address}"
continue-on-failure = true
suppress-health-check = ["all"]
headers = {{ Authorization = "Bearer {secret}" }}
warnings = false

[generation]
deterministic = {deterministic}
max-examples = {examples}

[checks]
enabled = false
not_a_server_error.enabled = true
status_code_conformance.enabled = true
content_type_conformance.enabled = true
response_headers_conformance.enabled = true
response_schema_conformance.enabled = true

[[operations]]
include-operation-id = "events"
parameters = {{ "query.follow" = false }}
"""

ONE_CASE = """
[[operations]]
include-path-regex = "case_id"
parameters = {{ "path.case_id" = "{case_id}", "header.If-Match" = "*" }}
"""
"""So that what is asked reaches the rules, and does not end at a case that there is not."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A community of its own, in which one person holds every role."""
    with served_to_everybody(tmp_path_factory.mktemp("fuzzed")) as site:
        yield site


@contextmanager
def served_to_everybody(folder: Path) -> Iterator[Site]:
    """Serve a community in which one person holds every role, the operator's, too; what happens is sealed and signed at once."""
    paces = ("--checkpoint-events", "1", "--seal-events", "1")
    with served(*played(folder), "--environment", "development", *paces) as site:
        with site.client(heyuan.OPERATOR) as operator:
            secret = _everybody(operator)
        yield site._replace(secrets={EVERYBODY: secret})


def _everybody(operator: httpx.Client) -> str:
    """Register somebody with every role, and give the secret of their key."""

    def given(command: str, **fields: str) -> httpx.Response:
        answer = operator.post(f"/v1/register/{command}", json={"person_id": EVERYBODY} | fields)
        assert answer.status_code == 200, answer.text
        return answer

    given("register-person", name="众人")
    stock = parse_charter(charters.read("stock.toml"))
    for role in stock.charter.roles:
        principal = {"principal": heyuan.PROPERTY} if role in {"lead", "supporting"} else {}
        given(
            "give-mandate",
            mandate_id=f"as-{role}",
            role=role,
            grid_id=heyuan.COMMUNITY,
            **principal,
        )
    return str(given("issue-api-key", client_id="fuzz", label="fuzz").json()["secret"])


def fuzz(folder: Path, site: Site, configuration: str, *options: str) -> None:
    """Let schemathesis ask a site; it says what was wrong."""
    (folder / "schemathesis.toml").write_text(configuration)
    command = (sys.executable, "-m", "schemathesis.cli", "run", f"{site.address}/openapi.json")
    ended = subprocess.run(
        (*command, "--no-color", *options), cwd=folder, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-5_000:]
    assert "No issues found" in ended.stdout


def configured(site: Site, **particulars: object) -> str:
    """Say how a site is to be asked."""
    return CONFIGURATION.format(
        address=site.address,
        secret=site.secrets[EVERYBODY],
        deterministic="false" if SOAK else "true",
        **particulars,
    )


def test_whatever_is_asked_the_answer_is_documented(fuzzed: Site, tmp_path: Path) -> None:
    """Given a case, when each operation is asked with values at and over the edges of what is documented, then its answer is, too."""
    with fuzzed.client(EVERYBODY) as client:
        case_id = collected(client).json()["case_id"]
    asked = configured(fuzzed, examples=1_000 if SOAK else 1) + ONE_CASE.format(case_id=case_id)
    commands = [name.replace("-", "_") for name, _ in people_commands()]
    left_out = [name for n, name in enumerate(sorted(commands)) if n % ONE_IN]
    options = [option for name in left_out for option in ("--exclude-operation-id", name)]

    fuzz(tmp_path, fuzzed, asked, "--phases", "coverage,fuzzing" if SOAK else "coverage", *options)
