"""The runner: takes the read models through the log, page by page, and brings what was built beside into service.

Copies that stand at the same position walk together, so that each event is decoded and folded once for all of them. A page is one
transaction. What one cannot take, the others take in a transaction without it; it then tries smaller and smaller pages until the one
event is found, and is parked before it. See docs/adr/0012.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from casesys.projections import standing as register
from casesys.projections.batches import KEPT_STATES, Walk, calendars_adopted
from casesys.projections.comparing import compared
from casesys.projections.contract import Batch, Projection
from casesys.projections.copies import Copy, Group, described
from casesys.projections.database import Views
from casesys.projections.failures import of_the_machine
from casesys.projections.standing import Parked, Slot, Standing, Wish
from casesys.projections.tables import bring_into_service, create, drop, table_name
from casesys.store.contract import Clock, EventLog, StoreError, utc_now

PAGE = 4_000
"""How many events one transaction takes in at the most. A case that changes several times within a page is written once."""

PAGE_BEHIND = 250
"""The same for those behind, as long as those before them have something to do: what serves must not wait for what is rebuilt."""

Progress = Callable[[int], object]
"""Told, after each commit, the position up to which all are that serve and are not parked."""

_log = logging.getLogger(__name__)


class _Stumbled(Exception):
    """A copy could not take a batch, through a fault of its own."""

    def __init__(self, copy: Copy, error: Exception) -> None:
        """Keep which one, and its error."""
        super().__init__()
        self.copy = copy
        self.error = error


class Runner:
    """Runs some projections over a log. Belongs to one thread at a time, and does nothing unless it could `begin`."""

    def __init__(  # noqa: PLR0913 - options by name, each with its default
        self,
        log: EventLog,
        views: Views,
        projections: Iterable[Projection],
        *,
        page: int = PAGE,
        kept_states: int = KEPT_STATES,
        clock: Clock = utc_now,
        on_progress: Progress = lambda _: None,
    ) -> None:
        """Put the parts together."""
        self._log = log
        self._views = views
        self._projections = {each.name: each for each in projections}
        self._page = page
        self._kept_states = kept_states
        self._clock = clock
        self._on_progress = on_progress
        self._groups: list[Group] = []
        self._parked: list[Copy] = []
        self._begun = False

    def begin(self) -> bool:
        """Become the one that runs the projections, and see how each stands. False if another process is. May be repeated.

        Where their file was deleted or replaced since, it begins anew, with the file that stands there by now. Raises ViewsError,
        StoreError or OSError.
        """
        begun, self._begun = self._begun, False  # and so it stays if anything fails
        if not self._views.hold():
            return False
        if self._views.renew():
            begun = False
            if not self._views.hold():
                return False
        if not begun:
            with self._views.transaction() as db:
                self._take_stock(db)
        self._begun = True
        return True

    def step(self, *, until: int | None = None) -> bool:
        """Carry out what was asked for, then take all that is behind one page on; say whether anything was done.

        Nothing goes beyond the position `until`, if one is given. Raises ViewsError or StoreError when the machine does not allow it;
        nothing is lost, and it is to be called again later, after `begin`.
        """
        assert self._begun, "the runner has not begun"
        try:
            done = self._carry_out(self._views.wishes())
            done |= self._go_on(until)
            done |= self._bring_into_service()
        except BaseException:
            self._begun = False  # what it remembers may be ahead of what was committed
            raise
        return done

    def catch_up(self, *, until: int | None = None) -> None:
        """Go on until there is nothing more to do. Raises as `step` does."""
        while self.step(until=until):
            pass

    # -- how each stands ----------------------------------------------------------------------------------------------------

    def _take_stock(self, db: sqlite3.Connection) -> None:
        """Let every copy go on that can, begin anew those that cannot, and drop what nobody knows any more."""
        self._groups, self._parked = [], []
        same_log = register.log_of(db) == self._log.log_id
        register.set_log(db, self._log.log_id)
        unserved = dict.fromkeys(self._projections, 0)
        for standing in register.standings(db):
            name, serves = standing.name, standing.slot is Slot.SERVING
            projection = self._projections.get(name)
            goes_on = same_log and (serves or name not in unserved)
            if projection is not None and goes_on and self._is_sound(standing, projection):
                self._admit(Copy(db, projection, standing))
                unserved.pop(name, None)
                continue
            _log.warning("the rows of %s are of another log or revision: dropped", name)
            drop(db, standing.tables, standing.slot)
            register.strike(db, standing)
            if serves and name in unserved:
                unserved[name] = standing.generation
        for name, generation in unserved.items():
            self._start(db, self._projections[name], Slot.SERVING, generation + 1)
        self._regroup()

    def _is_sound(self, standing: Standing, projection: Projection) -> bool:
        """Say whether a copy is as its projection makes it now, and the log has the event where it stands.

        Otherwise it is ahead of the log, which may have lost its end in a power cut or been restored from a backup.
        """
        if not standing.fits(projection):
            return False
        if standing.position == 0:
            return True
        events = self._log.read(standing.position - 1, 1)
        return bool(events) and events[0].leaf_hash == standing.leaf_hash

    def _start(
        self, db: sqlite3.Connection, projection: Projection, slot: Slot, generation: int
    ) -> None:
        """Begin a copy at the beginning of the log."""
        tables = tuple(projection.tables)
        standing = Standing(projection.name, slot, projection.revision, generation, tables)
        create(db, tables, slot, generation)
        register.put(db, standing)
        self._admit(Copy(db, projection, standing))

    def _admit(self, copy: Copy) -> None:
        if copy.standing.parked is None:
            self._groups.append(Group([copy], self._page))
        else:
            self._parked.append(copy)

    def _dismiss(self, copy: Copy) -> None:
        for group in self._groups:
            group.copies = [each for each in group.copies if each is not copy]
        self._parked = [each for each in self._parked if each is not copy]

    def _copies(self, name: str) -> list[Copy]:
        walking = [copy for group in self._groups for copy in group.copies]
        return [copy for copy in walking + self._parked if copy.projection.name == name]

    def _regroup(self) -> None:
        """Let those who stand at the same position go on together."""
        met: dict[int, Group] = {}
        for group in self._groups:
            if group.copies and met.setdefault(group.position, group) is not group:
                met[group.position].join(group)
        self._groups = sorted(met.values(), key=lambda group: -group.position)

    # -- going on -----------------------------------------------------------------------------------------------------------

    def _go_on(self, until: int | None) -> bool:
        """Take each group one page on, the most advanced first, none beyond the one before it: there they meet."""
        self._regroup()
        done, bound = False, until
        for group in self._groups.copy():
            limit = min(group.limit, PAGE_BEHIND) if done else group.limit
            room = limit if bound is None else max(0, bound - group.position)
            done |= self._advance(group, min(limit, room))
            if group.copies:
                bound = group.position
        self._regroup()
        return done

    def _advance(self, group: Group, limit: int) -> bool:
        """Take a group over at most so many events; say whether there were any."""
        walk = group.walk or Walk(self._log, group.position, kept_states=self._kept_states)
        try:
            batch = walk.advance(limit)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an event that cannot be read at all parks whoever meets it
            self._stumble(group, [(copy, error) for copy in group.copies], limit)
            return True
        group.at_end = len(batch.steps) < limit
        if batch.steps:
            self._stumble(group, self._write(group, walk, batch), len(batch.steps))
            if group.copies:
                serving = [
                    each.position for each in self._groups if any(c.serves for c in each.copies)
                ]
                self._on_progress(min(serving, default=walk.position))
        group.walk = walk
        return bool(batch.steps)

    def _write(self, group: Group, walk: Walk, batch: Batch) -> list[tuple[Copy, Exception]]:
        """Let each copy of a group take a batch, all in one transaction; give those that could not, and why."""
        copies, stumbled = group.copies.copy(), list[tuple[Copy, Exception]]()
        while copies:
            try:
                self._take(copies, walk, batch)
                break
            except _Stumbled as stumble:  # the others begin once more, without it
                stumbled.append((stumble.copy, stumble.error))
                copies.remove(stumble.copy)
        return stumbled

    def _take(self, copies: Iterable[Copy], walk: Walk, batch: Batch) -> None:
        """Let some copies take a batch, or none of them: the first that cannot is told as _Stumbled."""
        calendars, moved = calendars_adopted(batch), list[tuple[Copy, Standing]]()
        with self._views.transaction() as db:
            for copy in copies:
                try:
                    copy.take(walk.widened(batch, copy.waiting_for(calendars)))
                except StoreError:
                    raise
                except Exception as error:  # its own fault, whatever it is
                    if isinstance(error, sqlite3.Error) and of_the_machine(error) is not None:
                        raise
                    raise _Stumbled(copy, error) from error
                standing = replace(copy.standing, position=walk.position, leaf_hash=walk.leaf_hash)
                moved.append((copy, standing))
            register.move(db, (standing for _, standing in moved))
        for copy, standing in moved:
            copy.standing = standing

    def _stumble(self, group: Group, stumbled: list[tuple[Copy, Exception]], events: int) -> None:
        """Let those who could not take so many events try half as many apart from the others, and park them before a single one."""
        if not stumbled:
            return
        gone = [copy for copy, _ in stumbled]
        group.copies = [copy for copy in group.copies if copy not in gone]
        if events > 1:
            self._groups.append(Group(gone, events // 2))
            return
        with self._views.transaction() as db:
            for copy, error in stumbled:
                self._park(db, copy, error)

    def _park(self, db: sqlite3.Connection, copy: Copy, error: Exception) -> None:
        name, position = copy.projection.name, copy.standing.position + 1
        parked = Parked(position, described(error), self._clock())
        copy.standing = replace(copy.standing, parked=parked)
        register.put(db, copy.standing)
        self._parked.append(copy)
        _log.error(
            "%s is parked before event %d (%s); mend it, then: casesys projections retry %s, or without that event: --skip",
            name,
            position,
            parked.error,
            name,
        )

    # -- what was asked for -------------------------------------------------------------------------------------------------

    def _carry_out(self, wishes: list[Wish]) -> bool:
        if wishes:
            with self._views.transaction() as db:
                for wish in wishes:
                    if wish.deed == "rebuild":
                        self._rebuild(db, wish.name)
                    else:
                        self._release(db, wish)
                register.fulfil(db, wishes)
        return bool(wishes)

    def _rebuild(self, db: sqlite3.Connection, name: str) -> None:
        """Begin a copy beside the one that serves; one that was being built already is dropped."""
        for copy in self._copies(name):
            if not copy.serves:
                drop(db, copy.standing.tables, Slot.BUILDING)
                register.strike(db, copy.standing)
                self._dismiss(copy)
        for copy in self._copies(name):
            generation = copy.standing.generation + 1
            self._start(db, copy.projection, Slot.BUILDING, generation)

    def _release(self, db: sqlite3.Connection, wish: Wish) -> None:
        """Let parked copies go on: with the event that stopped them, or without it."""
        for copy in self._copies(wish.name):
            standing = copy.standing
            if standing.parked is None:
                continue
            self._dismiss(copy)
            if wish.deed == "skip":
                (event,) = self._log.read(standing.parked.position - 1, 1)
                skipped = (*standing.skipped, event.position)
                standing = replace(
                    standing, position=event.position, leaf_hash=event.leaf_hash, skipped=skipped
                )
            copy.standing = replace(standing, parked=None)
            register.put(db, copy.standing)
            self._admit(copy)

    def _bring_into_service(self) -> bool:
        """Let each copy that was built beside take the place of the one that serves, once it is as far."""
        ready = []
        for group in self._groups:
            for copy in group.copies:
                if not copy.serves:
                    (serving,) = (c for c in self._copies(copy.projection.name) if c.serves)
                    if self._is_as_far(copy, serving, at_end=group.at_end):
                        ready.append((copy, serving))
        for copy, serving in ready:
            with self._views.transaction() as db:
                self._switch(db, copy, serving)
        self._regroup()
        return bool(ready)

    def _is_as_far(self, copy: Copy, serving: Copy, *, at_end: bool) -> bool:
        if serving.standing.parked is not None:
            return at_end
        return copy.standing.position == serving.standing.position

    def _switch(self, db: sqlite3.Connection, copy: Copy, serving: Copy) -> None:
        """Compare the two copies, drop the one that serves, and give its names to the other."""
        tables, standing = copy.standing.tables, copy.standing
        differed = None
        if standing.position == serving.standing.position:
            beside = {table.name: f"main.{table_name(table, Slot.BUILDING)}" for table in tables}
            differed = sum(each.differing for each in compared(db, tables, beside))
        drop(db, serving.standing.tables, Slot.SERVING)
        bring_into_service(db, tables)
        register.strike(db, standing)
        served = replace(standing, slot=Slot.SERVING, differed=differed)
        register.put(db, served)
        self._dismiss(copy)
        self._dismiss(serving)
        self._admit(Copy(db, copy.projection, served))
        _log.info("%s is rebuilt; %s rows differ from before", served.name, differed)
