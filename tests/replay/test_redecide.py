"""Invariant 15: re-deciding a recorded command against what it read gives exactly the recorded events."""

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
import pytest
from msgspec.structs import replace

from casesys.domain.register.authority import CLOCK
from casesys.domain.register.commands import AppointParty
from casesys.evidence.canonical import canonical
from casesys.evidence.leaf import Leaf
from casesys.notary.ledger import Ledger
from casesys.notary.notary import Notary
from casesys.notary.sealing import seal, seals_of
from casesys.replay.redecide import redecide
from casesys.store.contract import Stored
from casesys.vault import Vault, VaultError
from tests.community import COMMUNITY, Community, founded
from tests.replay.conftest import Season
from tests.replay.forging import Forge, retold
from tests.replay.lives import LIVES, lamp


def test_deciding_again_gives_the_recorded_events(season: Season) -> None:
    """Given a season of cases, when every command is decided again, then nothing differs."""
    community = season.community

    report = redecide(community.log, community.vault)

    assert report.differences == ()
    assert report.differing == 0
    assert report.events == community.log.head().size
    stored = community.log.read(0, report.events)
    assert report.commands == len({each.leaf.command_id for each in stored})


def test_states_that_were_put_away_are_read_again(season: Season) -> None:
    """Given room for three states only, when every command is decided again, then nothing differs."""
    community = season.community

    report = redecide(community.log, community.vault, kept_states=3)

    assert (report.differing, report.events) == (0, community.log.head().size)


def test_what_the_clock_gave_and_the_seals_are_decided_again() -> None:
    """Given lives in which much is done by the clock alone, and the log sealed whenever time passes, then nothing differs."""
    community = founded()
    seal_as_time_passes(community)
    for live in LIVES:
        community.wait(hours=1)
        live(community)

    report = redecide(community.log, community.vault)

    assert report.differences == ()
    by_clock = Counter(
        stored.leaf.type
        for stored in community.log.read(0, report.events)
        if stored.leaf.actor_id == CLOCK
    )
    assert by_clock.pop("log-sealed") == len(seals_of(community.log)) > 20
    assert by_clock.total() > 5


def test_a_seal_that_the_clock_did_not_give_is_named() -> None:
    """Given a sealed log in which the seal says that somebody else gave it, when it is decided again, then it is named."""
    community = founded()
    seal_as_time_passes(community)
    community.wait(hours=1)
    forge = forging("log-sealed", around(actor_id="registrar"))

    report = redecide(retold(community.log, forge), community.vault)

    assert [(d.what, d.recorded) for d in report.differences] == [("decision", "accepted")]


def seal_as_time_passes(community: Community) -> None:
    """Have the log sealed after each time that is waited."""
    notary = Notary(community.log, Ledger.in_memory(community.log.log_id))
    wait = community.wait

    def wait_and_seal(**duration: float) -> Community:
        wait(**duration)
        seal(notary, community.log, community.service.give, community.now)
        return community

    community.wait = wait_and_seal  # type: ignore[method-assign] # this community only


def test_erased_texts_are_compared_by_whose_they_were() -> None:
    """Given a case whose initiator was erased since, when it is decided again, then nothing differs."""
    community = founded()
    lamp(community)
    community.vault.forget("initiator:case-01")

    report = redecide(community.log, community.vault)

    assert report.differences == ()


def test_ending_what_a_party_serves_is_decided_again() -> None:
    """Given a party that serves the community no longer, when that is decided again, then nothing differs."""
    community = founded()
    community.register(AppointParty(grid_id=COMMUNITY, kind="warm_station", party=None))

    report = redecide(community.log, community.vault)

    assert report.differences == ()


Change = Callable[[Leaf], Leaf]


def data(**changed: object) -> Change:
    """Change fields of the event."""

    def change(leaf: Leaf) -> Leaf:
        fields = msgspec.json.decode(leaf.public_data) | changed
        return replace(leaf, public_data=canonical(fields))

    return change


def asked(**changed: object) -> Change:
    """Change fields of the command."""

    def change(leaf: Leaf) -> Leaf:
        assert leaf.command is not None
        fields = msgspec.json.decode(leaf.command.data) | changed
        return replace(leaf, command=replace(leaf.command, data=canonical(fields)))

    return change


def around(**changed: object) -> Change:
    """Change fields of the leaf around the event."""
    return lambda leaf: replace(leaf, **changed)


def forging(kind: str, change: Change) -> Forge:
    """Change the first event of a type and tell the others as they are."""
    done: list[int] = []

    def forge(stored: Stored) -> Leaf:
        if stored.leaf.type != kind or (done and done[0] != stored.position):
            return stored.leaf
        done.append(stored.position)
        return change(stored.leaf)

    return forge


FORGERIES: Mapping[str, tuple[str, Change, str]] = {
    "priority": ("case-triaged", data(priority=1), "priority"),
    "result": ("case-closed", data(result="not_solvable"), "result"),
    "move": ("case-accepted", data(move={"stage": "collection"}), "move"),
    "role": ("case-accepted", around(actor_role="secretary"), "role"),
    "clause": ("case-triaged", around(rule_id="art-01"), "clause"),
    "calendar": ("extension-requested", around(calendar_digest=None), "calendar"),
    "principal": ("work-started", around(on_behalf_of=None), "on behalf of"),
    "command": ("case-collected", asked(title="楼道灯不亮"), "title"),
    "another event": (
        "case-accepted",
        around(type="work-started", public_data=canonical({})),
        "type",
    ),
    "unknown event": ("note-added", around(type="nothing-happened"), "unreadable"),
    "actor": ("case-accepted", around(actor_id="teller", mandate_id=None), "decision"),
}


@pytest.mark.parametrize(("kind", "change", "what"), FORGERIES.values(), ids=FORGERIES.keys())
def test_what_was_forged_is_named(season: Season, kind: str, change: Change, what: str) -> None:
    """Given a log in which one event was forged and every hash made to fit, when it is decided again, then it is named."""
    community = season.community
    forge = forging(kind, change)
    position = next(s.position for s in community.log.read(0, 10_000) if s.leaf.type == kind)

    report = redecide(retold(community.log, forge), community.vault)

    assert report.differing >= 1
    first = report.differences[0]
    assert (first.position, first.what) == (position, what)


def test_an_event_left_out_is_named(season: Season) -> None:
    """Given a log that ends without the decision a consent brought about, when it is decided again, then that is missing."""
    community = season.community
    log = community.log.read(0, 10_000)
    left_out = next(s.position for s in log if s.leaf.type == "decision-reached")
    copy = retold(community.log, lambda s: s.leaf if s.position < left_out else None)

    report = redecide(copy, community.vault)

    assert [(d.what, d.recorded, d.decided) for d in report.differences] == [
        ("event", "nothing", "decision-reached")
    ]


@pytest.mark.parametrize("instead", [b"something else", None], ids=["swapped", "gone"])
def test_a_ciphertext_that_is_not_what_was_sealed_is_named(
    season: Season, instead: bytes | None
) -> None:
    """Given a sealed text that was swapped, or removed though nobody was erased, when it is decided again, then it is named."""
    community = season.community
    copy = retold(community.log, lambda stored: stored.leaf)
    copy.instead = instead
    copy.swapped_at = next(
        s.position for s in community.log.read(0, 10_000) if s.leaf.type == "minutes-recorded"
    )

    report = redecide(copy, community.vault)

    assert [(d.position, d.what) for d in report.differences] == [
        (copy.swapped_at, "ciphertext-altered")
    ]


def test_only_the_first_differences_are_kept(season: Season) -> None:
    """Given a charter that everything rests on and that was forged, when few differences are wanted, then all are counted."""
    community = season.community
    forge = forging("charter-installed", data(digest="0" * 64))

    report = redecide(retold(community.log, forge), community.vault, shown=2)

    assert len(report.differences) == 2
    assert report.differing > 100


def test_a_vault_that_cannot_be_read_ends_the_audit(season: Season) -> None:
    """Given a vault that was closed, when the log is decided again, then that is no difference but an error."""
    community = season.community
    vault = Vault.in_memory(community.log.log_id)
    vault.close()

    with pytest.raises(VaultError):
        redecide(community.log, vault)
