"""Lines for a terminal: never too long, nothing lost, no line that begins with a full stop."""

from hypothesis import given
from hypothesis import strategies as st

from casesys.replay.phrasing import phrase
from casesys.replay.wrapping import columns, wrapped

PIECES = st.text(st.sampled_from("路灯不亮，。“”（） ab-:1"), max_size=120)


def test_chinese_takes_two_columns() -> None:
    """Given Chinese and Latin characters, when columns are counted, then two and one."""
    assert columns("3号楼lamp") == 9


@given(PIECES, st.integers(8, 40))
def test_lines_fit_and_nothing_is_lost(text: str, width: int) -> None:
    """Given any text, when it is wrapped, then each line fits, and together they say the same but for white space."""
    lines = wrapped(text, width, first="* ", rest="    ")

    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines)[2:].split()) == "".join(text.split())


def test_punctuation_stays_with_what_it_follows() -> None:
    """Given a text that is full just before a comma, when it is wrapped, then the comma does not begin a line."""
    assert wrapped("路灯不亮，请来修。", 8) == ["路灯不", "亮，请来", "修。"]
    assert wrapped("路灯（坏了）", 6) == ["路灯", "（坏", "了）"]


def test_english_breaks_at_spaces_and_inside_only_when_it_must() -> None:
    """Given English, when it is wrapped, then at spaces; a word longer than the line is broken."""
    assert wrapped("the lamp is out", 8, rest=" ") == ["the lamp", " is out"]
    assert wrapped("abcdefghijkl", 5) == ["abcd", "efgh", "ijkl"]


def test_an_empty_text_is_an_empty_line() -> None:
    """Given nothing, when it is wrapped, then one line with what stands before it."""
    assert wrapped("", 10, first="* ") == ["* "]


def told(field: str, kind: str) -> str:
    """Tell what a test's sentence asks for."""
    return {"lead": "A", "row": "", "reason": "{lead} [x]"}[field] + kind


def test_what_says_nothing_takes_its_brackets_along() -> None:
    """Given optional parts, when one has a field that says nothing, then the whole part is left out."""
    sentence = "to {lead:!}[ by {row}][ because {reason}] [and {lead} by {row}]."

    assert phrase(sentence, told) == "to A! because {lead} [x] ."
