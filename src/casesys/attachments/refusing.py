"""What may be wrong with a file that somebody brings, and with the place where files are kept. The surfaces have the words."""

from typing import Any


class AttachmentRefused(Exception):
    """A file that is not taken. Nothing of it is kept.

    Codes: `file-type-not-taken`, `file-not-as-declared`, `file-size-not-as-declared`, `file-digest-not-as-declared`, `file-too-large`,
    `file-empty`. `accepted` lists what would have been taken, where that is a list.
    """

    def __init__(
        self,
        code: str,
        /,
        *,
        accepted: tuple[str, ...] = (),
        **particulars: Any,  # noqa: ANN401 - whatever its words name
    ) -> None:
        """Keep the code and the particulars that its words name."""
        super().__init__(code)
        self.code = code
        self.accepted = accepted
        self.particulars = particulars


class FilesUnavailable(Exception):
    """The place where files are kept cannot be written or read. Nothing was changed."""

    code = "files-unavailable"
