"""Every kind of damage has its words in both languages."""

import ast
from importlib.resources import files

import pytest

from casesys.evidence.chain import Damage
from casesys.evidence.languages import speaks_chinese
from casesys.evidence.telling import KINDS, of_damage

ROOMS = ("evidence", "notary", "store")


def kinds_raised() -> set[str]:
    """Give the kinds of damage that the modules which verify name."""
    found = set()
    for room in ROOMS:
        for module in files(f"casesys.{room}").iterdir():
            if not module.name.endswith(".py"):
                continue
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Name(id="Damage"), args=[_, ast.Constant(value=str(kind)), *_]
                    ):
                        found.add(kind)
                    case _:
                        pass
    return found


def test_every_kind_that_is_told_has_words_and_no_other() -> None:
    """Given the modules that find damage, then each kind they name has words, and each that has words is named somewhere."""
    assert kinds_raised() == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_told_in_both_languages(kind: str) -> None:
    """Given damage of any kind, when it is told, then place, kind and what was seen are said in each language."""
    here, somewhere = of_damage(Damage(7, kind, "seen")), of_damage(Damage(None, kind, "seen"))

    assert here.zh == f"第7条：{somewhere.zh}"
    assert here.en == f"event 7: {somewhere.en}"
    assert somewhere == (f"{KINDS[kind].zh} ({kind}: seen)", f"{KINDS[kind].en} ({kind}: seen)")


@pytest.mark.parametrize(
    ("environment", "chinese"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "CASESYS_LANGUAGE": "zh"}, True),
        ({"LANG": "zh_CN", "LC_ALL": ""}, True),
    ],
)
def test_the_environment_decides_about_the_language(
    environment: dict[str, str], *, chinese: bool
) -> None:
    """Given an environment, then the first variable that is set decides."""
    assert speaks_chinese(environment) is chinese
