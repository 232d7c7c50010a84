"""What doctor finds: good news, warnings and errors, each with a stable code and what to do."""

from enum import StrEnum

import msgspec

from casesys.application.wording import TROUBLE
from casesys.cli.language import in_words, spoken
from casesys.domain.messages import Text
from casesys.store import StoreError
from casesys.vault import VaultError


class Level(StrEnum):
    """How bad it is. Only an error makes doctor fail."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that doctor looked at. `remedy` says what to do, if anything."""

    level: Level
    code: str
    says: Text
    remedy: Text | None = None

    def line(self) -> str:
        """Give it in one line, in the language of this run."""
        label = {
            Level.OK: spoken("正常", "ok     "),
            Level.WARNING: spoken("注意", "WARNING"),
            Level.ERROR: spoken("错误", "ERROR  "),
        }[self.level]
        remedy = f" → {in_words(self.remedy)}" if self.remedy is not None else ""
        return f"{label}  {self.code}: {in_words(self.says)}{remedy}"


def fine(code: str, zh: str, en: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(Level.OK, code, Text(zh, en))


def trouble(error: StoreError | VaultError) -> Finding:
    """Say what a store or a vault ran into."""
    words = TROUBLE[error.code]
    says = Text(f"{words.says.zh}（{error.message}）", f"{words.says.en} ({error.message})")
    return Finding(Level.ERROR, error.code, says, words.remedy)
