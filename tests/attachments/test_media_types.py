"""Whether a file is what it says it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.attachments.media_types import HEAD_BYTES, MEDIA_TYPES, Inspection
from tests.attachments.samples import NEVER, SAMPLES


def passes(media_type: str, content: bytes, size: int) -> bool:
    """Say whether a content that arrives in pieces passes as of a type."""
    inspection = Inspection(MEDIA_TYPES[media_type])
    pieces = (content[begin : begin + size] for begin in range(0, len(content), size))
    return all(inspection.fits(piece) for piece in pieces) and inspection.fits(b"", last=True)


def test_every_kind_has_a_sample() -> None:
    """Given the kinds that are taken, there is a sample of each among the tests."""
    assert SAMPLES.keys() == MEDIA_TYPES.keys()


@pytest.mark.parametrize("size", [1, 3, 10_000])
@pytest.mark.parametrize("media_type", SAMPLES)
def test_a_file_is_what_it_says(media_type: str, size: int) -> None:
    """Given a file, when it is declared as what it is, it passes, however it arrives."""
    assert passes(media_type, SAMPLES[media_type] + bytes(range(1, 100)), size)


@pytest.mark.parametrize("declared", SAMPLES)
def test_a_file_that_lies_is_found_out(declared: str) -> None:
    """Given files of all kinds, when they are declared as another, they do not pass; but any readable text is plain text."""
    texts = {"text/plain", "text/csv"}
    for really, content in {**SAMPLES, **NEVER}.items():
        is_so = really == declared or {really, declared} <= texts
        assert passes(declared, content, 5) == is_so, really


@given(st.binary(min_size=1), st.sampled_from(sorted(MEDIA_TYPES)), st.integers(1, 50))
def test_how_a_file_arrives_does_not_matter(content: bytes, media_type: str, size: int) -> None:
    """Given any content, whether it passes does not depend on the pieces it arrives in."""
    assert passes(media_type, content, size) == passes(media_type, content, 10**6)


def test_what_does_not_begin_as_it_should_is_stopped_early() -> None:
    """Given a large file that is not what it says, it is stopped as soon as enough of it was seen."""
    inspection = Inspection(MEDIA_TYPES["image/png"])
    assert inspection.fits(b"x" * (HEAD_BYTES - 1))
    assert not inspection.fits(b"x")
