"""Filling a sentence's places: `{field:kind}` is told, `[…]` is left out when a place in it says nothing."""

import re
from collections.abc import Callable

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
PLACE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
"""A place: the name of the field, and the kind of thing it is told as, "" for what speaks for itself."""

Tell = Callable[[str, str], str]
"""Gives the words for a field told as a kind; "" says nothing."""


def phrase(sentence: str, tell: Tell) -> str:
    """Fill a sentence. What is told is never looked at for places or brackets again."""
    done, at = [], 0
    for optional in _OPTIONAL.finditer(sentence):
        done.append(_filled(sentence[at : optional.start()], tell))
        done.append(_filled_or_nothing(optional[1], tell))
        at = optional.end()
    done.append(_filled(sentence[at:], tell))
    return "".join(done)


def _filled(part: str, tell: Tell) -> str:
    return PLACE.sub(lambda place: tell(place[1], place[2] or ""), part)


def _filled_or_nothing(part: str, tell: Tell) -> str:
    told = [tell(place[1], place[2] or "") for place in PLACE.finditer(part)]
    words = iter(told)
    return PLACE.sub(lambda _: next(words), part) if all(told) else ""
