"""The document about the format is complete, and the charter in it is one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from casesys.domain.charter.features import Features
from casesys.domain.charter.model import Charter
from casesys.domain.charter.parse import CharterVersion, parse_charter
from casesys.domain.charter.parts import Part
from casesys.domain.charter.problems import PROBLEMS
from casesys.domain.charter.triage import Triaged, triage
from casesys.domain.charter.variables import CASE, CLOSING
from casesys.domain.vocabulary import Moment, ResultKind

DOCUMENT = (Path(__file__).parents[3] / "docs" / "charter-format.md").read_text(encoding="utf-8")

FENCED = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def example() -> CharterVersion:
    """The charter in the document."""
    (whole,) = FENCED.findall(DOCUMENT)
    return parse_charter(whole.encode())


def parts(hint: object) -> Iterator[type[Part]]:
    """All models that a type is made of."""
    if isinstance(hint, type) and issubclass(hint, Part):
        yield hint
        for field in get_type_hints(hint).values():
            yield from parts(field)
    for inner in get_args(hint):
        yield from parts(inner)


NAMES = {
    *(name for part in parts(Charter) for name in part.model_fields),
    *PROBLEMS,
    *CASE,
    *CLOSING,
    *(each.value for each in (*Moment, *ResultKind)),
}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_everything_there_is_stands_in_the_document(name: str) -> None:
    """Given a field, problem, variable, moment or kind of result, then the document names it."""
    named = re.findall(r"`([^`]+)`", FENCED.sub("", DOCUMENT))

    assert any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", code) for code in named)


@pytest.mark.parametrize(("lamps", "to"), [(0, "direct"), (1, "plan")])
def test_the_charter_in_the_document_works(lamps: int, to: str) -> None:
    """Given the small charter, then it parses, and sends repairs and new lamps their ways."""
    answer = triage(example(), Features("issue", "lamp", "hotline", "grid-1", {"new_lamps": lamps}))

    assert isinstance(answer, Triaged)
    assert answer.to == to


def test_the_articles_in_the_document_take_their_numbers_from_the_rules() -> None:
    """Given the small charter, then its articles read as the document says they do."""
    assert example().clause_text("a2").zh == "第二条　三分之二以上赞成方可新增路灯。"
    assert example().clause_text("a3").en == "Article 3. Repairs take no more than 3 working days."
