"""What is counted."""

from datetime import UTC, datetime

from casesys.api.meters import Meters
from casesys.projections.standing import Parked, Slot, Standing

AT = datetime(2026, 3, 2, tzinfo=UTC)


def told(meters: Meters, *standings: Standing, end: int = 100) -> list[str]:
    """Give the lines of all meters."""
    return meters.exposition(end, standings).decode().splitlines()


def test_commands_are_counted_by_what_became_of_them() -> None:
    """Given commands with their verdicts, when they are counted, refusals have their codes; commits alone are measured."""
    meters = Meters()
    meters.command("accept-case", "accepted", 0.003)
    meters.command("accept-case", "accepted", 0.004)
    meters.command("accept-case", "repeated", 0.001)
    meters.command("accept-case", "not-authorised", 0.001)
    lines = told(meters)
    assert 'casesys_commands_total{command="accept-case",verdict="accepted"} 2.0' in lines
    assert 'casesys_commands_total{command="accept-case",verdict="repeated"} 1.0' in lines
    assert 'casesys_commands_total{command="accept-case",verdict="not-authorised"} 1.0' in lines
    assert "casesys_commit_seconds_count 2.0" in lines


def test_read_models_are_told_as_they_stand_now() -> None:
    """Given read models, when the meters are read twice, they tell how far each is behind the log then; one that is gone is gone."""
    meters = Meters()
    board = Standing("board", Slot.SERVING, 1, 1, (), position=90)
    parked = Standing("people", Slot.SERVING, 1, 1, (), 40, parked=Parked(41, "KeyError", AT))
    beside = Standing("board", Slot.BUILDING, 1, 2, (), position=10)
    lines = told(meters, board, parked, beside)
    assert 'casesys_projection_position{projection="board"} 90.0' in lines
    assert 'casesys_projection_lag_events{projection="board"} 10.0' in lines
    assert 'casesys_projection_parked{projection="people"} 1.0' in lines
    assert 'casesys_projection_parked{projection="board"} 0.0' in lines
    assert "casesys_log_position 100.0" in lines
    assert not any("people" in line for line in told(meters, board))


def test_streams_are_counted_while_they_are_open() -> None:
    """Given streams, when they are open, they count, also for each reader; afterwards they do not."""
    meters = Meters()
    with meters.streaming("li"), meters.streaming("wang"):
        with meters.streaming("li"):
            assert "casesys_open_streams 3.0" in told(meters)
            assert (meters.streams_of("li"), meters.streams_of("wang")) == (2, 1)
        assert (meters.streams_of("li"), meters.streams_of("wang")) == (1, 1)
    assert "casesys_open_streams 0.0" in told(meters)
    assert meters.streams_of("li") == 0


def test_troubles_of_the_worker_are_told_while_there_are_any() -> None:
    """Given a worker with a trouble, its work shows it and the other work does not; of one that others run nothing is told."""
    meters = Meters()
    meters.worker({"clock": "store-busy"})
    lines = told(meters)
    assert 'casesys_worker_trouble{work="clock"} 1.0' in lines
    assert 'casesys_worker_trouble{work="projections"} 0.0' in lines
    meters.worker({})
    assert 'casesys_worker_trouble{work="clock"} 0.0' in told(meters)
    meters.worker(None)
    assert not any(line.startswith("casesys_worker_trouble{") for line in told(meters))


def test_two_sites_have_meters_of_their_own() -> None:
    """Given two sites in one process, when a command is counted in one, the other does not show it."""
    one, other = Meters(), Meters()
    one.command("accept-case", "accepted", 0.003)
    assert not any("accept-case" in line for line in told(other))
