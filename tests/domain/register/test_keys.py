"""API keys, which are known by the hash of their secret."""

import pytest

from casesys.domain.messages import Outcome
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.state import ApiKey
from casesys.domain.register.streams import api_key_stream
from tests.domain.neighbourhood import KEY, neighbourhood, operates
from tests.domain.specification import Act, at

HASH = "f" * 64
STREAM = api_key_stream(HASH)


def issuing(**fields: object) -> Act:
    """The operator gives somebody a key."""
    given = {"key_hash": HASH, "person_id": "secretary", "client_id": "app", "label": "phone"}
    return operates(r.IssueApiKey.model_validate(given | fields))


REVOKING = operates(r.RevokeApiKey(key_hash=HASH))


def test_a_key_is_issued_to_a_person() -> None:
    """Given a person, when a key is issued to them, then it is theirs until it expires, and not issued again."""
    expires = at("03-01 09:00:00.000001")

    neighbourhood().when(issuing(expires_at=expires)).then(
        Outcome(STREAM, e.ApiKeyIssued("secretary", "app", "phone", expires))
    )
    scene = neighbourhood().given(issuing())
    assert scene.state(STREAM, ApiKey) == ApiKey("secretary", "app", None)
    scene.when(issuing()).refused("already-exists")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"person_id": "nobody"}, "unknown-person"),
        ({"key_hash": KEY}, "already-exists"),
        ({"expires_at": at("03-01 09:00")}, "term-ends-before-it-begins"),
    ],
    ids=["unknown person", "in use", "expires at once"],
)
def test_a_key_that_cannot_be_issued(fields: dict[str, object], code: str) -> None:
    """Given an unknown person, a hash in use, or a term that is over, when a key is issued, then it is refused for just that."""
    neighbourhood().when(issuing(**fields)).refused(code)


def test_a_key_is_revoked_once() -> None:
    """Given a key, when it is revoked, then it opens nothing any more, and is not revoked again."""
    scene = neighbourhood().given(issuing())

    scene.when(REVOKING).then(Outcome(STREAM, e.ApiKeyRevoked()))
    revoked = scene.given(REVOKING)
    assert revoked.state(STREAM, ApiKey).revoked
    revoked.when(REVOKING).refused("unknown-api-key")
    neighbourhood().when(REVOKING).refused("unknown-api-key")
