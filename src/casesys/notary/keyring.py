"""The keys of a log's checkpoints in the folder of its keys: several while one replaces another, each of which signs.

A key is retired by taking its file away: what it has signed stays signed for whoever keeps it. The notary's own copy of the newest
checkpoint is signed anew by the keys that are left.
"""

from pathlib import Path

from casesys.evidence.notes import NoteInvalid, VerifierKey
from casesys.notary.failures import CheckpointKeyInvalid, KeyNameInvalid, KeyThere, KeyUnknown
from casesys.notary.keys import CheckpointKey

SUFFIX = ".checkpoint-key"
RETIRED = ".retired"


class KeyRing:
    """The keys of one log."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it need not be there yet."""
        self._folder = folder

    def signers(self) -> list[CheckpointKey]:
        """Read all keys that sign, the oldest first. Raises CheckpointKeyInvalid or OSError for one that cannot be read."""
        keys = []
        for file in sorted(self._folder.glob(f"*{SUFFIX}")):
            try:
                keys.append(CheckpointKey.read(file))
            except NoteInvalid as error:
                raise CheckpointKeyInvalid(f"{file} holds no key for checkpoints") from error
        return keys

    def generate(self, name: str) -> VerifierKey:
        """Make the first key. Raises KeyThere, KeyNameInvalid, OSError."""
        if self.signers():
            raise KeyThere(f"{self._folder} holds a key already")
        _insist_on_address(name)
        return self._make(name)

    def rotate(self) -> VerifierKey:
        """Make another key beside those there are, of the same name; all of them sign from now on. Raises KeyUnknown, OSError."""
        signers = self.signers()
        if not signers:
            raise KeyUnknown(f"{self._folder} holds no key to replace")
        return self._make(signers[-1].verifier.name)

    def retire(self, key_id: str) -> VerifierKey:
        """Let a key sign no more: its file goes, its public half is kept. Raises KeyUnknown, also for the only key, and OSError."""
        signers = self.signers()
        for number, key in enumerate(signers):
            if key.verifier.key_id.hex() == key_id and len(signers) > 1:
                file = sorted(self._folder.glob(f"*{SUFFIX}"))[number]
                file.with_suffix(RETIRED).write_text(f"{key.verifier}\n", encoding="utf-8")
                file.unlink()
                return key.verifier
        raise KeyUnknown(f"no key {key_id} signs beside another")

    def _make(self, name: str) -> VerifierKey:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken = [*self._folder.glob(f"*{SUFFIX}"), *self._folder.glob(f"*{RETIRED}")]
        number = 1 + max((int(each.stem) for each in taken if each.stem.isdecimal()), default=0)
        return CheckpointKey.create(self._folder / f"{number:04}{SUFFIX}", name).verifier


def _insist_on_address(name: str) -> None:
    """Insist on a name as the specification of checkpoints advises: the address of a site without its `https://`.

    Names of others may have characters that nobody can see, ours do not. Raises KeyNameInvalid.
    """
    unseen = any(c in "+ " or not c.isprintable() for c in name)
    if unseen or "://" in name or not all(name.split("/")):
        raise KeyNameInvalid(f"{name!r} is no name for a key")
