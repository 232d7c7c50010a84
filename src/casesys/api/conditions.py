"""Which version of a case a command rests on: `ETag` and `If-Match` (RFC 9110, section 13).

The tag of a case is its version and a mark of its own, so that the tag of another case never fits by chance. Tags are compared
strongly: a weak one fits nothing.
"""

import re
from functools import lru_cache
from hashlib import sha256

from starlette.requests import Request

from casesys.api.problems import Problem

ANY = "*"
"""Fits whichever version there is."""

_MARK = 12
"""Characters of a case's mark."""

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_OURS = re.compile(rf'"([1-9][0-9]{{0,14}})-([0-9a-f]{{{_MARK}}})"')
_A_TAG = "\n"
"""Stands for a tag while the rest of a list is looked at; no header holds one."""


def etag_of(case_id: str, version: int) -> str:
    """Give the entity tag of a case at a version, as a header writes it."""
    return f'"{version}-{_mark(case_id)}"'


def expected_versions(request: Request, case_id: str) -> frozenset[int] | None:
    """Give the versions of a case that a request will have its command decided on, None for whichever there is.

    None fits if no tag was given that is one of this case. Raises Problem `version-missing` or `if-match-invalid`.
    """
    lines = request.headers.getlist("if-match")
    if not lines:
        raise Problem("version-missing")
    given = ",".join(lines).strip(" \t")
    if given == ANY:
        return None
    mark = _mark(case_id)
    found = (_OURS.fullmatch(tag) for tag in _tags(given))
    return frozenset(int(tag[1]) for tag in found if tag is not None and tag[2] == mark)


def _tags(given: str) -> list[str]:
    """Give the tags of a list as they are written. Raises Problem `if-match-invalid` for what is none."""
    members = {member.strip(" \t") for member in _TAG.sub(_A_TAG, given).split(",")}
    if _A_TAG not in members or members - {_A_TAG, ""}:
        raise Problem("if-match-invalid")
    return _TAG.findall(given)


@lru_cache(maxsize=10_000)
def _mark(case_id: str) -> str:
    return sha256(f"case {case_id}".encode()).hexdigest()[:_MARK]
