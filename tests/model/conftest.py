"""What all lives have in common: a charter is parsed once in the life of a process, not at every founding."""

from collections.abc import Iterator
from functools import cache

import pytest

from casesys.domain import catalogue
from casesys.domain.charter.parse import parse_charter
from casesys.domain.register import decide


@pytest.fixture(autouse=True, scope="session")
def parsing_remembered() -> Iterator[None]:
    """Parsing is a pure function of bytes, and takes longer than all the rest of a life: its answers are kept."""
    remembered = cache(parse_charter)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decide, "parse_charter", remembered)
        patch.setitem(catalogue._DOCUMENTS, "charter", remembered)  # noqa: SLF001
        yield
