"""Personal texts of the log, opened from the vault again, or marked as erased."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from msgspec.structs import replace

from casesys.domain.messages import Event, Personal, personal_fields
from casesys.store.contract import EventLog, Stored
from casesys.vault.fields import VaultError
from casesys.vault.vault import Vault

Ciphertexts = Mapping[tuple[int, int], bytes]
"""Sealed fields by position and slot."""


def sealed_of(log: EventLog, events: Iterable[Stored]) -> dict[tuple[int, int], bytes]:
    """Read the sealed fields of those events that have any, in one go."""
    positions = [stored.position for stored in events if stored.leaf.pd]
    return log.ciphertexts(positions) if positions else {}


def opened(stored: Stored, sealed: Ciphertexts, vault: Vault) -> tuple[Personal, ...]:
    """Open the personal texts of an event, slot by slot; the text of an erased one is None.

    Raises VaultError: `ciphertext-altered` for a text that is not the one its leaf commits to, or gone though nobody erased it.
    """
    leaf = stored.leaf
    if not leaf.pd:
        return ()
    texts = []
    for slot, commitment in enumerate(leaf.pd):
        ciphertext = sealed.get((stored.position, slot), b"")
        if ciphertext and sha256(ciphertext).hexdigest() != commitment.digest:
            raise VaultError(
                "ciphertext-altered",
                f"field {commitment.name} of event {stored.position} is not what its leaf commits to",
            )
        name, subject = commitment.name, commitment.subject
        text = vault.open_field(leaf.stream, leaf.stream_seq, name, subject, ciphertext)
        texts.append(Personal(text, subject, slot))
    return tuple(texts)


def with_texts(event: Event, texts: tuple[Personal, ...]) -> Event:
    """Put opened texts into an event in place of its references to them."""
    found: dict[str, Personal] = {}
    for name in personal_fields(type(event)):
        reference = getattr(event, name)
        if reference is not None:
            found[name] = texts[reference.pd]
    return replace(event, **found) if found else event
