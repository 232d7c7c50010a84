"""Verifying a log as it is stored: live, a copy or a backup, from its file alone, against a checkpoint that somebody kept.

Every event is held against its hash, the one before it in its stream, its command, its columns and its ciphertexts; every seal against
the map made anew; the head against the tree; and the tree, as large as it was then, against the checkpoint.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from casesys.evidence.chain import Damage
from casesys.evidence.checkpoints import Checkpoint
from casesys.evidence.leaf import read_leaf
from casesys.evidence.leaf_form import ReadLeaf
from casesys.evidence.seals import SEAL_STREAM, Seals
from casesys.evidence.written import WholeLog
from casesys.store.distrusted import Distrusted

NAME = "casesys"
"""Before the log's id in the origin of its checkpoints, unless its keys were made under another name."""


class CheckpointForeign(Exception):
    """The checkpoint is one of another log, so nothing follows from it for this one."""


class Found(NamedTuple):
    """What a log was found to be: whole in itself, and the same as at the checkpoint if there was one.

    `sealed_upto` is how far the last seal reaches, 0 without seals.
    """

    log_id: str
    size: int
    root: bytes
    streams: int
    sealed_upto: int


def verify_log(
    path: Path, checkpoint: Checkpoint | None = None, read: ReadLeaf = read_leaf
) -> Found:
    """Verify the log in a file, up to the event that was its last when verifying began; nothing is written.

    Any reader of leaves gives the same answer, and the one that comes with it is the quickest.

    Raises Damage for the first thing that is wrong, CheckpointForeign, and StoreError for what is no log that can be read.
    """
    with Distrusted.open(path) as log:
        if checkpoint is not None:
            _insist_on_own(checkpoint, log)
        chain, seals = WholeLog(log.log_id, read), Seals(_seal_sizes(log))
        for written in log.written():
            leaf = chain.take(written)
            seals.take(chain.size, leaf, chain.streams)
            if checkpoint is not None and chain.size == checkpoint.size:
                _compare(chain, checkpoint)
        _check_head(chain, log)
        log.check_rest()
        return Found(
            log_id=log.log_id,
            size=chain.size,
            root=chain.peaks.root(),
            streams=len(chain.streams),
            sealed_upto=seals.upto,
        )


def _seal_sizes(log: Distrusted) -> Iterator[object]:
    """Give how far the seals of a log say they reach. What cannot be read is told when its turn comes, not here."""
    for data in log.leaves_of(SEAL_STREAM):
        with suppress(ValueError, RecursionError):
            yield read_leaf(data).public_data.get("size")


def origin_of(name: str, log_id: str) -> str:
    """Give the origin of a log's checkpoints: a name of whoever runs it, and its id, so that none is taken for another log's."""
    return f"{name}/{log_id}"


def _insist_on_own(checkpoint: Checkpoint, log: Distrusted) -> None:
    if not checkpoint.origin.endswith(f"/{log.log_id}"):
        for first in log.written():  # a log whose name was altered is damaged, not another one
            WholeLog(log.log_id, read_leaf).take(first)
            break
        raise CheckpointForeign(
            f"the checkpoint is one of {checkpoint.origin}, and this is log {log.log_id}"
        )
    if checkpoint.size > log.head.peaks.size:
        raise Damage(
            log.head.peaks.size + 1,
            "log-shorter",
            f"the log ends at {log.head.peaks.size}, and had {checkpoint.size} events at the checkpoint",
        )


def _compare(chain: WholeLog, checkpoint: Checkpoint) -> None:
    if chain.peaks.root() != checkpoint.root:
        raise Damage(
            None,
            "checkpoint-contradicted",
            f"the first {checkpoint.size} events are not those that the checkpoint was made over",
        )


def _check_head(chain: WholeLog, log: Distrusted) -> None:
    """Hold the stored end of the log against the leaves."""
    if chain.peaks != log.head.peaks:
        raise Damage(
            None, "head-altered", "the stored head is not that of the tree over the events"
        )
    last = None if chain.recorded_at is None else chain.recorded_at.isoformat()
    if log.head.recorded_at != last:  # as text: other texts may be read as the same instant
        raise Damage(
            None, "head-altered", f"the head does not say that the last event was of {last}"
        )
