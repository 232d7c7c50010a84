"""Units for the tests of the store: as short to write as what matters in them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from casesys.domain.messages import Rule, StreamId
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import CommandRecord
from casesys.store import Draft, Unit
from casesys.vault import SealedField

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move the clock, also backwards."""
        self.now += timedelta(seconds=seconds)


def draft(stream: str, seq: int, text: str = "", sealed: tuple[bytes, ...] = ()) -> Draft:
    """One event for a place in a stream."""
    return Draft(
        stream=StreamId(stream),
        stream_seq=seq,
        type="case-noted",
        schema_v=1,
        public_data=canonical({"text": text}),
        rule_id="art-1",
        sealed=tuple(SealedField(f"field-{n}", "p-1", text) for n, text in enumerate(sealed)),
    )


def unit(
    *drafts: Draft, reads: dict[str, int] | None = None, command_id: UUID | None = None
) -> Unit:
    """One command's events."""
    return Unit(
        drafts=drafts,
        reads={StreamId(stream): version for stream, version in (reads or {}).items()},
        command_id=command_id or uuid4(),
        command=CommandRecord(canonical({"case": "1"}), 1, "note-case"),
        actor_id="p-1",
        actor_role="grid_worker",
        decided_at=START,
        effective_at=START,
        channel="console",
        client_id="local",
        rule=Rule("stock", "1.0.0", "ab" * 32),
    )
