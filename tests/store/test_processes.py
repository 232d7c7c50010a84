"""Several processes write one file: nothing is lost, nothing is doubled, every stream is contiguous."""

import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from threading import Timer

from casesys.domain.messages import StreamId
from casesys.evidence.merkle import Peaks
from casesys.store.sqlite import open_log
from tests.store.units import draft, unit

WRITERS, APPENDS = 4, 200

WRITE = f"""
import sys
from pathlib import Path
from statistics import median
from casesys.store import Conflict
from casesys.store.sqlite import open_log
from tests.store.units import draft, unit

name = sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
with open_log(Path(sys.argv[1]), create=True) as log:
    print(log.log_id)
    for n in range(1, {APPENDS} + 1):
        while True:
            version = len(log.read_streams(["case/hot"])["case/hot"])
            try:
                log.append([unit(draft("case/hot", version + 1, name), draft("case/" + name, n))])
                break
            except Conflict as conflict:
                assert conflict.stream == "case/hot", conflict
                assert conflict.actual > version, conflict
"""


def started(path: Path, number: int) -> subprocess.Popen[str]:
    """Start a writer, which waits for a word before it begins."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITE, str(path), f"writer-{number}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_writers_of_one_file(tmp_path: Path) -> None:
    """Given writers that make the file and fight for one stream, then each event is there once, and a follower meets all."""
    total = WRITERS * APPENDS
    with ExitStack() as stack:
        writers = [stack.enter_context(started(tmp_path / "log", n)) for n in range(WRITERS)]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        log = stack.enter_context(open_log(tmp_path / "log", create=True))
        seen: list[int] = []
        subscription = log.subscribe(0, page=50)
        deadline = Timer(
            60, subscription.stop
        )  # or a writer that fails would keep the test waiting
        deadline.start()
        for page in subscription:
            seen.extend(event.position for event in page)
            if len(seen) >= 2 * total:
                subscription.stop()
        deadline.cancel()
        identities = {writer.communicate(timeout=60)[0].strip() for writer in writers}
        hot = log.read_stream(StreamId("case/hot"))

        assert [writer.returncode for writer in writers] == [0] * WRITERS
        assert identities == {log.log_id}
        assert seen == list(range(1, 2 * total + 1))
        assert [event.leaf.stream_seq for event in hot] == list(range(1, total + 1))
        for n in range(WRITERS):
            own = log.read_stream(StreamId(f"case/writer-{n}"))
            assert [event.leaf.stream_seq for event in own] == list(range(1, APPENDS + 1))
        events = log.read(0, 2 * total + 1)
        assert log.head().peaks == Peaks().push(*(event.leaf_hash for event in events))
        recorded = [event.leaf.recorded_at for event in events]
        assert recorded == sorted(recorded)
        previous = dict[str, str]()
        for event in events:
            assert event.leaf.prev_stream_leaf == previous.get(event.leaf.stream)
            previous[event.leaf.stream] = event.leaf_hash.hex()


def test_a_writer_sees_what_another_wrote(tmp_path: Path) -> None:
    """Given two openings that take turns, then neither rests on a version or a head that the other has moved."""
    with (
        open_log(tmp_path / "log", create=True) as one,
        open_log(tmp_path / "log") as two,
    ):
        for seq in range(1, 21):
            writer = one if seq % 3 else two
            assert writer.append([unit(draft("case/1", seq))])[0].last == seq
        assert one.head() == two.head()


def test_news_comes_soon(tmp_path: Path) -> None:
    """Given a follower that waits on one opening, when another appends, then it comes long before the timed look."""
    with (
        open_log(tmp_path / "log", create=True) as one,
        open_log(tmp_path / "log") as two,
    ):
        subscription = one.subscribe(0)
        pages = iter(subscription)
        waits = []
        for seq in range(1, 8):
            began = time.monotonic()
            # Only once the follower has found nothing and waits.
            later = Timer(0.05, two.append, [[unit(draft("case/1", seq))]])
            later.start()
            assert next(pages)[0].position == seq
            waits.append(time.monotonic() - began)
            later.join()
        subscription.stop()

        assert median(waits) < 0.5


OPEN = """
import sys
from pathlib import Path
from casesys.store.sqlite import open_log
print("ready", flush=True)
sys.stdin.readline()
with open_log(Path(sys.argv[1]), create=True) as log:
    print(log.log_id)
"""


def test_a_log_is_made_once(tmp_path: Path) -> None:
    """Given processes that make the same log at the same moment, then all of them open one log."""
    for attempt in range(5):
        arguments = [sys.executable, "-c", OPEN, str(tmp_path / f"log-{attempt}")]
        with ExitStack() as stack:
            makers = [
                stack.enter_context(
                    subprocess.Popen(
                        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                    )
                )
                for _ in range(4)
            ]
            for maker in makers:
                assert maker.stdout is not None
                assert maker.stdout.readline() == "ready\n"
            for maker in makers:
                assert maker.stdin is not None
                maker.stdin.write("go\n")
                maker.stdin.flush()
            identities = [maker.communicate(timeout=60)[0].strip() for maker in makers]

            assert [maker.returncode for maker in makers] == [0] * 4
            assert len(identities[0]) == 36
            assert len(set(identities)) == 1


def test_a_copy_in_another_mode_is_put_right(tmp_path: Path) -> None:
    """Given a copy of a log as a backup makes it, without WAL, when it is opened, then it runs with WAL again."""
    with open_log(tmp_path / "log", create=True) as log:
        log.append([unit(draft("case/1", 1))])
        log.connection.execute("VACUUM INTO ?", (str(tmp_path / "copy"),))
    with open_log(tmp_path / "copy") as copy:
        assert copy.durability()["journal_mode"] == "wal"
        assert copy.append([unit(draft("case/1", 2))])[0].first == 2
