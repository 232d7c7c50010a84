"""Places in sentences: what a path leads to is written out as people write it."""

import pytest

from casesys.domain.charter.expressions import Guard, ValueType, compile_guard
from casesys.domain.charter.places import fill, has_stray_brace, places, write_out
from casesys.domain.messages import Text

GUARDS: dict[str, Guard] = {
    "rows.big.when": compile_guard(
        "facts.cost >= 20000 || facts.houses > 3 && facts.houses < 9",
        {"facts.cost": ValueType.INT, "facts.houses": ValueType.INT},
    )
}
DOCUMENT: dict[str, object] = {
    "title": {"zh": "章程", "en": "charter"},
    "year": 2026,
    "limit": 20000,
    "shares": ["2/3", "1/12", "1/2"],
    "open": True,
    "rows": [
        {"id": "big", "when": "…", "period": {"amount": 48, "unit": "clock_hour"}},
        {"id": "small", "period": {"amount": 1, "unit": "working_day", "calendar": "workdays"}},
        {"period": {"amount": 10, "unit": "calendar_day", "calendar": "workdays"}},
        {"period": {"amount": 2, "unit": "working_hour", "calendar": "workdays"}},
        {"period": {"amount": 2, "unit": "moon"}},
    ],
    "nested": {"zh": "见{title}", "en": "see {title}"},
    "braced": "{title}",
}


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("title", "章程", "charter"),
        ("year", "2026", "2026"),
        ("limit", "20,000", "20,000"),
        ("shares.0", "三分之二", "2/3"),
        ("shares.1", "12分之一", "1/12"),
        ("rows.big.period", "48小时", "48 hours"),
        ("rows.0.period", "48小时", "48 hours"),
        ("rows.small.period", "1个工作日", "1 working day"),
        ("rows.2.period", "10日", "10 calendar days"),
        ("rows.3.period", "2个工作小时", "2 working hours"),
        ("rows.big.period.amount", "48", "48"),
        ("rows.big.id", "big", "big"),
        ("rows.big.when.facts.cost", "20,000", "20,000"),
    ],
)
def test_a_path_is_written_out(path: str, zh: str, en: str) -> None:
    """Given a path to a period, share, number, label or text, then it reads well in both languages."""
    assert write_out(path, DOCUMENT, GUARDS) == Text(zh, en)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "moon",
        "title.fr",
        "year.month",
        "shares",
        "shares.3",
        "shares.-1",
        "shares.99999999999999999999",
        "open",
        "rows.huge.period",
        "rows.4.period",
        "rows.big",
        "rows.big.id.length",
        "rows.big.when.facts.houses",
        "rows.big.when.facts.moon",
        "nested",
        "braced",
    ],
)
def test_a_path_to_nothing_readable_gives_nothing(path: str) -> None:
    """Given a path that leads nowhere, or to what no sentence can hold, then there is no text."""
    assert write_out(path, DOCUMENT, GUARDS) is None


def test_places_are_named_and_filled_in_both_languages() -> None:
    """Given a sentence with places, when they are filled, then each language has its own words."""
    sentence = Text("自{a}起{b}内", "within {b} of {a}, {b}")

    assert set(places(sentence)) == {"a", "b"}
    assert fill(sentence, {"a": Text("受理", "acceptance"), "b": Text("2日", "2 days")}) == Text(
        "自受理起2日内", "within 2 days of acceptance, 2 days"
    )


@pytest.mark.parametrize(
    ("zh", "en", "stray"),
    [("一", "{a}", False), ("{a", "b", True), ("a", "b}", True), ("{{a}}", "b", True)],
)
def test_a_brace_that_opens_no_place_is_found(zh: str, en: str, *, stray: bool) -> None:
    """Given a sentence, then a brace beside its places is a stray one."""
    assert has_stray_brace(Text(zh, en)) is stray
