"""A client that is generated from the OpenAPI document, and by nobody written: it does a caseworker's morning."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from casesys.attachments.media_types import MEDIA_TYPES
from casesys.demo import heyuan
from tests.api.site import Site

PACKAGE = "generated_client"
WORKER, SECRETARY = "grid-worker-1", "secretary"


@pytest.fixture(scope="module")
def api(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Generated"]:
    """A client of the site, as it is generated; the generator has nothing to complain of."""
    folder = tmp_path_factory.mktemp("generated")
    with site.as_nobody() as nobody:
        (folder / "openapi.json").write_bytes(nobody.get("/openapi.json").content)
    binary = dict.fromkeys((*MEDIA_TYPES, "application/zip"), "application/octet-stream")
    configuration = {"content_type_overrides": binary, "post_hooks": []}
    (folder / "config.json").write_text(json.dumps(configuration))
    generator = (sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none")
    options = ("--path", "openapi.json", "--config", "config.json", "--output-path", PACKAGE)
    ended = subprocess.run(
        (*generator, *options, "--fail-on-warning"),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield Generated(site)


class Generated:
    """What was generated, by name: operations are called as somebody, models are made."""

    def __init__(self, site: Site) -> None:
        """Ask a site."""
        self._site = site

    def call(self, tag: str, operation: str, *path: str, by: str, **parameters: object) -> Any:  # noqa: ANN401 - a generated model
        """Call an operation as somebody, and give the answer with its headers."""
        client = self._module().AuthenticatedClient(
            base_url=self._site.address,
            token=self._site.secrets[by],
            raise_on_unexpected_status=True,
        )
        with client as connected:
            function = self._module(f"api.{tag}.{operation}").sync_detailed
            return function(*path, client=connected, **parameters)

    def made(self, model: str, **fields: object) -> Any:  # noqa: ANN401 - a generated model
        """Make one of the generated models."""
        return getattr(self._module("models"), model)(**fields)

    def _module(self, name: str = "") -> ModuleType:
        return importlib.import_module(f"{PACKAGE}.{name}".rstrip("."))


def awaited(worklist: Any, case_id: str) -> set[str]:  # noqa: ANN401 - a generated model
    """Give the commands that a case waits for, as a worklist tells them."""
    (row,) = (each for each in worklist.items if each.case_id == case_id)
    return {task.command for task in row.tasks}


def test_a_generated_client_does_a_mornings_work(api: Generated) -> None:
    """Given a generated client, when it collects a case and accepts it, then file and worklist tell of it in its models."""
    patrol = api.made("Circumstances", channel="patrol")
    collected = api.call(
        "cases",
        "collect_case",
        by=WORKER,
        idempotency_key='"a lamp"',
        body=api.made(
            "CollectCase",
            case_type="issue",
            category="courtyard_lamp",
            title="3号楼前路灯不亮",
            grid=heyuan.RIVERSIDE,
            circumstances=patrol,
        ),
    )
    assert collected.status_code == 201
    case_id, position = collected.parsed.case_id, collected.parsed.last

    waiting = api.call("lists", "worklist", by=SECRETARY, min_position=position, limit=200)
    assert "accept-case" in awaited(waiting.parsed, case_id)
    accepted = api.call(
        "cases", "accept_case", case_id, by=SECRETARY, if_match=collected.headers["etag"]
    )
    assert accepted.parsed.events == ["case-accepted.v1"]

    file = api.call("cases", "case_file", case_id, by=SECRETARY).parsed
    assert (file.version, file.case.state.title) == (accepted.parsed.version, "3号楼前路灯不亮")
    assert "triage-case" in {each.command for each in file.allowed}
    position = accepted.parsed.last
    following = api.call("lists", "worklist", by=SECRETARY, min_position=position, limit=200)
    assert awaited(following.parsed, case_id)
    assert "accept-case" not in awaited(following.parsed, case_id)


def test_a_generated_client_understands_a_refusal(api: Generated) -> None:
    """Given a generated client, when it is refused, then it has the problem in its models, with the clause and what to do."""
    lamp = {"case_type": "issue", "category": "courtyard_lamp", "title": "灯"}
    body = api.made("CollectCase", grid=heyuan.RIVERSIDE, **lamp)

    refused = api.call("cases", "collect_case", by=heyuan.OPERATOR, body=body)

    assert (refused.status_code, refused.parsed.code) == (403, "not-authorised")
    assert refused.parsed.clause.text
    assert refused.parsed.remedy
