"""What the notary cannot do: each failure has a stable code, and nothing was signed."""

from typing import ClassVar


class NotaryError(Exception):
    """The notary cannot do what was asked. The log goes on without it."""

    code: ClassVar[str]


class KeyUnknown(NotaryError):
    """No key of that id signs for the log."""

    code = "checkpoint-key-unknown"


class KeyThere(NotaryError):
    """The log has a key already: another is made by replacing it."""

    code = "checkpoint-key-exists"


class KeyNameInvalid(NotaryError):
    """A key cannot have this name."""

    code = "checkpoint-key-name-invalid"


class CheckpointKeyInvalid(NotaryError):
    """The file holds no key for checkpoints."""

    code = "checkpoint-key-invalid"


class Unsigned(NotaryError):
    """The log has no key to sign checkpoints with."""

    code = "checkpoint-key-missing"


class Unproved(NotaryError):
    """There is no checkpoint that covers what is to be proved."""

    code = "not-proved-yet"


class LogContradicts(NotaryError):
    """The log is not the one whose tree was kept: it has lost events, or others stand in their place."""

    code = "log-contradicts"


class LedgerForeign(NotaryError):
    """The file is no notary's, another log's, or damaged. All in it but signatures is derived from the log again."""

    code = "notary-foreign"


class LedgerUnavailable(NotaryError):
    """The file cannot be read or written just now."""

    code = "notary-unavailable"
