"""The OpenAPI document: complete, valid, made from the catalogue, and nothing in it that the server does not keep."""

import json
from typing import Any, cast

import pytest

from casesys.api.app import create_app
from casesys.api.describing import EVERYWHERE
from casesys.api.examples import EXAMPLES
from casesys.api.logs import open_log
from casesys.api.openapi import body_of, path_of
from casesys.bootstrap import create_service
from casesys.bootstrap.sites import open_site
from casesys.domain.cases.commands import CaseCommand
from casesys.domain.catalogue import people_commands
from casesys.domain.messages import ShortText, Text
from casesys.domain.vocabulary import COMMANDS
from casesys.settings import SiteSettings, store_settings
from tests.api.site import Site


@pytest.fixture(scope="module")
def document(site: Site) -> Any:  # noqa: ANN401 - JSON
    """The document, as anybody may read it."""
    with site.as_nobody() as nobody:
        return nobody.get("/openapi.json").json()


def references(part: object) -> set[str]:
    """Give all references that a part of the document makes."""
    if isinstance(part, dict):
        own = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
        return own.union(*(references(each) for each in part.values()))
    return set().union(*(references(each) for each in part)) if isinstance(part, list) else set()


def test_every_command_is_an_operation_with_its_fields(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the catalogue, then each command that people may give is an operation whose body has the command's fields."""
    operations = {
        each["post"]["operationId"]: each["post"]
        for each in document["paths"].values()
        if "post" in each
    }
    for name, kind in people_commands():
        operation = operations[name.replace("-", "_")]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        fields = kind.model_fields.keys() - (
            {"case_id"} if issubclass(kind, CaseCommand) else set()
        )
        assert body["properties"].keys() == fields | {"circumstances"}, name
        assert body["additionalProperties"] is False


def test_properties_and_parameters_say_what_docstrings_say_of_them(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given structures whose docstrings name their fields, then the document has those words, and others where names tell enough."""
    schemas = document["components"]["schemas"]
    told = schemas["RegisterFact"]["properties"]
    assert told["ended_position"]["description"].startswith("`position` and `event_id` are those")
    assert schemas["AuditRow"]["properties"]["clause"]["description"] == EVERYWHERE["clause"]
    title = schemas["CollectCase"]["properties"]["title"]["description"]
    assert title == EVERYWHERE["title"]
    by_name = {
        parameter["name"]: parameter.get("description", "")
        for parameter in document["paths"]["/v1/audit/events"]["get"]["parameters"]
    }
    assert "with its version or without" in by_name["type"]
    parts = [p for s in schemas.values() for p in s.get("properties", {}).values()]
    silent = [p for p in parts if not p.keys() & {"description", "$ref"}]
    assert len(silent) < len(parts) / 2


def test_every_name_that_is_told_everywhere_is_used(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the words for names that mean the same everywhere, then each of them stands somewhere in the document."""
    written = json.dumps(document, ensure_ascii=False)
    assert [name for name, words in EVERYWHERE.items() if words not in written] == []


def test_commands_to_begin_with_have_examples(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the commands that lead to a first case, then the document has a body for each, of the fields that it takes."""
    kinds = dict(people_commands())
    for name, body in EXAMPLES.items():
        path = path_of(name, kinds[name])
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert content["example"] == body
        assert body.keys() <= body_of(kinds[name])["properties"].keys()


def test_every_reference_leads_somewhere(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the document, then whatever it refers to is there, and every component is referred to."""
    found = references(document)
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
    unused = {
        name
        for name in document["components"]["schemas"]
        if f"#/components/schemas/{name}" not in found
    }
    assert not unused


def test_every_operation_is_named_once_and_says_what_it_may_answer(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the operations, then their names are unique, and each has a summary and a good answer, and problems as problem details."""
    operations = [o for path in document["paths"].values() for o in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert operation["summary"], operation
        assert any(status.startswith("2") for status in operation["responses"])
        for status, answer in operation["responses"].items():
            if status.startswith(("4", "5")) and operation["operationId"] != "readiness":
                assert "application/problem+json" in answer["content"], (
                    operation["operationId"],
                    status,
                )


def test_only_what_tells_nothing_of_anybody_is_open(document: Any) -> None:  # noqa: ANN401 - JSON
    """Given the operations, then all take a key but health, the bulletin and what is on it, explanations of problems, and a login."""
    open_ones = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if operation.get("security") == []
    }
    assert open_ones == {
        *("health", "readiness", "bulletin", "problem", "development_login"),
        *("published_checkpoint", "published_consistency"),
    }


class AdmireCase(CaseCommand):
    """A command that nobody has heard of."""

    reason: ShortText


def test_a_new_command_appears_by_itself(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401 - a path
    """Given a command that is added to the catalogue, then it is an operation of the document without another edit."""
    settings = SiteSettings(store_settings(f"sqlite:///{tmp_path / 'store.sqlite'}"))
    create_service(settings.store).close()
    monkeypatch.setitem(
        cast("dict[str, Text]", COMMANDS), "admire-case", Text("赞赏", "admire the case")
    )

    with open_site(settings) as parts:
        app = create_app(
            parts, open_log(), known={**dict(people_commands()), "admire-case": AdmireCase}
        )
        told = json.loads(json.dumps(app.openapi()))

    assert (
        told["paths"]["/v1/cases/{case_id}/admire-case"]["post"]["summary"]
        == "Admire the case · 赞赏"
    )
    assert told["components"]["schemas"]["AdmireCase"]["properties"].keys() == {
        "reason",
        "circumstances",
    }
