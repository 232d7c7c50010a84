"""The documents that are made from the domain are those that it makes now, and lead their readers nowhere wrong."""

import re
from pathlib import Path

import pytest

from casesys.domain.vocabulary import Labelled
from docs.generate import CODES, ROOT, documents

MADE = documents()

HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#\s]*)#([^)\s]+)\)")

each_document = pytest.mark.parametrize("path", MADE, ids=lambda path: str(path.relative_to(ROOT)))


def anchors(text: str) -> set[str]:
    """The anchors that a page has where it is read: one for each heading."""
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in HEADING.findall(text)}


@each_document
def test_what_is_committed_is_what_the_domain_says(path: Path) -> None:
    """Given the domain, when its documents are made, then they are those committed (else: `./dev docs`)."""
    assert path.read_text(encoding="utf-8") == MADE[path]


def test_nothing_else_lies_among_them() -> None:
    """Given the folder of the reference, then every file in it is made."""
    assert {p for p in (ROOT / "docs" / "reference").iterdir() if p not in MADE} == set()


@each_document
def test_every_link_into_a_page_finds_its_heading(path: Path) -> None:
    """Given a document, then each link to a place in a made document leads to a heading there."""
    lost = [
        (to, anchor)
        for to, anchor in LINK.findall(MADE[path])
        if anchor not in anchors(MADE[(path.parent / to).resolve() if to else path])
    ]
    assert lost == []


def test_all_codes_of_the_engine_are_explained() -> None:
    """Given the labelled codes of the domain, then the glossary has each of them."""
    labelled = {c for c in Labelled.__subclasses__() if c.__module__.startswith("casesys.domain.")}
    assert set(CODES) == labelled


def test_making_them_twice_makes_the_same() -> None:
    """Given the same sources, when the documents are made again, then nothing differs."""
    assert documents() == MADE
