"""The streams of the register. Each is small, so that a decision reads little and hinders nobody."""

from casesys.domain.messages import StreamId

REGISTER = StreamId("register")
"""The founding of the store: one event."""


def grid_stream(grid_id: str) -> StreamId:
    """One grid: its place in the tree, the parties that serve it, the charters installed for it."""
    return StreamId(f"grid/{grid_id}")


def person_stream(person_id: str) -> StreamId:
    """One person and the mandates given to them."""
    return StreamId(f"person/{person_id}")


def organisation_stream(organisation_id: str) -> StreamId:
    """One organisation."""
    return StreamId(f"organisation/{organisation_id}")


def body_stream(body_id: str) -> StreamId:
    """One deliberating body and its seats."""
    return StreamId(f"body/{body_id}")


def intake_point_stream(intake_point_id: str) -> StreamId:
    """One place or line where cases are collected, with its duty roster."""
    return StreamId(f"intake-point/{intake_point_id}")


def calendar_stream(code: str) -> StreamId:
    """The adoptions of one calendar, the last of which counts."""
    return StreamId(f"calendar/{code}")


def document_stream(digest: str) -> StreamId:
    """One immutable document, a charter or a calendar, under the SHA-256 of its canonical form."""
    return StreamId(f"document/{digest}")


def api_key_stream(key_hash: str) -> StreamId:
    """One API key, under the SHA-256 of its secret."""
    return StreamId(f"api-key/{key_hash}")
