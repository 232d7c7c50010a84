"""Power cuts under a vault: a key that was acknowledged is there, and a subject that was forgotten stays forgotten.

The gate cuts the power at some moments, and in soaks at each.
"""

import os
from contextlib import closing
from pathlib import Path
from shutil import copytree
from typing import Literal, NamedTuple

import pytest

from casesys.domain.messages import StreamId
from casesys.vault import SealedField, Unsealed, Vault
from tests.store.disk import Fate, after_power_cut, disk_under

ONE_IN = 1 if "CASESYS_SOAK" in os.environ else 4
LOG, STREAM = "log-1", StreamId("case/1")
TEXT = "居民的话"


class Deed(NamedTuple):
    """What was done for a subject, acknowledged after so many deeds of the disk; what was sealed, and the key it was sealed under."""

    after: int
    deed: Literal["sealed", "forgotten"]
    sealed: SealedField
    wrapped: bytes


def sealed(vault: Vault, number: int) -> SealedField:
    """Seal a text of a subject."""
    return vault.seal([Unsealed(STREAM, number, "note", f"p-{number}", TEXT)])[0]


def opened(vault: Vault, field: SealedField) -> str | None:
    """Open a text again."""
    number = int(field.subject.removeprefix("p-"))
    return vault.open_field(STREAM, number, "note", field.subject, field.ciphertext)


@pytest.mark.parametrize("fate", ["kept", "lost", "torn"])
def test_keys_are_what_was_acknowledged_before_the_power_failed(tmp_path: Path, fate: Fate) -> None:
    """Given power that fails at any moment, then what was sealed can be read, and of whom was forgotten no key is left."""
    Vault.create(tmp_path / "made", LOG).close()
    life = copytree(tmp_path / "made", tmp_path / "life")
    deeds: list[Deed] = []
    with disk_under(life) as disk, closing(Vault.open(life, LOG)) as vault:
        for number in range(8):
            field = sealed(vault, number)
            found = vault.keys.find(field.subject)
            assert found is not None
            assert found[0] is not None
            deeds.append(Deed(len(disk.deeds), "sealed", field, found[0]))
            if number % 3 == 0:
                vault.forget(field.subject)
                deeds.append(deeds[-1]._replace(after=len(disk.deeds), deed="forgotten"))
    for moment in range(0, len(disk.deeds) + 1, ONE_IN):
        folder = copytree(tmp_path / "made", tmp_path / str(moment))
        after_power_cut(disk.deeds[:moment], fate, folder, seed=moment)
        done = [each for each in deeds if each.after <= moment]
        forgotten = {each.sealed.subject for each in deeds if each.deed == "forgotten"}
        with disk_under(folder), closing(Vault.open(folder, LOG)) as vault:
            for each in done:
                if each.deed == "forgotten":
                    assert opened(vault, each.sealed) is None
                elif each.sealed.subject not in forgotten:
                    assert opened(vault, each.sealed) == TEXT
            assert opened(vault, sealed(vault, 99)) == TEXT
        left = b"".join(each.read_bytes() for each in folder.iterdir())
        assert not any(each.wrapped in left for each in done if each.deed == "forgotten")
