"""Notarising: checkpoints and seals by count and by time, by whoever comes first, and never one too many."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casesys.application import Engine, Service
from casesys.evidence.checkpoints import Checkpoint, open_checkpoint, told_by
from casesys.evidence.merkle import Peaks
from casesys.evidence.notes import Signer, signed_by
from casesys.notary.failures import LedgerUnavailable, LogContradicts, Unsigned
from casesys.notary.keys import CheckpointKey
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seal, seals_of
from casesys.projections.database import open_views
from casesys.projections.running import Runner
from casesys.projections.standing import position_of
from casesys.settings import Pace, Paces
from casesys.store.contract import EventLog, StoreError, utc_now
from casesys.store.memory import MemoryLog
from casesys.vault import Vault
from casesys.worker import Notarising, Worker
from casesys.worker.notarising import AT_ONCE
from tests.community import Community, founded
from tests.projections.ledgers import Ledger as Rows
from tests.store.units import draft, unit
from tests.worker.test_worker import eventually, nothing_due

KEY = CheckpointKey("casesys/test", Ed25519PrivateKey.from_private_bytes(bytes(32)))
SELDOM = Pace(10**9, timedelta(days=10**5))


@pytest.fixture
def community() -> Community:
    """A community whose log is covered by nothing."""
    return founded()


@pytest.fixture
def ledger(community: Community) -> Iterator[Ledger]:
    """The ledger of its notary."""
    with closing(Ledger.in_memory(community.log.log_id)) as made:
        yield made


def notarising(
    community: Community, ledger: Ledger, checkpoints: Pace = SELDOM, seals: Pace = SELDOM
) -> Notarising:
    """Notarise a community's log at some paces."""
    paces = Paces(checkpoints, seals)
    return Notarising(community.service, ledger, lambda: [KEY], lambda: community.now, paces)


def settled(attend: Callable[[], bool]) -> None:
    """Attend until nothing more is to be done."""
    while attend():
        pass


def newest(ledger: Ledger) -> Checkpoint | None:
    """Give the newest checkpoint, opened by the key."""
    note = ledger.latest()
    return None if note is None else open_checkpoint(note, [KEY.verifier])


def signed_upto(ledger: Ledger) -> int:
    """Give how many events the newest checkpoint covers."""
    found = newest(ledger)
    return 0 if found is None else found.size


def test_a_checkpoint_is_signed_after_so_many_events(community: Community, ledger: Ledger) -> None:
    """Given a pace by count, when there are as many new events, and not before, then a checkpoint covers all there is."""
    work = notarising(community, ledger, checkpoints=Pace(3, SELDOM.within))
    settled(work.attend)
    size = signed_upto(ledger)
    while community.log.head().size < size + 3:
        assert signed_upto(ledger) == size
        community.collect()
        settled(work.attend)

    peaks = community.log.head().peaks
    assert newest(ledger) == Checkpoint(KEY.verifier.name, peaks.size, peaks.root())
    community.collect()
    settled(work.attend)
    assert signed_upto(ledger) == peaks.size


def test_the_first_checkpoint_waits_for_nothing_but_an_event(ledger: Ledger) -> None:
    """Given a key and an empty log, when its first events come, then they are signed at once, the next at their pace, none sealed."""
    log = MemoryLog()
    log.log_id = ledger.log_id
    service = Service(Engine(log, Vault.in_memory(log.log_id)))
    work = Notarising(service, ledger, lambda: [KEY], utc_now, Paces(SELDOM, SELDOM))
    settled(work.attend)
    assert newest(ledger) is None
    for count in (1, 2):
        log.append([unit(draft("case/1", count))])
        settled(work.attend)
        assert (signed_upto(ledger), seals_of(log)) == (1, [])


def test_no_event_waits_longer_than_said(community: Community, ledger: Ledger) -> None:
    """Given a pace by time, when the first new event is as old, and not before, then a checkpoint covers all there is."""
    work = notarising(community, ledger, checkpoints=Pace(SELDOM.events, timedelta(hours=1)))
    community.wait(hours=2)
    settled(work.attend)
    covered = community.log.head().size
    assert signed_upto(ledger) == covered
    community.wait(days=3)
    community.collect()
    community.wait(minutes=59)
    community.collect()
    settled(work.attend)
    assert signed_upto(ledger) == covered
    community.wait(minutes=1)
    settled(work.attend)
    assert signed_upto(ledger) == community.log.head().size > covered


def test_a_seal_that_fails_keeps_no_checkpoint_back(
    community: Community, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a log that can be read and not written to, when seal and checkpoint are due, then the checkpoint is signed."""
    work = notarising(
        community, ledger, checkpoints=Pace(1, SELDOM.within), seals=Pace(1, SELDOM.within)
    )
    size = community.log.head().size

    def full(*_: object) -> None:
        raise StoreError("store-full", "the disk is full", "make room")

    monkeypatch.setattr(community.log, "append", full)
    with pytest.raises(StoreError):
        settled(work.attend)

    assert signed_upto(ledger) == size


def test_a_seal_is_covered_by_a_checkpoint_at_once(community: Community, ledger: Ledger) -> None:
    """Given a pace of seals, when one is due, then the log is sealed and signed together, and again only after more has happened."""
    work = notarising(community, ledger, seals=Pace(5, SELDOM.within))
    settled(work.attend)
    (first,) = seals_of(community.log)
    assert signed_upto(ledger) == first.position == first.size + 1
    for _ in range(4):
        community.collect()
    settled(work.attend)
    assert len(seals_of(community.log)) == 1
    community.collect()
    settled(work.attend)
    assert [each.position for each in seals_of(community.log)][-1] == signed_upto(ledger)


def test_the_map_of_each_seal_is_kept(community: Community, ledger: Ledger) -> None:
    """Given a log that was sealed again and again, when its notary begins anew, then it keeps the map of each as the first did."""
    work = notarising(community, ledger, seals=Pace(1, SELDOM.within))
    for _ in range(3):
        settled(work.attend)
        community.collect()
    maps = {each.size: ledger.mapped_at(each.size) for each in seals_of(community.log)}
    with closing(Ledger.in_memory(community.log.log_id)) as anew:
        settled(notarising(community, anew, seals=Pace(1, SELDOM.within)).attend)

        assert len(seals_of(community.log)) == 4
        assert {size: anew.mapped_at(size) for size in maps} == maps
    assert None not in maps.values()


def test_a_log_in_which_nothing_happens_stays_as_it_is(
    community: Community, ledger: Ledger
) -> None:
    """Given a log that is sealed and signed, when weeks pass and nothing happens, then nothing is added and nothing signed."""
    work = notarising(community, ledger, Pace(1, timedelta(hours=1)), Pace(1, timedelta(days=1)))
    settled(work.attend)
    size, note = community.log.head().size, ledger.latest()
    for _ in range(20):
        community.wait(days=1)
        settled(work.attend)

    assert (community.log.head().size, ledger.latest()) == (size, note)
    assert len(seals_of(community.log)) == 1


def test_what_somebody_else_has_done_is_not_done_again(
    community: Community, ledger: Ledger
) -> None:
    """Given a log that was sealed and signed by hand meanwhile, when it would have been due, then it is left at that."""
    work = notarising(community, ledger, seals=Pace(1, timedelta(days=1)))
    settled(work.attend)
    community.collect()
    by_hand = Notary(community.log, ledger, lambda: [KEY])
    seal(by_hand, community.log, community.service.give, community.now)
    note = by_hand.checkpoint()

    settled(work.attend)

    assert ledger.latest() == note
    assert len(seals_of(community.log)) == 2


def test_without_a_key_nothing_is_done_until_there_is_one(
    community: Community, ledger: Ledger
) -> None:
    """Given no key, when something is due, then that is told and nothing stored; a key that is made later counts at once."""
    keys: list[Signer] = []
    paces = Paces(Pace(1, SELDOM.within), Pace(1, SELDOM.within))
    work = Notarising(community.service, ledger, lambda: keys, lambda: community.now, paces)
    size = community.log.head().size
    with pytest.raises(Unsigned):
        work.attend()
    assert (community.log.head().size, ledger.size()) == (size, 0)

    keys.append(KEY)
    settled(work.attend)

    assert signed_upto(ledger) == size + 1


def test_a_key_that_comes_or_goes_signs_at_once(community: Community, ledger: Ledger) -> None:
    """Given a log in which nothing happens, when a key is added or retired, then the head is signed by those of now, and once."""
    other = CheckpointKey(KEY.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    keys: list[Signer] = [KEY]
    paces = Paces(SELDOM, SELDOM)
    work = Notarising(community.service, ledger, lambda: keys, lambda: community.now, paces)
    settled(work.attend)
    first = ledger.latest()
    for now in ([KEY, other], [other]):
        keys[:] = now
        settled(work.attend)
        note = ledger.latest()
        assert note is not None
        assert signed_by(note) == {(key.verifier.name, key.verifier.key_id) for key in now}
        assert open_checkpoint(note, [other.verifier]) == told_by(first or "")
        settled(work.attend)
        assert ledger.latest() == note


def test_another_history_is_told_at_once(community: Community, ledger: Ledger) -> None:
    """Given a log in the place of the one that was signed, when nothing is due yet, then the contradiction is told all the same."""
    settled(notarising(community, ledger, checkpoints=Pace(1, SELDOM.within)).attend)
    note = ledger.latest()
    other = founded()
    other.log.log_id = community.log.log_id
    with pytest.raises(LogContradicts):
        notarising(other, ledger).attend()
    assert ledger.latest() == note


def test_a_long_log_is_taken_in_pieces(tmp_path: Path) -> None:
    """Given a log of thousands of events, when it is notarised for the first time, then each look takes in a part of it only."""
    log = MemoryLog()
    log.append([unit(draft(f"case/{n % 700}", n // 700 + 1)) for n in range(2 * AT_ONCE + 500)])
    service = Service(Engine(log, Vault.in_memory(log.log_id)))
    paces = Paces(Pace(1, SELDOM.within), Pace(1, SELDOM.within))
    with closing(Ledger.open(tmp_path / "log.notary", log.log_id)) as ledger:
        work = Notarising(service, ledger, lambda: [KEY], utc_now, paces)
        looks, before = 1, (0, 0)
        while work.attend():
            looks += 1
            so_far = (ledger.size(), ledger.mapped().size)
            assert so_far > before
            assert all(now - was <= AT_ONCE for now, was in zip(so_far, before, strict=True))
            before = so_far
        assert looks == 5
        assert signed_upto(ledger) == seals_of(log)[0].position == 2 * AT_ONCE + 501


def test_two_processes_make_one_tree_and_one_map(tmp_path: Path) -> None:
    """Given two notaries with connections of their own, when they take turns at every step, then tree and map are those of one."""
    log = MemoryLog()
    path = tmp_path / "log.notary"
    with (
        closing(Ledger.open(path, log.log_id)) as one,
        closing(Ledger.open(path, log.log_id)) as other,
        closing(Ledger.in_memory(log.log_id)) as alone,
    ):
        both = [Notary(log, each, lambda: [KEY]) for each in (one, other)]
        for number in range(40):
            log.append([unit(draft(f"case/{number % 7}", number // 7 + 1))])
            first, second = both[number % 2], both[1 - number % 2]
            assert first.advance()
            if number % 3 == 0:
                second.map_streams(number + 1)
            elif number % 3 == 1:
                first.map_streams(number // 2)
            assert second.checkpoint() == first.checkpoint()
        reference = Notary(log, alone)
        assert reference.advance()
        assert one.peaks() == other.peaks() == alone.peaks() == log.head().peaks
        assert both[0].map_streams(40) == reference.map_streams(40) == both[1].map_streams(40)


def test_a_map_that_was_moved_on_meanwhile_is_not_set_back(tmp_path: Path) -> None:
    """Given a map that another process moves on while one makes it, then what is kept is the other's, and one goes on from there."""
    log = _grown(60)
    path = tmp_path / "log.notary"
    with (
        closing(Ledger.open(path, log.log_id)) as one,
        closing(Ledger.open(path, log.log_id)) as other,
        closing(Ledger.in_memory(log.log_id)) as alone,
    ):
        before = one.mapped()
        assert Notary(log, other).map_streams(50).size == 50
        assert not one.map(before, before._replace(size=10, root=bytes(32)), {})
        assert one.mapped() == other.mapped()
        assert Notary(log, one).map_streams(60) == Notary(log, alone).map_streams(60)


def _grown(size: int) -> EventLog:
    log = MemoryLog()
    log.append([unit(draft(f"case/{n % 11}", n // 11 + 1)) for n in range(size)])
    return log


class Slow(Ledger):
    """A ledger whose writing takes until it is let go on."""

    def __init__(self, log_id: str) -> None:
        """Begin in memory."""
        super().__init__(None, log_id)
        self.writing, self.go_on = Event(), Event()

    def grow(self, tree: Peaks, leaves: Sequence[bytes]) -> None:
        """Wait, and let the tree grow."""
        self._held_up()
        super().grow(tree, leaves)

    def keep(self, size: int, note: str) -> None:
        """Wait, and keep a checkpoint."""
        self._held_up()
        super().keep(size, note)

    def _held_up(self) -> None:
        self.writing.set()
        assert self.go_on.wait(20)
        self.go_on.clear()


def test_commands_wait_for_nothing_that_is_derived_or_kept(community: Community) -> None:
    """Given a notary that is held up while it writes, however often, then commands are committed meanwhile."""
    with closing(Slow(community.log.log_id)) as ledger:
        work = notarising(community, ledger, checkpoints=Pace(1, SELDOM.within))
        thread = Thread(target=settled, args=(work.attend,))
        thread.start()
        for _ in range(3):  # the tree, what came meanwhile, and the note
            assert ledger.writing.wait(20)
            ledger.writing.clear()
            before = community.log.head().size
            community.collect()
            assert community.log.head().size > before
            ledger.go_on.set()
        thread.join(20)
        assert not thread.is_alive()
        assert 0 < signed_upto(ledger) < community.log.head().size


def test_trouble_of_the_notary_stops_nothing_else(
    community: Community, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a notary's file that cannot be used, then commands and read models go on, it is told once, and tried until it works."""
    broken = True

    class Broken(Ledger):
        def size(self) -> int:
            if broken:
                raise LedgerUnavailable("the disk is full")
            return super().size()

    paces = Paces(Pace(1, SELDOM.within), Pace(1, SELDOM.within))
    with (
        open_views(None) as views,
        closing(views.reader()) as db,
        closing(Broken(None, community.log.log_id)) as ledger,
    ):
        work = Notarising(community.service, ledger, lambda: [KEY], lambda: community.now, paces)
        worker = Worker(
            community.service,
            views,
            Runner(community.log, views, (Rows(),)),
            lambda: community.now,
            notarising=work,
            ask_due=nothing_due,
            tick_seconds=0.01,
        )
        with worker:
            eventually(lambda: worker.troubles == {"notary": "notary-unavailable"})
            community.collect()
            eventually(lambda: position_of(db, "ledger") == community.log.head().size)
            broken = False
            eventually(lambda: worker.troubles == {})
            eventually(lambda: signed_upto(ledger) == community.log.head().size)
    assert caplog.text.count("the disk is full") == 1
