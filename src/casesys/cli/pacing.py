"""Options of whatever runs a worker: how soon it signs checkpoints and seals the log."""

from datetime import timedelta
from typing import Annotated

import typer

from casesys.cli.language import spoken
from casesys.settings import Pace, Paces

CheckpointEvents = Annotated[
    int,
    typer.Option(
        "--checkpoint-events",
        envvar="CASESYS_CHECKPOINT_EVENTS",
        min=1,
        help=spoken("新增多少条记录即签署检查点", "after how many new events to sign a checkpoint"),
    ),
]
CheckpointMinutes = Annotated[
    int,
    typer.Option(
        "--checkpoint-minutes",
        envvar="CASESYS_CHECKPOINT_MINUTES",
        min=1,
        max=525_600,
        help=spoken(
            "新记录至迟多少分钟后签署检查点",
            "how long after the first new event to sign one at the latest",
        ),
    ),
]
SealEvents = Annotated[
    int,
    typer.Option(
        "--seal-events",
        envvar="CASESYS_SEAL_EVENTS",
        min=1,
        help=spoken("新增多少条记录即封印日志", "after how many new events to seal the log"),
    ),
]
SealHours = Annotated[
    int,
    typer.Option(
        "--seal-hours",
        envvar="CASESYS_SEAL_HOURS",
        min=1,
        max=8_760,
        help=spoken(
            "新记录至迟多少小时后封印日志",
            "how long after the first new event to seal it at the latest",
        ),
    ),
]

CHECKPOINTS, SEALS = Paces()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def paces_of(
    checkpoint_events: int, checkpoint_minutes: int, seal_events: int, seal_hours: int
) -> Paces:
    """Read how soon to sign and to seal, as the options say it."""
    return Paces(
        checkpoints=Pace(checkpoint_events, checkpoint_minutes * MINUTE),
        seals=Pace(seal_events, seal_hours * HOUR),
    )
