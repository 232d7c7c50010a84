"""What earlier versions stored is read for ever: each sample as the event it was, and written again as the bytes it was."""

from pathlib import Path

import msgspec
import pytest

from casesys.domain.catalogue import EVENTS, UPCASTS, read_event
from casesys.domain.messages import personal_fields, stored_name
from casesys.evidence.canonical import canonical_message
from tests.golden.write_missing import SAMPLES, sample, write_missing

FILES = sorted(SAMPLES.glob("*.json"))


def name_of(file: Path) -> str:
    """The stored name of the event that a sample is of."""
    return file.stem


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_a_sample_is_read_and_written_as_it_was(file: Path) -> None:
    """Given a sample, when it is read and written again, then it is the event of its name, and byte by byte the same."""
    data, name = file.read_bytes(), name_of(file)

    event = read_event(name, data)

    if name in EVENTS:
        assert stored_name(type(event)) == name
        assert bytes(canonical_message(event)) == data
    else:
        assert name in UPCASTS


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_has_a_sample_with_every_field_filled(name: str) -> None:
    """Given a kind of event, then there is a sample of it in which no field is left to its default."""
    data = msgspec.json.decode((SAMPLES / f"{name}.json").read_bytes())

    assert set(data) == set(EVENTS[name].__struct_fields__)
    assert all("pd" in data[field] for field in personal_fields(EVENTS[name]))


def test_only_names_that_were_ever_stored_have_samples() -> None:
    """Given all samples, then each is of an event of today, or of one that is read as its successor."""
    assert {name_of(file) for file in FILES} == EVENTS.keys() | UPCASTS.keys()


def test_samples_that_are_there_are_not_touched(tmp_path: Path) -> None:
    """Given a folder with one sample, when the missing ones are written, then it stays as it is, and the others are there."""
    kept = tmp_path / "case-closed.v1.json"
    kept.write_bytes(b"as it was stored")

    written = write_missing(["case-closed.v1", "note-added.v1"], tmp_path)

    assert written == ["note-added.v1"]
    assert kept.read_bytes() == b"as it was stored"
    assert (tmp_path / "note-added.v1.json").read_bytes() == sample(EVENTS["note-added.v1"])
