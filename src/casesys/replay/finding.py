"""Which case and which moment somebody means: an id, its beginning or a source number; a version, a position or an instant."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from casesys.domain.cases.events import CaseCollected
from casesys.domain.cases.state import case_stream
from casesys.domain.catalogue import read_event
from casesys.domain.messages import Text, stored_name
from casesys.store.contract import EventLog, Stored

SHORTEST_BEGINNING = 8
"""How many characters of an id stand for it at the least; fewer would soon be ambiguous."""

PAGE = 2_000
NAMED_AT_MOST = 5


class NotFound(Exception):
    """What was asked for cannot be told from the log.

    Codes: `unknown-case`, `ambiguous-case`, `unknown-version`, `unknown-position`, `case-not-yet`, `one-moment-only`.
    `accepted` names what could have been meant, where that is a short list.
    """

    def __init__(self, code: str, says: Text, remedy: Text, accepted: tuple[str, ...] = ()) -> None:
        """Keep the stable code for programs; what is wrong and what to do about it for people."""
        super().__init__(f"{code}: {says.en}; {remedy.en}")
        self.code = code
        self.says = says
        self.remedy = remedy
        self.accepted = accepted


class Moment(NamedTuple):
    """Up to where a case is told: its events so far, the log position, and the instant that is asked about."""

    events: list[Stored]
    position: int
    instant: datetime


def find_case(log: EventLog, meant: str) -> str:
    """Give the id of a case: of that id; whose id begins so (8 characters or more); or with that source number.

    Raises NotFound `unknown-case`, or `ambiguous-case` and up to five of the cases that could be meant.
    """
    if log.read_stream(case_stream(meant), upto_version=1):
        return meant
    begun = _beginning(log, meant) if len(meant) >= SHORTEST_BEGINNING else []
    found = begun if len(begun) == 1 else _with_source(log, meant) or begun
    if not found:
        raise NotFound(
            "unknown-case",
            Text(f"没有事项“{meant}”", f"there is no case {meant!r}"),
            Text(
                f"请给出事项编号、编号的前{SHORTEST_BEGINNING}位以上或来源编号",
                f"name a case by its id, the first {SHORTEST_BEGINNING} characters of it or more, or its source number",
            ),
        )
    if len(found) > 1:
        raise NotFound(
            "ambiguous-case",
            Text(f"“{meant}”可指不止一个事项", f"{meant!r} could be more than one case"),
            Text("请给出完整编号", "give the whole id"),
            tuple(found),
        )
    return found[0]


def _beginning(log: EventLog, beginning: str) -> list[str]:
    """Give the first ids that begin so."""
    streams = log.stream_ids(case_stream(beginning), "", NAMED_AT_MOST)
    return [stream.partition("/")[2] for stream in streams]


def _with_source(log: EventLog, number: str) -> list[str]:
    """Give the first cases with a source number. The log has no index of these: every event is looked at, few are decoded."""
    name = stored_name(CaseCollected)
    sought = b'"source_ref":' + msgspec.json.encode(number)
    found: list[str] = []
    after = 0
    while len(found) < NAMED_AT_MOST and (page := log.read(after, PAGE)):
        after = page[-1].position
        for stored in page:
            if sought in stored.leaf_bytes:
                leaf = stored.leaf
                if f"{leaf.type}.v{leaf.schema_v}" == name:
                    event = read_event(name, leaf.public_data)
                    assert isinstance(event, CaseCollected)
                    if event.source_ref == number:
                        found.append(event.case_id)
    return found[:NAMED_AT_MOST]


def moment_of(
    log: EventLog,
    case_id: str,
    *,
    version: int | None,
    position: int | None,
    as_of: datetime | None,
) -> Moment:
    """Find the events of a case up to a version, a position, an instant of recording, or the end of the log.

    Raises NotFound for more than one of them, for one that the log does not reach, and for a case that did not exist then.
    """
    if sum(given is not None for given in (version, position, as_of)) > 1:
        raise NotFound(
            "one-moment-only",
            Text(
                "版本、位置和时刻只能给出一个",
                "a version, a position and an instant exclude each other",
            ),
            Text("请只给出其中一个", "give one of them"),
        )
    if version is not None:
        return _at_version(log, case_id, version)
    head = log.head()
    if position is None:
        position = head.size if as_of is None else log.position_at(as_of)
    elif not 1 <= position <= head.size:
        raise NotFound(
            "unknown-position",
            Text(f"日志中没有位置{position}", f"the log has no position {position}"),
            Text(f"位置为1至{head.size}", f"positions are 1 to {head.size}"),
        )
    events = log.read_stream(case_stream(case_id), upto_position=position)
    if not events:
        raise NotFound(
            "case-not-yet",
            Text(f"当时尚无事项{case_id}", f"case {case_id} did not exist then"),
            Text("请问更晚的时刻", "ask for a later moment"),
        )
    instant = as_of or log.read(position - 1, 1)[0].leaf.recorded_at
    return Moment(events, position, instant)


def _at_version(log: EventLog, case_id: str, version: int) -> Moment:
    events = log.read_stream(case_stream(case_id))
    if not 1 <= version <= len(events):
        raise NotFound(
            "unknown-version",
            Text(f"事项{case_id}没有第{version}版", f"case {case_id} has no version {version}"),
            Text(f"版本为1至{len(events)}", f"versions are 1 to {len(events)}"),
        )
    last = events[version - 1]
    return Moment(events[:version], last.position, last.leaf.recorded_at)
