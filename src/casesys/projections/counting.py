"""All statistics of a log at once, for whoever has the store itself before them; read models need not be there, nor up to date."""

from contextlib import closing
from typing import NamedTuple

from casesys.projections.afresh import afresh
from casesys.projections.chosen import EVERYTHING
from casesys.projections.figures import Figures, figures
from casesys.projections.metrics import MetricFigure, metrics
from casesys.projections.statistics import STATISTICS
from casesys.store.contract import EventLog


class Counted(NamedTuple):
    """The figures over all cases and the charters' metrics over all callbacks, as of a log position."""

    position: int
    figures: Figures
    metrics: tuple[MetricFigure, ...]


def of_log(log: EventLog) -> Counted:
    """Count from a whole log as it is now."""
    db, position = afresh(log, STATISTICS)
    with closing(db):
        return Counted(position, figures(db, None), metrics(db, None, EVERYTHING))
