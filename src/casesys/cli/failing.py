"""What the command line itself cannot do, and the exit status of every way to end."""

from enum import IntEnum

from casesys.cli.language import Bilingual, in_words


class Status(IntEnum):
    """How a command ended, for scripts."""

    DONE = 0
    DAMAGED = 1  # the store or the vault is damaged, or doctor found an error
    INVALID = 2  # the command line, a command's fields or a file given as input
    REFUSED = 3  # by the rules; somebody else, later or otherwise it may be accepted
    UNAVAILABLE = 4  # the store, its keys or the machine does not allow it
    FAULT = 5  # a fault of casesys itself


class CommandFailed(Exception):
    """The command line cannot go on. Nothing was changed.

    `code` is stable. `says` is what is wrong and `remedy` what to do about it, both in Chinese and English; neither holds
    personal data. `accepted` lists what would have been accepted, where that is a list.
    """

    def __init__(
        self,
        code: str,
        says: Bilingual,
        remedy: Bilingual,
        *,
        status: Status = Status.INVALID,
        accepted: tuple[str, ...] = (),
    ) -> None:
        """Keep what is told to people and to programs."""
        super().__init__(f"{code}: {says.en}")
        self.code = code
        self.says = says
        self.remedy = remedy
        self.status = status
        self.accepted = accepted

    def __str__(self) -> str:
        """Give one line in the language of this run."""
        return f"{self.code}: {in_words(self.says)}"
