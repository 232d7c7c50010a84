"""A command that comes again gets its first answer if it is the same, down to its personal texts; and rests on what was seen."""

from uuid import UUID

import pytest

from casesys.application import CommandIdReused, Request
from casesys.application.answers import Answer, Stale
from casesys.domain.catalogue import read_command
from casesys.domain.messages import Envelope, Personal
from casesys.vault import VaultError
from tests.community import Community, founded

ID = UUID(int=7_000)


def note(community: Community, case_id: str, text: object = "一", **particulars: object) -> Request:
    """A note that somebody adds under one command id."""
    command = read_command("add-note", {"case_id": case_id, "note": text})
    given = {"command_id": ID, "actor_id": "grid_worker", "decided_at": community.now}
    return Request(command, Envelope(**(given | particulars)))  # type: ignore[arg-type] # by name


def verdict(community: Community, request: Request) -> object:
    """What becomes of a request."""
    return community.service.give_all((request,))[0]


def test_the_same_again_gets_the_first_answer() -> None:
    """Given a command that was carried out, when it comes again later, then it gets its first answer and changes nothing."""
    community = founded()
    case_id = community.collect()
    first = verdict(community, note(community, case_id))
    community.wait(hours=1)

    again = verdict(community, note(community, case_id))

    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert (again.version, again.repeated) == (first.version, True)


@pytest.mark.parametrize(
    ("text", "particulars"),
    [
        ("二", {}),
        (Personal("一", "somebody"), {}),
        ("一", {"actor_id": "grid_lead"}),
        ("一", {"channel": "patrol"}),
        ("一", {"reason_code": "late"}),
        ("一", {"mandate_id": "mandate-grid_lead"}),
    ],
)
def test_another_under_the_same_id_is_told_apart(
    text: object, particulars: dict[str, object]
) -> None:
    """Given a command that was carried out, when another comes under its id, be it only in a personal text, then it is told apart."""
    community = founded()
    case_id = community.collect()
    verdict(community, note(community, case_id))

    assert isinstance(
        verdict(community, note(community, case_id, text, **particulars)), CommandIdReused
    )


def test_what_was_erased_tells_nothing_apart() -> None:
    """Given a command whose text was erased since, when it comes again with any text, then it gets its first answer."""
    community = founded()
    case_id = community.collect()
    verdict(community, note(community, case_id))
    community.vault.forget(community.case(case_id).initiator)

    assert isinstance(verdict(community, note(community, case_id, "二")), Answer)


def test_who_was_erased_hinders_nobody_else() -> None:
    """Given commands that are committed together, one about somebody who was erased, then only that one is refused."""
    community = founded()
    erased, other = community.collect(), community.collect()
    community.vault.forget(community.case(erased).initiator)
    requests = [
        note(community, case_id, command_id=UUID(int=ID.int + n))
        for n, case_id in enumerate((other, erased, other))
    ]

    verdicts = community.service.give_all(requests)

    assert [type(each) for each in verdicts] == [Answer, VaultError, Answer]


def test_fields_that_were_filled_in_may_differ() -> None:
    """Given a case that was collected under an id assigned for its sender, when it is sent again, then it gets the first answer."""
    community = founded()
    fields = {
        "case_type": "issue", "category": "courtyard_lamp", "title": "路灯不亮", "grid": "grid-3",
    }  # fmt: skip # a table, one case a line
    envelope = Envelope(
        command_id=ID, actor_id="grid_worker", decided_at=community.now, channel="patrol"
    )
    first, again = (
        verdict(
            community,
            Request(
                read_command("collect-case", fields | {"case_id": case_id}),
                envelope,
                assigned=frozenset({"case_id"}),
            ),
        )
        for case_id in ("one", "other")
    )

    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert again.stream == first.stream == "case/one"


def test_a_version_that_is_gone_is_told_before_the_rules_are_asked() -> None:
    """Given a case that has gone on, when a command expects an older version, then nothing is decided and the version is told."""
    community = founded()
    case_id = community.collect()
    community.do(case_id, "withdraw-case", "grid_worker")
    request = note(community, case_id)._replace(expected=frozenset({1}))

    stale = verdict(community, request)

    assert isinstance(stale, Stale)
    assert stale.version == 2
    assert isinstance(verdict(community, request._replace(expected=frozenset({1, 2}))), Answer)
    assert isinstance(verdict(community, request), Answer), "a repeated command is answered first"


def test_of_two_in_one_commit_the_second_is_told() -> None:
    """Given two commands that expect the same version and are committed together, then the second is told that it is gone."""
    community = founded()
    case_id = community.collect()
    one, other = (
        note(community, case_id, command_id=UUID(int=ID.int + n))._replace(expected=frozenset({1}))
        for n in range(2)
    )

    verdicts = community.service.give_all((one, other))

    assert [type(each) for each in verdicts] == [Answer, Stale]
