"""The contract of an event log, which the one in memory and the one in a file keep alike."""

from datetime import timedelta, timezone
from hashlib import sha256
from threading import Thread
from uuid import uuid4

import pytest

from casesys.domain.messages import StreamId
from casesys.evidence.merkle import EMPTY_ROOT, Peaks, leaf_hash
from casesys.store import (
    Conflict,
    DuplicateCommand,
    EventLog,
    Stored,
    StoreError,
    Subscription,
    Unit,
)
from tests.store.units import START, Clock, draft, unit

ONE, TWO = StreamId("case/1"), StreamId("case/2")


def everything(log: EventLog) -> list[Stored]:
    """All events of a short log."""
    return log.read(0, 1_000)


def test_an_empty_log(log: EventLog) -> None:
    """Given a new log, then it has an identity, no events, and the root of the empty tree."""
    assert len(log.log_id) == 36
    assert log.head().size == 0
    assert log.head().recorded_at is None
    assert log.head().peaks.root() == EMPTY_ROOT
    assert everything(log) == []
    assert log.read_streams([ONE]) == {ONE: []}
    assert log.read_stream(ONE) == []
    assert log.find_command(uuid4()) == []
    assert log.position_at(START) == 0
    assert log.append([]) == []


def test_a_leaf_says_what_the_lock_knows(log: EventLog) -> None:
    """Given two events of one command, when they are appended, then each leaf has its place, links, hashes and envelope."""
    earlier = unit(draft(TWO, 1))
    command = unit(draft(ONE, 1, "路灯"), draft(ONE, 2, sealed=(b"c0", b"c1")), reads={TWO: 1})
    first, second = log.append([earlier, command])
    events = log.read_stream(ONE)
    leaf, following = (event.leaf for event in events)

    assert first == (1, 1, START)
    assert second == (2, 3, START)
    assert [event.position for event in events] == [2, 3]
    assert [event.leaf_hash for event in events] == [leaf_hash(e.leaf_bytes) for e in events]
    assert (leaf.log, leaf.stream, leaf.stream_seq, leaf.read_index) == (log.log_id, ONE, 1, 1)
    assert (following.stream_seq, following.read_index) == (2, 1)
    assert leaf.prev_stream_leaf is None
    assert following.prev_stream_leaf == events[0].leaf_hash.hex()
    assert leaf.event_id == f"{command.command_id}.0"
    assert following.event_id == f"{command.command_id}.1"
    assert leaf.command == command.command
    assert following.command is None
    assert (leaf.recorded_at, leaf.decided_at, leaf.effective_at) == (START, START, START)
    assert (leaf.type, leaf.schema_v, leaf.rule_id, leaf.rule) == (
        "case-noted",
        1,
        "art-1",
        command.rule,
    )
    assert bytes(leaf.public_data) == '{"text":"路灯"}'.encode()
    assert [(pd.name, pd.subject, pd.digest) for pd in following.pd] == [
        ("field-0", "p-1", sha256(b"c0").hexdigest()),
        ("field-1", "p-1", sha256(b"c1").hexdigest()),
    ]


def test_the_head_is_the_tree_over_all_leaves(log: EventLog) -> None:
    """Given appends of several sizes, then after each the head is the tree over the stored leaf hashes."""
    for batch in range(1, 6):
        log.append([unit(draft(f"case/{batch}-{n}", 1)) for n in range(batch)])
        hashes = [event.leaf_hash for event in everything(log)]

        assert log.head().peaks == Peaks().push(*hashes)
        assert log.head().size == len(hashes)


def test_streams_are_read_together(log: EventLog) -> None:
    """Given events of two streams that alternate, when both are read, then each has its own in order, between bounds if asked."""
    for seq in (1, 2, 3):
        log.append([unit(draft(ONE, seq)), unit(draft(TWO, seq))])
    streams = log.read_streams([TWO, StreamId("case/none"), ONE])

    assert {stream: [e.position for e in events] for stream, events in streams.items()} == {
        ONE: [1, 3, 5],
        TWO: [2, 4, 6],
        "case/none": [],
    }
    assert [e.position for e in log.read_stream(ONE, upto_version=2)] == [1, 3]
    assert [e.position for e in log.read_stream(ONE, upto_position=4)] == [1, 3]
    assert [e.position for e in log.read_stream(ONE, upto_version=1, upto_position=4)] == [1]
    assert [e.position for e in log.read_stream(ONE, after_version=1)] == [3, 5]
    assert [e.position for e in log.read_stream(ONE, after_version=1, upto_version=2)] == [3]
    assert log.read_stream(ONE, after_version=3) == log.read_stream(ONE, upto_version=0) == []


def test_the_whole_log_is_read_by_pages(log: EventLog) -> None:
    """Given seven events, when they are read by pages of three, then each comes once, in order."""
    log.append([unit(draft(ONE, seq)) for seq in range(1, 8)])

    pages = [[e.position for e in log.read(after, 3)] for after in (0, 3, 6, 7)]
    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]


def test_streams_are_listed(log: EventLog) -> None:
    """Given streams of two kinds, when one kind is listed by pages, then each name comes once, in order of code points."""
    names = ["case/b", "person/1", "case/a", "case/甲", "case/c", "cases"]
    log.append([unit(draft(name, 1)) for name in names])
    log.append([unit(draft("case/a", 2))])

    assert log.stream_ids("case/", "", 2) == ["case/a", "case/b"]
    assert log.stream_ids("case/", "case/b", 9) == ["case/c", "case/甲"]
    assert log.stream_ids("", "case/甲", 9) == ["cases", "person/1"]


def test_ciphertexts_are_kept_by_place(log: EventLog) -> None:
    """Given sealed fields of some events, when some positions are asked for, then theirs come, and no others."""
    log.append([unit(draft(ONE, 1, sealed=(b"a", b"b"))), unit(draft(ONE, 2, sealed=(b"c",)))])
    log.append([unit(draft(ONE, 3))])

    assert log.ciphertexts([1, 3, 9]) == {(1, 0): b"a", (1, 1): b"b"}
    assert log.ciphertexts(range(1, 3)) == {(1, 0): b"a", (1, 1): b"b", (2, 0): b"c"}


def test_a_command_is_found(log: EventLog) -> None:
    """Given a command with two events among others, when it is looked up, then its events come in order."""
    mine = unit(draft(ONE, 1), draft(TWO, 1))
    log.append([unit(draft("case/3", 1)), mine, unit(draft(ONE, 2))])

    assert [event.position for event in log.find_command(mine.command_id)] == [2, 3]


@pytest.mark.parametrize(
    ("refused", "stream", "expected", "actual"),
    [
        (unit(draft(ONE, 2)), ONE, 1, 2),
        (unit(draft(ONE, 4)), ONE, 3, 2),
        (unit(draft(TWO, 2)), TWO, 1, 0),
        (unit(draft(TWO, 1), reads={ONE: 1}), ONE, 1, 2),
        (unit(draft(TWO, 1), reads={ONE: 2, "person/1": 1}), "person/1", 1, 0),
        (unit(draft(TWO, 1), draft(TWO, 1)), TWO, 0, 1),
        (unit(draft(TWO, 1), draft(TWO, 3)), TWO, 2, 1),
    ],
    ids=["stale", "ahead", "none yet", "read", "read none", "twice", "gap"],
)
def test_a_conflict_names_the_stream_and_leaves_nothing(
    log: EventLog, refused: Unit, stream: str, expected: int, actual: int
) -> None:
    """Given a unit decided on another version, when it is appended with good ones, then none is, and the conflict is told."""
    log.append([unit(draft(ONE, 1)), unit(draft(ONE, 2))])
    before = log.head()
    with pytest.raises(Conflict) as told:
        log.append([unit(draft("case/9", 1, sealed=(b"x",))), refused])
    conflict = told.value

    assert (conflict.stream, conflict.expected, conflict.actual) == (stream, expected, actual)
    assert conflict.unit == 1
    assert log.head() == before
    assert log.read_stream(StreamId("case/9")) == []
    assert log.ciphertexts([3, 4]) == {}
    assert log.append([unit(draft(ONE, 3))])[0].first == 3


def test_a_unit_may_rest_on_the_one_before(log: EventLog) -> None:
    """Given units of one append that read what earlier ones wrote, then they stand, and their read index says so."""
    log.append(
        [
            unit(draft(ONE, 1), reads={ONE: 0}),
            unit(draft(ONE, 2), draft(TWO, 1), reads={ONE: 1, TWO: 0}),
            unit(draft("case/3", 1), reads={ONE: 2, TWO: 1}),
        ]
    )

    assert [event.leaf.read_index for event in everything(log)] == [0, 1, 1, 3]


def test_a_command_happens_once(log: EventLog) -> None:
    """Given a command in the log, when it comes again, then it is a duplicate, though its versions are stale as well."""
    first = unit(draft(ONE, 1))
    log.append([first])
    with pytest.raises(DuplicateCommand) as told:
        log.append([unit(draft(TWO, 1)), first])

    assert (told.value.command_id, told.value.unit) == (first.command_id, 1)
    assert log.head().size == 1


def test_a_command_happens_once_within_one_append(log: EventLog) -> None:
    """Given two units of one command in one append, then the second is a duplicate and nothing is stored."""
    same = uuid4()
    with pytest.raises(DuplicateCommand) as told:
        log.append([unit(draft(ONE, 1), command_id=same), unit(draft(TWO, 1), command_id=same)])

    assert told.value.unit == 1
    assert log.head().size == 0


def test_the_first_unit_that_cannot_stand_is_named(log: EventLog) -> None:
    """Given a conflict before a duplicate and a duplicate before a conflict, then each time the earlier one is told."""
    known = unit(draft(ONE, 1))
    log.append([known])
    fresh = unit(draft(TWO, 1), command_id=known.command_id)
    stale = unit(draft(ONE, 1))

    with pytest.raises(Conflict) as conflict:
        log.append([stale, fresh])
    assert conflict.value.unit == 0
    with pytest.raises(DuplicateCommand) as duplicate:
        log.append([fresh, stale])
    assert duplicate.value.unit == 0


def test_a_unit_has_events(log: EventLog) -> None:
    """Given a unit without events, when it is appended, then it is refused and nothing is stored."""
    with pytest.raises(ValueError, match="at least one"):
        log.append([unit(draft(ONE, 1)), unit()])

    assert log.head().size == 0


def test_recorded_at_never_runs_backwards(log: EventLog, clock: Clock) -> None:
    """Given a clock that steps back a little, when something is appended, then it is recorded when the last event was."""
    log.append([unit(draft(ONE, 1))])
    clock.advance(-59)
    log.append([unit(draft(ONE, 2))])
    clock.advance(60)
    log.append([unit(draft(ONE, 3))])

    recorded = [event.leaf.recorded_at for event in everything(log)]
    assert recorded == [START, START, START + timedelta(seconds=1)]
    assert log.head().recorded_at == recorded[-1]


def test_a_clock_far_behind_is_refused(log: EventLog, clock: Clock) -> None:
    """Given a clock more than the bound behind the log, when something is appended, then it is refused until the clock is set."""
    log.append([unit(draft(ONE, 1))])
    clock.advance(-61)
    with pytest.raises(StoreError) as told:
        log.append([unit(draft(ONE, 2))])
    assert told.value.code == "clock-behind"
    assert log.head().size == 1
    clock.advance(61)

    assert log.append([unit(draft(ONE, 2))])[0].first == 2


def test_an_instant_finds_its_position(log: EventLog, clock: Clock) -> None:
    """Given events a second apart, two at a time, then an instant finds the last one recorded by then, in any zone."""
    for seq in range(1, 20, 2):
        log.append([unit(draft(ONE, seq)), unit(draft(ONE, seq + 1))])
        clock.advance(1)

    def at(seconds: float) -> int:
        return log.position_at(START + timedelta(seconds=seconds))

    assert [at(-0.001), at(0), at(0.5), at(1), at(8.999), at(9), at(99)] == [0, 2, 2, 4, 18, 20, 20]
    shanghai = timezone(timedelta(hours=8))
    assert log.position_at((START + timedelta(seconds=1)).astimezone(shanghai)) == 4


class Follower(Thread):
    """Collects the pages of a subscription until it ends, or until what it meets."""

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(daemon=True)
        self.subscription = subscription
        self.pages: list[list[int]] = []
        self.error: StoreError | None = None
        self.start()

    def run(self) -> None:
        """Follow."""
        try:
            for page in self.subscription:
                self.pages.append([event.position for event in page])
        except StoreError as error:
            self.error = error

    def stop(self) -> list[int]:
        """End, and give the positions met."""
        self.subscription.stop()
        self.join(5)
        assert not self.is_alive()
        return [position for page in self.pages for position in page]

    def wait_for(self, position: int) -> None:
        """Wait until a position was met."""
        for _ in range(5_000):
            if self.pages and self.pages[-1][-1] >= position:
                return
            self.join(0.001)
        raise AssertionError(f"position {position} never came: {self.pages}")


def test_a_follower_meets_every_event(log: EventLog) -> None:
    """Given followers from several positions, when more is appended, then each meets every event once, in order, in pages."""
    log.append([unit(draft(ONE, seq)) for seq in range(1, 6)])
    from_start, from_middle = Follower(log.subscribe(0, page=2)), Follower(log.subscribe(3))
    from_start.wait_for(5)
    for seq in range(6, 31):
        log.append([unit(draft(ONE, seq))])
    from_start.wait_for(30)
    from_middle.wait_for(30)

    assert from_start.stop() == list(range(1, 31))
    assert from_middle.stop() == list(range(4, 31))
    assert max(map(len, from_start.pages)) == 2
    assert min(map(len, from_start.pages)) == 1


def test_a_follower_that_waits_is_stopped(log: EventLog) -> None:
    """Given a follower of an empty log, when it is stopped, then it ends at once; and one that is stopped never begins."""
    subscription = log.subscribe(0)
    follower = Follower(subscription)

    assert follower.stop() == []
    assert list(subscription) == []


def test_a_follower_of_a_closed_log_is_told(log: EventLog) -> None:
    """Given a follower that waits, when the log is closed, then it is told so."""
    follower = Follower(log.subscribe(0))
    log.append([unit(draft(ONE, 1))])
    follower.wait_for(1)
    log.close()
    follower.join(5)

    assert follower.error is not None
    assert follower.error.code == "store-closed"


def test_a_closed_log_refuses_everything(log: EventLog) -> None:
    """Given a closed log, when anything is asked of it, then it is refused with one code; closing again does no harm."""
    log.close()
    log.close()
    for action in (
        lambda: log.append([unit(draft(ONE, 1))]),
        lambda: log.append([]),
        lambda: log.read_streams([ONE]),
        lambda: log.read_stream(ONE),
        lambda: log.read(0, 1),
        lambda: log.find_command(uuid4()),
        log.head,
        lambda: log.position_at(START),
        lambda: log.stream_ids("", "", 1),
        lambda: log.ciphertexts([1]),
        lambda: list(log.subscribe(0)),
    ):
        with pytest.raises(StoreError) as told:
            action()
        assert told.value.code == "store-closed"


def test_many_streams_at_once(log: EventLog) -> None:
    """Given two thousand streams, when they are written and read in one go, then all are there."""
    names = [StreamId(f"case/{n}") for n in range(2_000)]
    log.append([unit(draft(name, 1)) for name in names])

    assert all(len(events) == 1 for events in log.read_streams(names).values())
    assert len(log.append([unit(draft(n, 2), reads={n: 1}) for n in names])) == 2_000
