"""Seals: events that hold the root of the map of streams over the first leaves; here it is held against the log itself."""

from collections.abc import Mapping
from typing import Any

from casesys.evidence.chain import Damage
from casesys.evidence.streams_map import EMPTY, Knot, Last, updated

SEAL = "log-sealed"
"""The type of the event, without its version."""

SEAL_STREAM = "log"


class Seals:
    """Makes the map anew as the leaves of a log go by, and stops with the first seal that says something else."""

    def __init__(self) -> None:
        """Begin with an empty log."""
        self.upto = 0
        self._root = EMPTY
        self._knots: dict[str, Knot] = {}
        self._since: list[tuple[str, Last]] = []

    def take(self, position: int, leaf: Mapping[str, Any], last: Last) -> None:
        """Take the next leaf, which is now the last of its stream. Raises Damage `seal-false`."""
        if leaf["type"] == SEAL and leaf["stream"] == SEAL_STREAM:
            self._check(position, leaf["public_data"])
        self._since.append((leaf["stream"], last))

    def _check(self, position: int, told: object) -> None:
        size = told.get("size") if isinstance(told, dict) else None
        root = told.get("map_root") if isinstance(told, dict) else None
        if type(size) is not int or not self.upto <= size < position:
            raise Damage(position, "seal-false", f"a seal here cannot reach over {size} events")
        added = size - self.upto
        self._root, changed = updated(self._knots.get, dict(self._since[:added]))
        self._knots.update(changed)
        self.upto = size
        del self._since[:added]
        if root != self._root.hex():
            raise Damage(
                position,
                "seal-false",
                f"the last events of the streams below {size} are not those that were sealed",
            )
