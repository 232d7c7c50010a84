"""What is looked at once a life has ended: everything read again from the file, by everybody who can read it."""

import re

from casesys.domain.cases.state import Case, case_stream
from casesys.replay.history import history
from casesys.replay.redecide import redecide
from casesys.store.contract import Stored
from casesys.store.reading import state_of
from tests.model.record import Record

PERSONAL = (
    re.compile(rb"\xe1\x83[\x80-\xbf](?:\xe1\x83[\x80-\xbf]){2}"),
    re.compile(rb"\\u10[d-fD-F].(?:\\+u10[d-fD-F].){2}"),
)
"""Three letters of the alphabet that only personal texts are written in, as UTF-8 or as JSON escapes. Chance has no three.

Each begins with bytes that are always the same, which is what `re` looks for fast.
"""

LOOKS_BACK = 4
"""At how many moments a whole history is told; the states of all moments are folded anyway."""


def everything(record: Record) -> None:
    """Look at everything."""
    record.twins.restart("first")
    leaves = record.twins.file.engine.log.read(0, 1_000_000)
    each_command_has_one_effect(leaves)
    the_file_tells_the_same_again(record)
    every_moment_can_be_replayed(record)
    deciding_again_gives_the_same(record)
    no_personal_text_lies_open(record)


def each_command_has_one_effect(leaves: list[Stored]) -> None:
    """Invariant 4: the events of a command lie together, numbered from 0, and come once."""
    seen = set()
    for stored in leaves:
        leaf = stored.leaf
        command_id, _, number = leaf.event_id.rpartition(".")
        assert command_id == str(leaf.command_id)
        assert (leaf.command is not None) is (number == "0")
        assert leaf.event_id not in seen
        seen.add(leaf.event_id)


def the_file_tells_the_same_again(record: Record) -> None:
    """Invariant 2: folded from scratch, from a file just opened, every state is what it was."""
    log = record.twins.file.engine.log
    assert set(log.stream_ids("", "", 1_000_000)) == set(record.states)
    for stream, loaded in record.states.items():
        assert state_of(log.read_stream(stream)) == loaded


def every_moment_can_be_replayed(record: Record) -> None:
    """Invariant 13: as of any position a case is what it was served as then."""
    log, vault = record.twins.file.engine.log, record.twins.file.engine.vault
    moments = [(case, *moment) for case, served in record.served.items() for moment in served]
    for case_id, position, state in moments:
        events = log.read_stream(case_stream(case_id), upto_position=position)
        assert state_of(events).state == state
    for case_id, position, state in moments[:: max(1, len(moments) // LOOKS_BACK)]:
        told: Case = history(log, vault, case_id, position=position).state
        assert told == state


def deciding_again_gives_the_same(record: Record) -> None:
    """Invariant 15: every command, decided again against what it read, gives exactly the recorded events."""
    engine = record.twins.file.engine
    report = redecide(engine.log, engine.vault)
    assert report.events == record.peaks.size
    assert report.differences == (), report.differences
    assert report.differing == 0


def no_personal_text_lies_open(record: Record) -> None:
    """No file of the store holds personal text, however it is written: as it is, or escaped."""
    for file in record.twins.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(each.search(content) for each in PERSONAL), file.name
