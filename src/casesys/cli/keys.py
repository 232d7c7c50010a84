"""Whose key a command is given by: the secret itself, a file that holds it, or the first operator's key of the store."""

from datetime import datetime
from pathlib import Path

from casesys.application import Service
from casesys.bootstrap import holder_of
from casesys.cli.failing import CommandFailed, Status
from casesys.domain.messages import Text
from casesys.domain.register.state import ApiKey
from casesys.settings import StoreSettings

SECRET_PREFIX = "ck_"  # noqa: S105 - how every secret begins, not a secret
SECRET_LIMIT = 200
"""Characters; a longer file is something else."""


def kept_secret(file: Path) -> str | None:
    """Give the secret that a file holds, None if it cannot be read or holds something else."""
    try:
        with file.open(encoding="ascii") as lines:
            secret = lines.read(SECRET_LIMIT + 1).strip()
    except (OSError, UnicodeDecodeError):
        return None
    return secret if secret.startswith(SECRET_PREFIX) and len(secret) <= SECRET_LIMIT else None


def secret_of(key: str | None, settings: StoreSettings) -> str:
    """Give the secret that `--key` stands for, by default that in the folder of keys.

    Raises CommandFailed `key-missing` or `key-unreadable`.
    """
    if key is not None and key.startswith(SECRET_PREFIX):
        return key
    file = settings.first_key if key is None else Path(key)
    if file is None or (key is None and not file.exists()):
        raise CommandFailed(
            "key-missing",
            Text("没有说明以谁的密钥行事", "nobody's key was given to act by"),
            Text("用--key给出密钥或密钥文件", "give a key, or the file of one, with --key"),
        )
    secret = kept_secret(file)
    if secret is None:
        raise CommandFailed(
            "key-unreadable",
            Text(
                "--key既不是密钥，也不是可读的密钥文件",
                "--key is neither a secret nor a file that holds one and can be read",
            ),
            Text(
                f"密钥以{SECRET_PREFIX}开头；密钥文件只有一行密钥",
                f"a secret begins with {SECRET_PREFIX}; a file of one holds nothing else",
            ),
        )
    return secret


def holder(service: Service, secret: str, at: datetime) -> ApiKey:
    """Give the key that a secret opens. Raises CommandFailed `key-not-valid`."""
    key = holder_of(service, secret, at)
    if key is None:
        raise CommandFailed(
            "key-not-valid",
            Text(
                "密钥未在此存储中签发，或已吊销、已到期",
                "the key was never issued in this store, or is revoked or has expired",
            ),
            Text(
                "使用有效的密钥，或请操作员签发（do issue-api-key）",
                "use a key that counts, or ask the operator for one (do issue-api-key)",
            ),
            status=Status.REFUSED,
        )
    return key
