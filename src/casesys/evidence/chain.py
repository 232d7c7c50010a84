"""The chain of leaves as whoever trusts nobody reads it: each held against the one before, its stream, its command and its hash.

What is found wrong is named by the position of the first bad leaf and the kind of damage; reading stops there, since nothing behind
it can be believed. That the whole was not made anew is for a checkpoint to show, not for the chain.
"""

from datetime import datetime

from casesys.evidence.leaf_form import CommandId, LeafFields, ReadLeaf, read_leaf
from casesys.evidence.streams_map import Last

LEAF_FORMAT = 1
_DIGITS_AT_MOST = 9
"""How long a number at the end of an event's id may be."""


class Damage(Exception):
    """Something is not as it was written: the position of the first bad leaf (None: the log as a whole), the kind, and what was seen.

    The kinds are those that have words in `casesys.evidence.telling`.
    """

    def __init__(self, position: int | None, kind: str, detail: str) -> None:
        """Name the place, the kind and what was seen."""
        detail = detail.encode(errors="backslashreplace").decode()  # it may cite damaged text
        where = "the log" if position is None else f"event {position}"
        super().__init__(f"{where}: {kind}: {detail}")
        self.position = position
        self.kind = kind
        self.detail = detail


class Chain:
    """Follows the leaves of one log in their order, all of some streams or all there are, and stops with the first that is wrong."""

    def __init__(self, log_id: str | None = None, *, whole: bool = False) -> None:
        """Begin with an empty log, of this id or of that which the first leaf names; with some streams of it, or with the whole."""
        self.log_id = log_id
        self.size = 0  # the position of the last leaf taken
        self.streams: dict[str, Last] = {}
        self.recorded_at: datetime | None = None  # likewise
        self._whole = whole
        self._command: tuple[CommandId | None, int] = (None, -1)

    def follow(self, position: int, digest: bytes, leaf: LeafFields) -> int:
        """Hold a leaf of this hash against all before it; give its number among the events of its command. Raises Damage."""
        self._check_log(position, leaf)
        self._check_stream(position, leaf)
        number = self._check_command(position, leaf)
        self._check_time(position, leaf)
        self.streams[leaf.stream] = Last(leaf.stream_seq, digest)
        self.size = position
        return number

    def _check_log(self, position: int, leaf: LeafFields) -> None:
        if self.log_id is None:
            self.log_id = leaf.log
        if leaf.log != self.log_id or leaf.v != LEAF_FORMAT:
            raise Damage(
                position,
                "leaf-foreign",
                f"the leaf is one of log {leaf.log}, format {leaf.v}",
            )

    def _check_stream(self, position: int, leaf: LeafFields) -> None:
        last = self.streams.get(leaf.stream)
        expected = (1, None) if last is None else (last.seq + 1, last.leaf_hash.hex())
        if (leaf.stream_seq, leaf.prev_stream_leaf) != expected:
            raise Damage(
                position,
                "stream-broken",
                f"event {leaf.stream_seq} of {leaf.stream} does not follow event {expected[0] - 1}",
            )

    def _check_command(self, position: int, leaf: LeafFields) -> int:
        """A command's events follow each other; its first brings the command, and was decided on what stood before it.

        Gives the number of the event among the command's, which only the whole log shows.
        """
        command_id, event_id = leaf.command_id, leaf.event_id
        before, number = self._command
        number = number + 1 if command_id == before else 0
        if not self._whole:
            number = _number_in(event_id)
        self._command = (command_id, number)
        first = leaf.command is not None
        if event_id != f"{command_id}.{number}" or first is not (number == 0):
            raise Damage(
                position, "command-broken", f"event {event_id} stands where another belongs"
            )
        if not 0 <= leaf.read_index < position:
            raise Damage(position, "command-broken", "the leaf rests on what came after it")
        return number

    def _check_time(self, position: int, leaf: LeafFields) -> None:
        recorded_at = leaf.recorded_at
        if self.recorded_at is not None and recorded_at < self.recorded_at:
            raise Damage(
                position,
                "time-reversed",
                f"recorded at {recorded_at}, after one of {self.recorded_at}",
            )
        self.recorded_at = recorded_at


def leaf_at(position: int, data: bytes, read: ReadLeaf = read_leaf) -> LeafFields:
    """Read the leaf at a position. Raises Damage `leaf-unreadable` for what is not in the form of a leaf."""
    try:
        return read(data)
    except (ValueError, RecursionError) as error:
        raise Damage(position, "leaf-unreadable", str(error)) from error


def _number_in(event_id: str) -> int:
    """Give the number at the end of an event's id, -1 where there is none."""
    number = event_id.rpartition(".")[2][:_DIGITS_AT_MOST]
    return int(number) if number.isdecimal() else -1
