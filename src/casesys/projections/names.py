"""Fingerprints of names: what the blind index of people holds in their place."""

import hmac
import unicodedata
from collections.abc import Sequence

from casesys.domain.messages import Personal
from casesys.projections.contract import Step
from casesys.store.contract import EventLog
from casesys.vault.vault import Vault

PURPOSE = "people by name"
"""What the key of the fingerprints is derived for."""


class NameFingerprints:
    """Makes fingerprints of the names that a log has sealed, and of those that somebody looks for."""

    def __init__(self, log: EventLog, vault: Vault) -> None:
        """Read sealed names off a log and open them with its vault."""
        self._log = log
        self._vault = vault
        self._key = vault.derived_key(PURPOSE)

    def of_name(self, name: str) -> bytes:
        """Give the fingerprint of a name (HMAC-SHA-256); however it is spaced or capitalised, it is the same."""
        return hmac.digest(self._key, normalised(name).encode(), "sha256")

    def __call__(self, names: Sequence[tuple[Step, Personal]]) -> list[bytes | None]:
        """Give the fingerprint of each sealed name, None where its subject was forgotten. Raises VaultError."""
        sealed = self._log.ciphertexts([step.position for step, _ in names]) if names else {}
        found = []
        for step, reference in names:
            leaf, slot = step.leaf, reference.pd
            assert slot is not None  # what is recorded is sealed
            place = leaf.pd[slot]
            text = self._vault.open_field(
                leaf.stream,
                leaf.stream_seq,
                place.name,
                place.subject,
                sealed.get((step.position, slot), b""),
            )
            found.append(None if text is None else self.of_name(text))
        return found


def normalised(name: str) -> str:
    """Give a name in the form in which equal names are equal: compatibility characters and case folded, without spaces."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", "".join(folded.split()))
