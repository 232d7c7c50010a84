"""Which version of a case a command rests on: `ETag` and `If-Match` (RFC 9110, section 13).

The tag of a case is its version and a mark of its own, so that the tag of another case never fits by chance. Tags are compared
strongly: a weak one fits nothing.
"""

from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request
from werkzeug.http import parse_etags

from casesys.api.problems import Problem

_MARK = 12
"""Characters of a case's mark."""


def etag_of(case_id: str, version: int) -> str:
    """Give the entity tag of a case at a version, as a header writes it."""
    return f'"{version}-{_mark(case_id)}"'


def expected_versions(request: Request, case_id: str) -> frozenset[int] | None:
    """Give the versions of a case that a request will have its command decided on, None for whichever there is.

    None fits if nothing but tags of other cases was given. Raises Problem `version-missing`.
    """
    given = request.headers.get("if-match")
    if given is None:
        raise Problem("version-missing")
    tags = parse_etags(given)
    if tags.star_tag:
        return None
    mark = _mark(case_id)
    # The parser gives None for what is empty between two commas.
    found = (tag.partition("-") for tag in tags.as_set(include_weak=False) if tag)
    return frozenset(
        int(version)
        for version, _, marked in found
        if marked == mark and version.isascii() and version.isdecimal()
    )


@lru_cache(maxsize=10_000)
def _mark(case_id: str) -> str:
    return sha256(f"case {case_id}".encode()).hexdigest()[:_MARK]
