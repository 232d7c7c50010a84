"""Who asks: by a key of the register as it is at that moment, and in development by a login that lasts an hour."""

from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import uuid4

from casesys.api.logins import LOGIN_LASTS, Logins
from casesys.application.assigning import key_hash
from casesys.bootstrap import open_service
from casesys.demo import heyuan
from casesys.domain.messages import Envelope
from casesys.domain.register.commands import RevokeApiKey
from casesys.settings import store_settings
from casesys.store.contract import utc_now
from tests.api.site import Site

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_a_key_that_another_process_revokes_opens_nothing(site: Site) -> None:
    """Given a key that works, when another process revokes it, then the very next request is refused."""
    secret = _new_key(site)
    with site.as_holder_of(secret) as holder:
        before = holder.get("/v1/commands").status_code
        with open_service(store_settings(f"sqlite:///{site.store}")) as service:
            envelope = Envelope(command_id=uuid4(), actor_id=heyuan.OPERATOR, decided_at=utc_now())
            service.give(RevokeApiKey(key_hash=key_hash(secret)), envelope)
        after = holder.get("/v1/commands")

    assert (before, after.status_code) == (200, 401)
    assert 'error="invalid_token"' in after.headers["www-authenticate"]


def test_a_key_ends_when_it_expires(site: Site) -> None:
    """Given a key for some seconds, when they are over, then it opens nothing."""
    secret = _new_key(site, expires_at=(utc_now() + timedelta(seconds=3)).isoformat())

    with site.as_holder_of(secret) as holder:
        assert holder.get("/v1/commands").status_code == 200
        sleep(3)
        assert holder.get("/v1/commands").status_code == 401


def _new_key(site: Site, **fields: str) -> str:
    with site.client(heyuan.OPERATOR) as operator:
        given = {"person_id": "verifier-1", "client_id": "tablet", "label": "tablet"}
        issued = operator.post("/v1/register/issue-api-key", json=given | fields)
        assert issued.status_code == 200, issued.text
        return str(issued.json()["secret"])


def test_in_development_anybody_can_be_anybody(site: Site) -> None:
    """Given a login as a person, then it acts as that person, and nobody can log in as somebody who is not there."""
    with site.as_nobody() as nobody:
        login = nobody.post("/v1/development-login", json={"person": "grid-worker-1"})
        unknown = nobody.post("/v1/development-login", json={"person": "nobody"})
        wrong = nobody.post("/v1/development-login", json={"name": "nobody"})

    with site.as_holder_of(login.json()["access_token"]) as worker:
        assert worker.get("/v1/cases/heyuan-003").status_code in {200, 404}
        assert worker.get("/v1/commands").status_code == 200
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-person")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-command")


def test_a_login_lasts_an_hour_and_is_of_one_run() -> None:
    """Given a login, then it counts until its hour is over, and neither altered nor in another run of the server."""
    logins, others = Logins(), Logins()
    credential = logins.credential("li", NOW)

    assert logins.holder(credential, NOW + LOGIN_LASTS - timedelta(seconds=1)) is not None
    assert logins.holder(credential, NOW + LOGIN_LASTS) is None
    assert others.holder(credential, NOW) is None
    for index in range(3, len(credential), 7):
        altered = (
            credential[:index]
            + ("A" if credential[index] != "A" else "B")
            + credential[index + 1 :]
        )
        assert logins.holder(altered, NOW) is None
