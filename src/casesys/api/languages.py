"""Chinese or English: which of the two an answer is in."""

from functools import lru_cache

from starlette.requests import Request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from casesys.replay.speaking import Language

LONGEST = 200
"""Characters of `Accept-Language` that are looked at; nobody speaks more languages."""


def language_of(request: Request) -> Language:
    """Give the language that a request asks for, English if it asks for none of ours."""
    return _best(request.headers.get("accept-language", "")[:LONGEST])


@lru_cache(maxsize=1_000)
def _best(accepted: str) -> Language:
    best = parse_accept_header(accepted, LanguageAccept).best_match(("en", "zh"), default="en")
    return "zh" if best == "zh" else "en"
