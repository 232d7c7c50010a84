"""Every refusal is in words: each code that the domain refuses with says, in both languages, what and why, and what would do.

The sources are read as they stand, because a refusal that no test happens to provoke must be in words as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest

import casesys.domain
from casesys.domain.charter.parse import CharterInvalid, parse_charter
from casesys.domain.messages import Text
from casesys.domain.refusals import REFUSALS, Refusal, Template, refuse
from casesys.domain.vocabulary import COMMANDS, TERMS

DOMAIN = Path(casesys.domain.__path__[0])
MODULES = [m for m in sorted(DOMAIN.rglob("*.py")) if "refusals" not in m.relative_to(DOMAIN).parts]


class Site(NamedTuple):
    """A place where the domain refuses: which codes, with which particulars."""

    where: str
    codes: frozenset[str]
    particulars: frozenset[str]


def sites() -> Iterator[Site]:
    """Every call of `refuse` in the domain."""
    for module in MODULES:
        for function in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and _calls(call) in {"refuse", "Refusal"}:
                        yield _site(f"{module.relative_to(DOMAIN)}:{call.lineno}", call, function)


def _calls(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _site(where: str, call: ast.Call, function: ast.FunctionDef) -> Site:
    names = {keyword.arg for keyword in call.keywords}
    assert None not in names, f"{where}: particulars have to be named to be checked"
    particulars = frozenset(name for name in names if name) - {"clause", "accepted"}
    return Site(where, frozenset(_codes(call.args[0], function)), particulars)


def _codes(code: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    """The codes that an expression may have: a literal, either side of a choice, what a name was given."""
    match code:
        case ast.Constant(value=str(literal)):
            yield literal
        case ast.IfExp():
            yield from _codes(code.body, function)
            yield from _codes(code.orelse, function)
        case ast.Name():
            for node in ast.walk(function):
                if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == code.id:
                    yield from _codes(node.value, function)
        case _:
            pytest.fail(f"a code that cannot be read from the sources: {ast.unparse(code)}")


SITES = tuple(sites())
each_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.where)
each_template = pytest.mark.parametrize("template", REFUSALS.values(), ids=REFUSALS.keys())


def places(sentence: str) -> set[str]:
    """The particulars that a sentence has a place for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@each_site
def test_every_place_that_refuses_has_its_words(site: Site) -> None:
    """Given a place that refuses, then its codes have sentences, and it gives every particular they show."""
    assert site.codes
    for code in site.codes:
        shown = {name for text in REFUSALS[code] for name in places(text.zh)}
        assert shown <= site.particulars, code


def test_no_words_are_idle() -> None:
    """Given all sentences, then each belongs to a code that the domain refuses with."""
    assert set(REFUSALS) - {code for site in SITES for code in site.codes} == set()


@each_template
def test_both_languages_say_the_same(template: Template) -> None:
    """Given a refusal, then sentence and remedy are there in both languages and show the same particulars."""
    for text in template:
        assert text.zh.strip()
        assert text.en.strip()
        assert places(text.zh) == places(text.en)


def words_looked_up(module: Path) -> Iterator[str]:
    """The words that a module looks up in the vocabulary by a literal code, as `TABLE[code]`."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        match node:
            case ast.Subscript(
                value=ast.Name(id="TERMS" | "COMMANDS" as table),
                slice=ast.Constant(value=str(code)),
            ):
                yield f"{table}[{code}]"
            case ast.Call(
                func=ast.Attribute(attr="unknown"), args=[ast.Constant(value=str(code)), _, _]
            ):
                yield f"TERMS[{code}]"
            case _:
                continue


def test_words_of_the_field_are_known() -> None:
    """Given all words that the domain looks up for its refusals, then the vocabulary has them."""
    known = {f"TERMS[{code}]" for code in TERMS} | {f"COMMANDS[{code}]" for code in COMMANDS}
    looked_up = {word for module in MODULES for word in words_looked_up(module)}

    assert "TERMS[result]" in looked_up
    assert looked_up - known == set()


def test_particulars_are_shown_in_their_language() -> None:
    """Given a particular that is a text, when a refusal is told, then each language shows its own."""
    refusal = Refusal(
        "out-of-order", stage=Text("收集", "collection"), command=COMMANDS["cast-vote"]
    )

    assert refusal.says == Text(
        "事项处于“收集”阶段，不能办理“表决”。",
        "The case is in the stage of collection, where nobody can cast a vote.",
    )


def test_a_refusal_can_always_be_told() -> None:
    """Given a refusal without its particulars, or of no known code, when it is told, then that does not fail."""
    assert str(Refusal("unknown-grid")) == "unknown-grid: There is no grid “{grid}”."
    assert str(Refusal("unheard-of", what=1)) == "unheard-of: Refused."
    assert Refusal("unheard-of").remedy.zh


def test_a_refusal_keeps_what_it_was_given() -> None:
    """Given a code, a clause, what is accepted and particulars, when refused with, then the refusal has them."""
    with pytest.raises(Refusal) as caught:
        refuse("unknown-code", clause="art-1", accepted=("a", "b"), what=TERMS["fact"], code="c")

    refusal = caught.value
    assert (refusal.code, refusal.clause, refusal.accepted) == ("unknown-code", "art-1", ("a", "b"))
    assert refusal.remedy == REFUSALS["unknown-code"].remedy
    assert str(refusal) == "unknown-code: “c” is no fact that can be used here."


def test_all_that_is_wrong_with_a_charter_is_told() -> None:
    """Given a charter with two faults, when it is refused, then both are told, in both languages, with their places."""
    with pytest.raises(CharterInvalid) as caught:
        parse_charter(b'code = "x"\n[clauses]\na.text = {zh = "", en = ""}\n')

    told = Refusal("charter-invalid", problem=caught.value.says).says
    assert len(caught.value.problems) > 1
    for problem in caught.value.problems:
        assert f"{problem.where}: {problem.says.zh}" in told.zh
        assert f"{problem.where}: {problem.says.en}" in told.en
