"""The vault seals, opens and forgets; in memory and in files alike."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casesys.domain.messages import StreamId
from casesys.vault import SealedField, Unsealed, Vault, VaultError
from casesys.vault import vault as module

CASE = StreamId("case/1")
FIELD = Unsealed(CASE, 3, "reporter", "p-1", "张三, flat 3")


@pytest.fixture(params=["memory", "files"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vault]:
    """A new vault of the log `log-1`."""
    made = (
        Vault.in_memory("log-1")
        if request.param == "memory"
        else Vault.create(tmp_path / "keys", "log-1")
    )
    with closing(made):
        yield made


def opened(vault: Vault, field: Unsealed, sealed: SealedField) -> str | None:
    """What a vault reads in the place of a field."""
    return vault.open_field(field.stream, field.seq, sealed.name, sealed.subject, sealed.ciphertext)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.lists(st.tuples(st.sampled_from(["p-1", "p-2", "甲"]), TEXTS), max_size=5))
def test_what_is_sealed_is_opened(vault: Vault, fields: list[tuple[str, str]]) -> None:
    """Given any texts of some subjects, when they are sealed, then each is opened again, and none stands in the clear."""
    unsealed = [Unsealed(CASE, n + 1, "note", who, text) for n, (who, text) in enumerate(fields)]
    sealed = vault.seal(unsealed)

    assert [opened(vault, *pair) for pair in zip(unsealed, sealed, strict=True)] == [
        text for _, text in fields
    ]
    assert [len(s.ciphertext) for s in sealed] == [
        12 + len(field.text.encode()) + 16 for field in unsealed
    ]


def test_the_same_text_is_never_sealed_alike(vault: Vault) -> None:
    """Given one text twice, when it is sealed, then the ciphertexts differ: nobody can tell that it is the same."""
    first, second = vault.seal([FIELD, FIELD])

    assert first.ciphertext != second.ciphertext


@pytest.mark.parametrize(
    "elsewhere",
    [
        FIELD._replace(stream=StreamId("case/2")),
        FIELD._replace(seq=4),
        FIELD._replace(name="phone"),
        FIELD._replace(subject="p-2"),
    ],
    ids=["stream", "seq", "name", "subject"],
)
def test_a_ciphertext_moved_elsewhere_is_not_opened(vault: Vault, elsewhere: Unsealed) -> None:
    """Given a sealed field, when it is put in another place, then it is refused as altered."""
    (sealed,) = vault.seal([FIELD])
    vault.seal([elsewhere])

    with pytest.raises(VaultError) as refused:
        vault.open_field(
            elsewhere.stream, elsewhere.seq, elsewhere.name, elsewhere.subject, sealed.ciphertext
        )
    assert refused.value.code == "ciphertext-altered"


def test_every_altered_byte_is_noticed(vault: Vault) -> None:
    """Given a sealed field, when any one byte is changed or the end is cut off, then it is refused as altered."""
    (sealed,) = vault.seal([FIELD])
    whole = sealed.ciphertext
    broken = [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]

    for ciphertext in [*broken, whole[:-1], whole[:20], b""]:
        with pytest.raises(VaultError) as refused:
            opened(vault, FIELD, sealed._replace(ciphertext=ciphertext))
        assert refused.value.code == "ciphertext-altered"


def test_a_forgotten_subject_stays_forgotten(vault: Vault) -> None:
    """Given two subjects, when one is forgotten, then its texts are gone, nothing new is sealed, and the other is as before."""
    other = FIELD._replace(subject="p-2", text="李四")
    mine, theirs = vault.seal([FIELD, other])
    vault.forget("p-1")
    vault.forget("p-1")

    assert opened(vault, FIELD, mine) is None
    assert opened(vault, other, theirs) == "李四"
    with pytest.raises(VaultError) as refused:
        vault.seal([other, FIELD])
    assert refused.value.code == "subject-forgotten"


def test_a_subject_never_seen_has_no_key(vault: Vault) -> None:
    """Given a subject without a key, when something is opened for it, then there is nothing to read."""
    assert vault.open_field(CASE, 1, "note", "p-9", b"x" * 40) is None


def test_the_separator_has_no_place_in_names(vault: Vault) -> None:
    """Given a stream or a field with a bar in its name, when it is sealed, then it is refused: two places would be one."""
    for field in (FIELD._replace(stream=StreamId("a|b")), FIELD._replace(name="a|b")):
        with pytest.raises(ValueError, match="named with"):
            vault.seal([field])


def test_few_keys_are_kept_in_memory(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more subjects than memory is kept for, when all are sealed and opened, then all is read and the rest let go."""
    monkeypatch.setattr(module, "CACHED_KEYS", 3)
    fields = [FIELD._replace(subject=f"p-{n}", text=f"text {n}") for n in range(10)]
    sealed = vault.seal(fields)

    assert vault.held == 3
    texts = [opened(vault, *pair) for pair in zip(fields, sealed, strict=True)]
    assert texts == [field.text for field in fields]
    assert vault.held == 3


def test_it_survives_its_process(tmp_path: Path) -> None:
    """Given a vault in files, when another process opens it, then it reads what this one sealed."""
    with closing(Vault.create(tmp_path / "keys", "log-1")) as vault:
        (sealed,) = vault.seal([FIELD])
    program = (
        "import sys; from pathlib import Path; from casesys.vault import Vault\n"
        "vault = Vault.open(Path(sys.argv[1]), 'log-1')\n"
        "print(ascii(vault.open_field('case/1', 3, 'reporter', 'p-1', bytes.fromhex(sys.argv[2]))))"
    )
    arguments = [sys.executable, "-c", program, str(tmp_path / "keys"), sealed.ciphertext.hex()]

    answer = subprocess.run(arguments, capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == ascii(FIELD.text)


def test_a_subject_forgotten_elsewhere_is_forgotten_here(tmp_path: Path) -> None:
    """Given two openings of a vault, when one forgets a subject that the other has in memory, then both have forgotten it."""
    with (
        closing(Vault.create(tmp_path / "keys", "log-1")) as here,
        closing(Vault.open(tmp_path / "keys", "log-1")) as there,
    ):
        (sealed,) = here.seal([FIELD])
        assert opened(there, FIELD, sealed) == FIELD.text
        there.forget("p-1")

        assert opened(here, FIELD, sealed) is None
        with pytest.raises(VaultError) as refused:
            here.seal([FIELD])
        assert refused.value.code == "subject-forgotten"


def test_a_forgotten_key_leaves_no_trace_in_the_files(tmp_path: Path) -> None:
    """Given a wrapped key in the files, when its subject is forgotten, then no file of the folder holds those bytes."""
    with closing(Vault.create(tmp_path / "keys", "log-1")) as vault:
        vault.seal([FIELD, FIELD._replace(subject="p-2")])
        row = vault.keys.find("p-1")
        assert row is not None
        assert row[0] is not None
        held = [f for f in (tmp_path / "keys").iterdir() if row[0] in f.read_bytes()]
        vault.forget("p-1")

        assert held
        assert [f for f in (tmp_path / "keys").iterdir() if row[0] in f.read_bytes()] == []


def test_the_files_are_for_their_owner(tmp_path: Path) -> None:
    """Given a new vault, then its folder and its wrapping key are readable by their owner only."""
    Vault.create(tmp_path / "keys", "log-1").close()

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "wrapping.key").stat().st_mode & 0o777 == 0o600


def test_a_key_is_durable_before_it_is_used(tmp_path: Path) -> None:
    """Given a vault in files, then its connection commits in full, and overwrites what it deletes."""
    with closing(Vault.create(tmp_path / "keys", "log-1")) as vault:
        ask = vault.keys.connection.execute

        assert ask("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert ask("PRAGMA synchronous").fetchone()[0] == 2
        assert ask("PRAGMA secure_delete").fetchone()[0] == 1


CREATE_KEYS = """
import sys
from pathlib import Path
from casesys.vault import Unsealed, Vault
vault = Vault.open(Path(sys.argv[1]), "log-1")
print("ready", flush=True)
sys.stdin.readline()
for n in range(60):
    (sealed,) = vault.seal([Unsealed("case/1", 1, "note", f"p-{n}", sys.argv[2])])
    print(sealed.ciphertext.hex(), flush=True)
"""


def test_two_processes_agree_on_new_keys(tmp_path: Path) -> None:
    """Given two processes that seal for the same new subjects at once, then either's texts are opened with the one key."""
    with closing(Vault.create(tmp_path / "keys", "log-1")) as vault:
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", CREATE_KEYS, str(tmp_path / "keys"), name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for name in ("one", "two")
        ]
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
        written = [writer.communicate("go\n", timeout=60)[0].split() for writer in writers]

        for name, lines in zip(("one", "two"), written, strict=True):
            texts = [
                vault.open_field(CASE, 1, "note", f"p-{n}", bytes.fromhex(line))
                for n, line in enumerate(lines)
            ]
            assert texts == [name] * 60


def test_nothing_is_left_when_the_process_dies_while_making_it(tmp_path: Path) -> None:
    """Given a wrapping key from a creation cut short, when the vault is made again, then it is taken over and works."""
    folder = tmp_path / "keys"
    Vault.create(folder, "log-1").close()
    key = (folder / "wrapping.key").read_bytes()
    (folder / "subjects.sqlite").unlink()

    Vault.create(folder, "log-1").close()

    assert (folder / "wrapping.key").read_bytes() == key
    assert sorted(f.name for f in folder.iterdir()) == ["subjects.sqlite", "wrapping.key"]


def test_keys_for_other_purposes_stay_the_same_and_tell_nothing_of_each_other(
    tmp_path: Path,
) -> None:
    """Given a vault, when keys are derived from it for two purposes, then they differ, outlive it, and are no other log's."""
    Vault.create(tmp_path / "one", "log-1").close()
    Vault.create(
        tmp_path / "two", "log-2", wrapping_key_file=tmp_path / "one" / "wrapping.key"
    ).close()
    derived = []
    for _ in range(2):
        vault = Vault.open(tmp_path / "one", "log-1")
        derived.append((vault.derived_key("cursors"), vault.derived_key("names")))
        vault.close()
    other = Vault.open(
        tmp_path / "two", "log-2", wrapping_key_file=tmp_path / "one" / "wrapping.key"
    )

    assert derived[0] == derived[1]
    assert len({*derived[0], other.derived_key("cursors")}) == 3
    assert all(len(key) == 32 for key in derived[0])
