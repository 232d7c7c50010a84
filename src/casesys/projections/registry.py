"""All read models there are."""

from casesys.projections.audit_trail import AUDIT_TRAIL
from casesys.projections.board import BOARD
from casesys.projections.bulletin import BULLETIN
from casesys.projections.contract import Projection
from casesys.projections.deadlines import DEADLINES
from casesys.projections.names import NameFingerprints
from casesys.projections.people import People
from casesys.projections.register import REGISTER
from casesys.projections.statistics import STATISTICS
from casesys.projections.worklist import WORKLIST
from casesys.store.contract import EventLog
from casesys.vault import Vault

ALL: tuple[Projection, ...] = (
    WORKLIST,
    BOARD,
    DEADLINES,
    AUDIT_TRAIL,
    STATISTICS,
    REGISTER,
    BULLETIN,
)
"""Every projection that needs nothing but events, in the order in which people are told of them."""


def all_of(log: EventLog, vault: Vault) -> tuple[Projection, ...]:
    """Give every projection, with those that have to open what the log has sealed."""
    return (*ALL, People(NameFingerprints(log, vault)))
