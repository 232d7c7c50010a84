"""Doctor's look at the keys: the vault and its wrapping key, what signs checkpoints, who may read the files, who is operator."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from casesys.application import Service
from casesys.bootstrap import holder_of
from casesys.cli.findings import Finding, Level, fine, trouble
from casesys.cli.keys import kept_secret
from casesys.domain.messages import StreamId, Text
from casesys.domain.register.authority import OPERATOR
from casesys.domain.register.state import Person
from casesys.notary.failures import CheckpointKeyInvalid, Unsigned
from casesys.notary.keyring import SUFFIX, KeyRing
from casesys.settings import StoreSettings
from casesys.vault import Vault, VaultError

OTHERS = 0o077
PAGE = 200


def examine_vault(settings: StoreSettings, log_id: str) -> Iterator[Finding]:
    """Look whether the vault is there, is this store's, and opens with the wrapping key; and who may read its files."""
    folder = settings.keys
    if folder is None:
        return
    wrapping_key = settings.wrapping_key or folder / "wrapping.key"
    try:
        Vault.open(folder, log_id, wrapping_key_file=settings.wrapping_key).close()
    except VaultError as error:
        yield trouble(error)
    else:
        yield fine(
            "vault",
            f"密钥库在{folder}，主密钥相符",
            f"the vault in {folder} opens with its wrapping key",
        )
    yield _signing(KeyRing(folder))
    for file in (wrapping_key, folder / "operator.key", *sorted(folder.glob(f"*{SUFFIX}"))):
        if file.exists() and file.stat().st_mode & OTHERS:
            yield Finding(
                Level.WARNING,
                "key-file-open",
                Text(f"其他用户可以读取{file}", f"other users can read {file}"),
                Text(f"执行chmod 600 {file}", f"chmod 600 {file}"),
            )
    if settings.path is not None and folder.resolve().parent == settings.path.resolve().parent:
        yield Finding(
            Level.OK,
            "keys-beside-store",
            Text("密钥文件夹就在存储旁边", "the folder of keys lies beside the store"),
            Text(
                "正式使用时放到别处，分开备份（--keys、--wrapping-key）",
                "in earnest keep it elsewhere, with a backup of its own (--keys, --wrapping-key)",
            ),
        )


def _signing(ring: KeyRing) -> Finding:
    try:
        names = ", ".join(key.verifier.key_id.hex() for key in ring.signers())
    except (CheckpointKeyInvalid, OSError) as error:
        return Finding(
            Level.ERROR,
            CheckpointKeyInvalid.code,
            Text(
                f"检查点密钥无法读取（{error}）", f"a key for checkpoints cannot be read ({error})"
            ),
            Text("从备份恢复该文件，或移走它", "restore the file from a backup, or take it away"),
        )
    if names:
        return fine("checkpoint-key", f"检查点由{names}签署", f"checkpoints are signed by {names}")
    return Finding(
        Level.WARNING,
        Unsigned.code,
        Text(
            "没有签署检查点的密钥：日志若被整体改写，外人无从发现",
            "no key signs checkpoints: if the whole log were written anew, nobody outside could tell",
        ),
        Text(
            "执行casesys keys generate，并把公钥交给外人",
            "casesys keys generate, and hand its public half out",
        ),
    )


def examine_operators(
    service: Service, settings: StoreSettings, now: datetime
) -> Iterator[Finding]:
    """Look whether somebody can act as operator, and whether the key that is kept still counts."""
    operator = next((p for p in _people(service) if _is_operator(p, now)), None)
    if operator is None:
        yield Finding(
            Level.ERROR,
            "no-operator",
            Text("没有人持有有效的操作员授权", "nobody holds a valid mandate as operator"),
            Text(
                "请其他有权的人授予操作员授权",
                "have whoever may do so under the charter give somebody the role operator",
            ),
        )
    else:
        yield fine(
            "operator",
            f"{operator.person_id}持有操作员授权",
            f"{operator.person_id} holds a mandate as operator",
        )
    file = settings.first_key
    if file is not None and file.exists():
        yield _kept_key(service, file, now)


def _people(service: Service) -> Iterator[Person]:
    for stream in streams(service, "person/"):
        person = service.engine.load((stream,))[stream].state
        if isinstance(person, Person):
            yield person


def _is_operator(person: Person, now: datetime) -> bool:
    return any(mandate.role == OPERATOR and mandate.valid(now) for mandate in person.mandates)


def _kept_key(service: Service, file: Path, now: datetime) -> Finding:
    secret = kept_secret(file)
    if secret is not None and holder_of(service, secret, now) is not None:
        return fine("operator-key", f"{file}里的密钥有效", f"the key in {file} counts")
    return Finding(
        Level.WARNING,
        "operator-key-void",
        Text(f"{file}里的密钥无效", f"the key in {file} does not count"),
        Text(
            "换成有效的密钥，或删除此文件并用--key",
            "put a key there that counts, or remove it and use --key",
        ),
    )


def streams(service: Service, prefix: str) -> Iterator[StreamId]:
    """Give the names of all streams of a kind."""
    last = ""
    while page := service.engine.log.stream_ids(prefix, last, PAGE):
        yield from page
        last = page[-1]
