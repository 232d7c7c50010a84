"""The engine's own codes and words, each with its label in Chinese and English.

What a charter defines (case types, categories, roles, facts, results, …) carries its labels in the charter. The glossary in the
docs is generated from here.
"""

from casesys.domain.vocabulary.codes import (
    Choice,
    EmergencyService,
    FactSource,
    Labelled,
    Moment,
    ResultKind,
    Stage,
    Status,
    TallyOutcome,
    Track,
)
from casesys.domain.vocabulary.commands import COMMANDS
from casesys.domain.vocabulary.events import EVENTS
from casesys.domain.vocabulary.terms import TERMS

__all__ = [
    "COMMANDS",
    "EVENTS",
    "TERMS",
    "Choice",
    "EmergencyService",
    "FactSource",
    "Labelled",
    "Moment",
    "ResultKind",
    "Stage",
    "Status",
    "TallyOutcome",
    "Track",
]
