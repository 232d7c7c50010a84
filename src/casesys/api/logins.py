"""Logins for development: anybody may act as anybody, for an hour.

They are signed with a secret that ends with the server's run, so nothing has to be stored, and none of them works elsewhere.
"""

import base64
import hmac
import secrets
from datetime import datetime, timedelta

import msgspec

LOGIN_PREFIX = "dl_"
LOGIN_LASTS = timedelta(hours=1)
LOGIN_CLIENT = "development-login"

_SIGNATURE_BYTES = 32


class Holder(msgspec.Struct, frozen=True):
    """Who a credential stands for, and through which client."""

    person: str
    client_id: str


class Logins:
    """The logins of one run of a server."""

    def __init__(self) -> None:
        """Make a secret of this run."""
        self._secret = secrets.token_bytes(_SIGNATURE_BYTES)

    def credential(self, person: str, at: datetime) -> str:
        """Give a credential by which a person may act for an hour."""
        claim = msgspec.json.encode((person, (at + LOGIN_LASTS).timestamp()))
        signed = base64.urlsafe_b64encode(self._sign(claim) + claim)
        return LOGIN_PREFIX + signed.decode()

    def holder(self, credential: str, at: datetime) -> Holder | None:
        """Give who a credential was made for, None if it was not made by this run or is over."""
        try:
            signed = base64.urlsafe_b64decode(credential.removeprefix(LOGIN_PREFIX))
        except ValueError:
            return None
        signature, claim = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._sign(claim)):
            return None
        person, until = msgspec.json.decode(claim, type=tuple[str, float])
        return Holder(person, LOGIN_CLIENT) if at.timestamp() < until else None

    def _sign(self, claim: bytes) -> bytes:
        return hmac.digest(self._secret, claim, "sha256")
