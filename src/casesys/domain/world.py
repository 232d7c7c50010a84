"""What a decision may look at: states of streams at their versions, and documents by digest.

A decider asks the world for what it needs. What has not been loaded is named by raising `Missing`; the caller loads it and decides
again. So the rules stay pure functions of values, never fetch anything, and yet only what a decision really looked at is
checked when it is appended.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from casesys.domain.messages import StreamId

S = TypeVar("S")


class Loaded(NamedTuple):
    """The state of a stream and the number of its events so far (0 and None: the stream is empty)."""

    version: int
    state: object | None


class Missing(Exception):
    """Streams or documents that a decision needs and was not given."""

    def __init__(self, *, stream: StreamId | None = None, document: str | None = None) -> None:
        """Name what is needed: one stream, or one document by its digest."""
        super().__init__(stream or document)
        self.stream = stream
        self.document = document


class World:
    """The states and documents given to one decision. `reads` holds the version of each stream it asked for."""

    __slots__ = ("_documents", "_states", "reads")

    def __init__(
        self, states: Mapping[StreamId, Loaded], documents: Mapping[str, object] | None = None
    ) -> None:
        """Look at what was loaded; nothing is copied."""
        self._states = states
        self._documents = {} if documents is None else documents
        self.reads: dict[StreamId, int] = {}

    def state(self, stream: StreamId, kind: type[S]) -> S | None:
        """Give the state of a stream, None if it has no events."""
        loaded = self._states.get(stream)
        if loaded is None:
            raise Missing(stream=stream)
        self.reads[stream] = loaded.version
        if loaded.state is not None and not isinstance(loaded.state, kind):
            msg = f"{stream} holds a {type(loaded.state).__name__}, not a {kind.__name__}"
            raise TypeError(msg)
        return loaded.state

    def document(self, digest: str, kind: type[S]) -> S:
        """Give a parsed document by the digest of its canonical form."""
        document = self._documents.get(digest)
        if document is None:
            raise Missing(document=digest)
        if not isinstance(document, kind):
            msg = f"document {digest} is a {type(document).__name__}, not a {kind.__name__}"
            raise TypeError(msg)
        return document
