"""What triage and routing look at: the features of a case, as values of the variables of guards."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casesys.domain.charter.version import CharterVersion
from casesys.domain.messages import Value


@dataclass(frozen=True, slots=True)
class Features:
    """A case as triage and routing see it. Facts that are not there are unknown."""

    case_type: str
    category: str
    channel: str
    grid: str
    facts: Mapping[str, Value] = field(default_factory=dict, hash=False)


def guard_values(version: CharterVersion, features: Features) -> dict[str, Value]:
    """Give the values of the variables of guards.

    Unknown facts take what the charter says for that case, or are left out. Raises KeyError when
    the charter does not know the category.
    """
    values = {**version.defaults, **version.catalogued(features.case_type, features.category)}
    for code, value in features.facts.items():
        values[f"facts.{code}"] = value
    values["channel"] = features.channel
    values["grid"] = features.grid
    return values
