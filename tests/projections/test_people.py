"""People are found by their exact name, by whoever may know of them; the index itself tells nothing."""

import sqlite3
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casesys.domain.messages import Personal
from casesys.domain.register import commands as r
from casesys.domain.register.knowledge import Sight
from casesys.projections.batches import Walk
from casesys.projections.names import NameFingerprints, normalised
from casesys.projections.people import FOUND, Named, People, find
from casesys.vault import Vault, VaultError
from tests.community import COMMUNITY, Community, founded
from tests.projections.built import everything, held, plan
from tests.projections.knowing import known
from tests.projections.seasons import season
from tests.projections.served import served
from tests.projections.test_audit_trail import SIGHTS
from tests.projections.test_figures import cases

SECRETARY = (Sight("secretary", COMMUNITY),)
NAMES = {"刘阿姨": "case-01", "张三": "case-01"}
"""Names that the season's first case states."""


def people_of(community: Community) -> People:
    """The read model of a community."""
    return People(NameFingerprints(community.log, community.vault))


@cache
def told() -> sqlite3.Connection:
    """The blind index of the season."""
    return served(season().log, people_of(season()))


def found(
    community: Community,
    name: str,
    seen: tuple[Sight, ...] = SECRETARY,
    db: sqlite3.Connection | None = None,
) -> list[Named]:
    """Everybody of a name, page by page."""
    if db is None:
        db = told() if community is season() else served(community.log, people_of(community))
    fingerprint = NameFingerprints(community.log, community.vault).of_name(name)
    return list(everything(lambda key: find(db, seen, fingerprint, after=key, limit=1)))


def test_everybody_of_a_name_is_found() -> None:
    """Given an initiator, another party and two persons of one name, then each is found under their name, as what they are."""
    assert found(season(), "刘阿姨") == [Named("initiator:case-01", "initiator", "case-01")]
    assert found(season(), "张三") == [Named("zhang-san", "co_reporter", "case-01")]
    assert found(season(), "新人") == [
        Named("namesake", "person", None),
        Named("newcomer", "person", None),
    ]


@pytest.mark.parametrize("written", ["刘阿 姨", " 刘阿姨", "刘\u3000阿姨"])
def test_a_name_is_the_same_however_it_is_spaced(written: str) -> None:
    """Given a name with spaces somewhere, then it is found."""
    assert found(season(), written) != []


@pytest.mark.parametrize("other", ["刘阿", "刘阿姨姨", "阿姨", ""])
def test_nothing_but_the_exact_name_is_found(other: str) -> None:
    """Given a part of a name, or more, then nobody is found."""
    assert found(season(), other) == []


def test_names_are_compared_without_case_and_width() -> None:
    """Given Latin names in any case, and full-width letters, then they are one name."""
    assert normalised("\uff2c\uff49 Ming") == normalised("li MING") == "liming"


@given(st.text())
def test_normalising_twice_changes_nothing(name: str) -> None:
    """Given any text, then its normal form is its own normal form."""
    assert normalised(normalised(name)) == normalised(name)


@given(seen=SIGHTS, name=st.sampled_from(tuple(NAMES)))
def test_only_who_may_know_of_the_case_finds_its_people(seen: tuple[Sight, ...], name: str) -> None:
    """Given any sights, then the people of a case are found by those who may know of it, and by nobody else."""
    assert bool(found(season(), name, seen)) == known(seen, cases()[NAMES[name]])


@given(seen=SIGHTS)
def test_persons_are_found_from_the_root(seen: tuple[Sight, ...]) -> None:
    """Given any sights, then persons of the register are found by whoever has one over the whole store that is not for a party."""
    over_all = any(sight.grid == COMMUNITY and sight.principal is None for sight in seen)
    assert bool(found(season(), "新人", seen)) == over_all


def test_the_index_holds_no_name() -> None:
    """Given the whole index, then no name stands in it, and no fingerprint that another vault would make."""
    whole = "\n".join(told().iterdump())
    other = NameFingerprints(season().log, Vault.in_memory(season().log.log_id))

    for name in (*NAMES, "新人", "赵建国"):
        assert name not in whole
        assert other.of_name(name).hex().upper() not in whole
    assert NameFingerprints(season().log, season().vault).of_name("新人").hex().upper() in whole


def test_what_the_vault_forgot_is_not_found_once_rebuilt() -> None:
    """Given an initiator who was forgotten, when the index is built anew, then it does not know them; others stay."""
    community = founded()
    case = community.collect(initiator_name="何人")
    community.register(r.RegisterPerson(person_id="he", name=Personal("何人")))
    assert len(found(community, "何人")) == 2

    community.vault.forget(f"initiator:{case}")

    assert found(community, "何人") == [Named("he", "person", None)]


def test_rows_do_not_depend_on_where_pages_are_cut() -> None:
    """Given a log cut after each event, then the index is the same."""
    people = people_of(season())
    cuts = range(1, season().log.head().size)

    assert held(served(season().log, people, cuts=cuts), people) == held(told(), people)


def test_an_altered_text_is_not_left_out_in_silence() -> None:
    """Given names that another vault has sealed for the same people, then the index raises instead of leaving somebody out."""
    community, other = founded(), founded()
    batch = Walk(community.log, 0).advance(community.log.head().size)

    with pytest.raises(VaultError, match="is not what was sealed there"):
        list(People(NameFingerprints(community.log, other.vault)).changes(batch))


def test_finding_is_read_off_an_index_in_order() -> None:
    """Given a fingerprint, then SQLite neither looks at all rows nor sorts any."""
    steps = plan(told(), FOUND, {"fingerprint": b"", "before": 9})

    assert "SCAN" not in steps
    assert "TEMP B-TREE" not in steps
