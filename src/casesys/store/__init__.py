"""The event log: one contract, kept in SQLite or in memory."""

from casesys.store.contract import (
    Appended,
    Conflict,
    Draft,
    DuplicateCommand,
    EventLog,
    Head,
    Stored,
    StoreError,
    Subscription,
    Unit,
)

__all__ = [
    "Appended",
    "Conflict",
    "Draft",
    "DuplicateCommand",
    "EventLog",
    "Head",
    "StoreError",
    "Stored",
    "Subscription",
    "Unit",
]
