"""Personal data: one key for each data subject, kept apart from the log, deleted to erase."""

from casesys.vault.fields import SealedField, Unsealed, VaultError
from casesys.vault.vault import Vault

__all__ = ["SealedField", "Unsealed", "Vault", "VaultError"]
