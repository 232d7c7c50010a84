"""Whether a command that comes a second time under one id is the one that came first.

The log holds what was asked the first time, so nothing else has to be kept for this. Personal texts are opened to be compared; one
that was erased since can no longer tell two commands apart.
"""

import msgspec

from casesys.application.answers import Request
from casesys.domain.messages import Envelope, Personal, message_type, personal_fields
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import Leaf
from casesys.store.contract import EventLog, Stored
from casesys.vault.vault import Vault


def asks_the_same(request: Request, first: Stored, log: EventLog, vault: Vault) -> bool:
    """Say whether a request asks what the command asked that left `first` as its first event. Raises VaultError."""
    command, leaf = request.command, first.leaf
    record = leaf.command
    if record is None or record.type != message_type(type(command)):
        return False
    asked = {
        name: value
        for name, value in command.__dict__.items()
        if name in command.model_fields_set and value is not None
    }
    recorded = msgspec.json.decode(record.data)
    for name in request.assigned:
        asked.pop(name, None)
        recorded.pop(name, None)
    personal = [name for name in personal_fields(type(command)) if name in asked]
    texts = {name: asked.pop(name) for name in personal}
    references = {
        name: recorded.pop(name) for name in personal_fields(type(command)) if name in recorded
    }
    return (
        bytes(canonical(asked)) == bytes(canonical(recorded))
        and texts.keys() == references.keys()
        and _in_the_same_circumstances(request.envelope, leaf)
        and _with_the_same_texts(texts, references, first, log, vault)
    )


def _in_the_same_circumstances(envelope: Envelope, leaf: Leaf) -> bool:
    """Compare what was said about the command. Mandate and principal are found by the engine where nobody named them."""
    return (
        envelope.actor_id == leaf.actor_id
        and envelope.channel == leaf.channel
        and envelope.reason_code == leaf.reason_code
        and (envelope.effective_at or leaf.decided_at) == leaf.effective_at
        and envelope.mandate_id in {None, leaf.mandate_id}
        and envelope.on_behalf_of in {None, leaf.on_behalf_of}
    )


def _with_the_same_texts(
    texts: dict[str, Personal],
    references: dict[str, dict[str, int]],
    first: Stored,
    log: EventLog,
    vault: Vault,
) -> bool:
    if not texts:
        return True
    leaf, sealed = first.leaf, log.ciphertexts((first.position,))
    for name, given in texts.items():
        slot = references[name]["pd"]
        kept = leaf.pd[slot]
        if given.subject not in {"", kept.subject}:
            return False
        ciphertext = sealed.get((first.position, slot), b"")
        text = vault.open_field(leaf.stream, leaf.stream_seq, kept.name, kept.subject, ciphertext)
        if text is not None and text != given.text:
            return False
    return True
