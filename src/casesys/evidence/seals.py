"""Seals: events that hold the root of the map of streams over the first leaves; here it is held against the log itself.

A seal may stand some events behind those it reaches over. What the streams were there is not kept for each event until a seal comes:
whoever reads a log says beforehand where its seals reach, and the map is made as the leaves go by there.
"""

from collections.abc import Iterable, Mapping

from casesys.evidence.chain import Damage
from casesys.evidence.leaf_form import LeafFields, Object
from casesys.evidence.streams_map import Knot, Last, updated

SEAL = "log-sealed"
"""The type of the event, without its version."""

SEAL_STREAM = "log"


class Seals:
    """Makes the map anew as the leaves of a log go by, and stops with the first seal that says something else.

    It holds one entry for each stream, and what `updated` makes of it.
    """

    def __init__(self, sizes: Iterable[object]) -> None:
        """Begin with an empty log whose seals reach over so many leaves, each as it says itself; what is no number is not one."""
        self.upto = 0  # how far the last seal reaches
        self._due = sorted({size for size in sizes if type(size) is int}, reverse=True)
        self._roots: dict[int, bytes] = {}  # of the map over so many leaves
        self._knots: dict[str, Knot] = {}
        self._grown: set[str] = set()  # the streams that are not in the map as they are now

    def take(self, position: int, leaf: LeafFields, streams: Mapping[str, Last]) -> None:
        """Take the next leaf, after which the streams of the log end so. Raises Damage `seal-false`."""
        if leaf.type == SEAL and leaf.stream == SEAL_STREAM:
            self._check(position, leaf.public_data)
        while self._due and self._due[-1] < position:
            self._due.pop()
        if self._due:
            self._grown.add(leaf.stream)
            if self._due[-1] == position:
                grown = {stream: streams[stream] for stream in self._grown}
                self._roots[position], changed = updated(self._knots.get, grown)
                self._knots.update(changed)
                self._grown.clear()

    def _check(self, position: int, told: Object) -> None:
        size, root = told.get("size"), told.get("map_root")
        if type(size) is not int or not max(1, self.upto) <= size < position:
            raise Damage(position, "seal-false", f"a seal here cannot reach over {size} events")
        made = self._roots.get(size)
        if made is None:
            raise Damage(position, "file-damaged", "the index of streams does not lead to the seal")
        if root != made.hex():
            raise Damage(
                position,
                "seal-false",
                f"the last events of the streams below {size} are not those that were sealed",
            )
        self.upto = size
        self._roots = {upto: root for upto, root in self._roots.items() if upto >= size}
