"""Which moment of a case a query asks about: a version of it, a position of the log, an instant of recording, or now."""

from datetime import datetime
from typing import Annotated

import msgspec

from casesys.api.parts import Actor
from casesys.api.problems import Problem


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """The moment that is asked about, at most one of three; and the position that the answer must not be older than.

    `version` is how many of the case's events had happened, `position` how many of the log's, `as_of` what time it was when those
    were recorded that count.
    """

    version: Annotated[int, msgspec.Meta(ge=1)] | None = None
    position: Annotated[int, msgspec.Meta(ge=1)] | None = None
    as_of: datetime | None = None
    min_position: Annotated[int, msgspec.Meta(ge=0)] = 0

    @property
    def is_now(self) -> bool:
        """Whether it is how things stand now that is asked for."""
        return self.version is None and self.position is None and self.as_of is None


def check(moment: Moment, actor: Actor) -> None:
    """Refuse a moment that is yet to come. Raises Problem `instant-in-future` or `position-ahead`."""
    if moment.as_of is not None and moment.as_of > actor.at:
        raise Problem("instant-in-future")
    if moment.min_position > actor.position:
        raise Problem("position-ahead", position=moment.min_position)
