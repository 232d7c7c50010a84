"""Chinese or English: which of the two an answer is in."""

from collections.abc import Mapping
from functools import lru_cache

from starlette.requests import Request
from werkzeug.http import parse_accept_header

from casesys.replay.speaking import Language

LONGEST = 200
"""Characters of `Accept-Language` that are looked at; nobody speaks more languages."""


_SPOKEN: Mapping[str, Language] = {"zh": "zh", "en": "en"}


def language_of(request: Request) -> Language:
    """Give the language that a request likes best, of whatever country or script; English if it asks for none of ours."""
    return _best(request.headers.get("accept-language", "")[:LONGEST])


@lru_cache(maxsize=1_000)
def _best(accepted: str) -> Language:
    for asked, quality in parse_accept_header(accepted):  # what is liked best comes first
        found = _SPOKEN.get(asked.replace("_", "-").partition("-")[0].lower())
        if found is not None and quality > 0:
            return found
    return "en"
