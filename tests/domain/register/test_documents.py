"""Calendars and charters: documents that are deposited once and count from an instant on."""

import json

import pytest

from casesys.domain.charter.parse import CharterVersion
from casesys.domain.messages import Outcome
from casesys.domain.refusals import Refusal
from casesys.domain.register import commands as r
from casesys.domain.register import events as e
from casesys.domain.register.lookups import calendar_that_counts, charter_in_force
from casesys.domain.register.state import AdoptedCalendar, Document, Grid, InForce
from casesys.domain.register.streams import calendar_stream, document_stream, grid_stream
from casesys.domain.working_time import parse_calendar
from tests.domain.charter.stock import document, stock
from tests.domain.neighbourhood import (
    CALENDAR,
    FOUNDING,
    PATH,
    calendar_until,
    installing,
    neighbourhood,
    operates,
    uncharted,
    variant,
)
from tests.domain.specification import Act, Scene, at

FOUNDED = Scene().given(FOUNDING)
NOW = at("03-01 09:00")


def adopting(text: str) -> Act:
    """The operator adopts a calendar."""
    return operates(r.AdoptCalendar(document=text))


# -- calendars ----------------------------------------------------------------------------------------------------------------


def test_a_calendar_is_deposited_and_adopted() -> None:
    """Given a calendar document, when it is adopted, then its canonical text is deposited under its digest, and it counts."""
    calendar = parse_calendar(CALENDAR.encode())
    deposited = e.DocumentDeposited("calendar", calendar.canonical.decode())
    adopted = e.CalendarAdopted("workdays", calendar.digest, calendar.first_day, calendar.last_day)

    FOUNDED.when(adopting(CALENDAR)).then(
        Outcome(document_stream(calendar.digest), deposited),
        Outcome(calendar_stream("workdays"), adopted),
    )
    scene = FOUNDED.given(adopting(CALENDAR))
    assert scene.state(document_stream(calendar.digest), Document).kind == "calendar"
    assert calendar_that_counts(scene.world(), "workdays") == calendar_in(scene)


def calendar_in(scene: Scene) -> object:
    """The calendar whose adoption was the last."""
    digest = scene.state(calendar_stream("workdays"), AdoptedCalendar).digest
    return scene.world().document(digest, object)


def test_the_last_edition_counts() -> None:
    """Given two editions, when the first is adopted again, then it counts, and its text is not deposited twice."""
    scene = FOUNDED.given(adopting(CALENDAR), adopting(calendar_until("06-30")))
    first = parse_calendar(CALENDAR.encode())

    adopted = e.CalendarAdopted("workdays", first.digest, first.first_day, first.last_day)
    scene.when(adopting(CALENDAR)).then(Outcome(calendar_stream("workdays"), adopted))
    again = scene.given(adopting(CALENDAR))
    assert calendar_that_counts(again.world(), "workdays").digest == first.digest
    assert calendar_that_counts(scene.world(), "workdays").digest != first.digest


def test_the_edition_that_counts_is_not_adopted_again() -> None:
    """Given a calendar, when the same edition is adopted again, however it is written, then nothing would change."""
    scene = FOUNDED.given(adopting(CALENDAR))

    scene.when(adopting(CALENDAR)).refused("calendar-counts-already")
    scene.when(adopting(f"{CALENDAR}\n# the same")).refused("calendar-counts-already")


def test_a_broken_calendar_is_not_adopted() -> None:
    """Given a document that is no calendar, when it is adopted, then it is told what to mend."""
    refusal = FOUNDED.when(adopting("code = ")).refused("calendar-invalid")

    assert "calendar-unreadable" in refusal.says.en


def test_a_calendar_that_nobody_adopted_does_not_count() -> None:
    """Given no calendar of a code, when time is to be counted by it, then it has to be adopted first."""
    with pytest.raises(Refusal, match="calendar-not-adopted"):
        calendar_that_counts(FOUNDED.world(), "workdays")


# -- charters -----------------------------------------------------------------------------------------------------------------


def test_a_charter_is_deposited_and_in_force() -> None:
    """Given a charter document, when it is installed, then its canonical text is deposited under its digest, and it is in force."""
    installed = e.CharterInstalled("stock", "2026.1", stock().digest, NOW)

    decision = (
        uncharted()
        .when(installing(document()))
        .then(
            Outcome(
                document_stream(stock().digest),
                e.DocumentDeposited("charter", stock().document.decode()),
            ),
            Outcome(grid_stream("community"), installed),
        )
    )
    assert decision.rule is None
    assert charter_in_force(neighbourhood().world(), PATH, NOW) == stock()


def test_a_charter_is_in_force_from_the_instant_given() -> None:
    """Given a date to come, when a charter is installed for it, then it is in force from then on and not before."""
    later = at("04-01 00:00")
    scene = uncharted().given(installing(document(), in_force_from=later))

    assert charter_in_force(scene.world(), PATH, later) == stock()
    with pytest.raises(Refusal, match="no-charter"):
        charter_in_force(scene.world(), PATH, at("03-31 23:59:59.999999"))


def test_the_same_charter_is_installed_once_in_a_grid() -> None:
    """Given a charter, when it is installed again, then it is there; in another grid it is, and its text is not deposited twice."""
    neighbourhood().when(installing(document())).refused("already-exists")
    installed = e.CharterInstalled("stock", "2026.1", stock().digest, NOW)
    neighbourhood().when(installing(document(), grid_id="east")).then(
        Outcome(grid_stream("east"), installed)
    )


def test_versions_stand_in_the_order_of_their_instants() -> None:
    """Given versions installed out of order, then the grid has them in order of the instants they are in force from."""
    scene = neighbourhood().given(
        installing(variant(("version", "3")), in_force_from=at("05-01 00:00")),
        installing(variant(("version", "2")), in_force_from=at("04-01 00:00")),
    )

    in_force = scene.state(grid_stream("community"), Grid).charters
    assert [(each.version, each.since) for each in in_force] == [
        ("2026.1", NOW),
        ("2", at("04-01 00:00")),
        ("3", at("05-01 00:00")),
    ]
    assert isinstance(in_force[0], InForce)


def test_the_nearest_ancestor_with_a_charter_in_force_governs() -> None:
    """Given a version of the grid above that is not in force yet, then the community's governs until it is."""
    scene = neighbourhood().given(
        installing(variant(("version", "2")), grid_id="east", in_force_from=at("04-01 00:00"))
    )

    def version(when: str) -> str:
        governing = charter_in_force(scene.world(), PATH, at(when))
        assert isinstance(governing, CharterVersion)
        return governing.charter.version

    assert (version("03-31 23:59:59.999999"), version("04-01 00:00")) == ("2026.1", "2")


def test_a_broken_charter_is_not_installed() -> None:
    """Given a document that is no charter, when it is installed, then all that is wrong is told, in both languages."""
    broken = variant() | {"code": "Not A Code"}

    refusal = uncharted().when(installing(broken)).refused("charter-invalid")

    assert "code" in refusal.says.zh
    assert "code" in refusal.says.en


def test_a_charter_is_installed_for_a_grid_there_is() -> None:
    """Given no such grid, when a charter is installed for it, then the grid is unknown."""
    uncharted().when(installing(document(), grid_id="north")).refused("unknown-grid")


def test_a_document_is_known_by_what_it_says() -> None:
    """Given the same charter as JSON with other spacing, when it is installed, then it is the same charter."""
    text = json.dumps(document(), indent=1)
    command = r.InstallCharter(grid_id="community", document=text)

    neighbourhood().when(operates(command)).refused("already-exists")
